import Logging
import Metrics

/// Lets the provider's answers about refunds share commits: what comes while a commit is in
/// flight goes with the next one. Whoever comes first writes for all who wait.
actor RefundBatcher {
    /// An answer about a refund.
    struct Verdict: Sendable {
        var key: RefundKey
        var answer: ProviderRefund
    }

    /// Writes verdicts in one transaction.
    typealias Write = @Sendable ([Verdict]) async throws -> Void

    /// Verdicts in one transaction at most. Who waits is bounded by the callers.
    static let batchMax = 64

    private struct Waiting {
        var verdict: Verdict
        var caller: CheckedContinuation<Void, any Error>
    }

    private let write: Write
    private let logger: Logger
    private var waiting: [Waiting] = []
    private var isWriting = false
    private let batchSize = Recorder(label: "refund_batch_size")

    init(logger: Logger, write: @escaping Write) {
        self.logger = logger
        self.write = write
    }

    /// Returns once the verdict is written.
    ///
    /// - Throws: what writing threw; the provider is then asked again.
    func record(_ verdict: Verdict) async throws {
        guard !isWriting else {
            return try await withCheckedThrowingContinuation { caller in
                waiting.append(Waiting(verdict: verdict, caller: caller))
            }
        }
        isWriting = true
        defer { isWriting = false }
        let own = await result(of: [verdict])
        while !waiting.isEmpty {
            let batch = Array(waiting.prefix(Self.batchMax))
            waiting.removeFirst(batch.count)
            await settle(batch)
        }
        try own.get()
    }

    private func settle(_ batch: [Waiting]) async {
        let result = await result(of: batch.map(\.verdict))
        guard case .failure(let error) = result, batch.count > 1 else {
            for waiting in batch { waiting.caller.resume(with: result) }
            return
        }
        // One of them may be at fault for all: each gets a transaction of its own.
        logger.warning(
            "batch of refunds failed",
            metadata: ["error": "\(error)", "refunds": "\(batch.count)"])
        for waiting in batch {
            waiting.caller.resume(with: await self.result(of: [waiting.verdict]))
        }
    }

    private func result(of verdicts: [Verdict]) async -> Result<Void, any Error> {
        batchSize.record(verdicts.count)
        do {
            return .success(try await write(verdicts))
        } catch {
            return .failure(error)
        }
    }
}
