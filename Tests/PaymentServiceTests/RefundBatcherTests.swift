import Logging
import Synchronization
import Testing

@testable import PaymentService

/// Answers about refunds that share commits.
@Suite("Batches of refunds")
struct RefundBatcherTests {
    private struct Broken: Error {}

    private final class Written: Sendable {
        let batches = Mutex<[[String]]>([])

        var keys: [String] { batches.withLock { $0.flatMap { $0 } } }
    }

    private func verdict(_ number: Int) -> RefundBatcher.Verdict {
        .init(
            key: RefundKey(refund: "rfd_\(number)", refusals: 0),
            answer: ProviderRefund(id: "re_\(number)", outcome: .succeeded))
    }

    @Test("What comes during a commit goes with the next; each is written once")
    func shares() async throws {
        let written = Written()
        let batcher = RefundBatcher(logger: Logger(label: "test")) { verdicts in
            written.batches.withLock { $0.append(verdicts.map(\.key.refund)) }
            try await Task.sleep(for: .milliseconds(20))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask { try await batcher.record(verdict(number)) }
            }
            try await group.waitForAll()
        }
        #expect(Set(written.keys).count == 200)
        #expect(written.keys.count == 200)
        let sizes = written.batches.withLock { $0.map(\.count) }
        #expect(sizes.max() ?? 0 <= RefundBatcher.batchMax)
        #expect(sizes.count < 200)
    }

    @Test("A batch that fails fails nobody but the one at fault")
    func fault() async throws {
        let batcher = RefundBatcher(logger: Logger(label: "test")) { verdicts in
            if verdicts.contains(where: { $0.key.refund == "rfd_7" }) {
                throw Broken()
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        let failed = await withTaskGroup(of: Int?.self) { group -> [Int] in
            for number in 0..<40 {
                group.addTask {
                    do {
                        try await batcher.record(verdict(number))
                        return nil
                    } catch {
                        return number
                    }
                }
            }
            var failed: [Int] = []
            for await case let number? in group { failed.append(number) }
            return failed
        }
        #expect(failed == [7])
    }
}
