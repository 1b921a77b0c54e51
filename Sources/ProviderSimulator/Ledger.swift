import JSON
import NIOPosix
import Telemetry

/// The provider's memory. Nothing is told, not even to a reader, before it is on disk; callers
/// that come while the disk is busy share the next write.
actor Ledger {
    private let file: LedgerFile
    private let threads: NIOThreadPool
    private var state: LedgerState
    /// Entries applied to `state` that the file does not have yet.
    private var unwritten: [UInt8] = []
    private var isWriting = false
    private var isBroken = false
    /// Batches written so far; a caller waits until the batch that holds its entry is.
    private var batchesWritten = 0
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(file: LedgerFile, state: LedgerState, threads: NIOThreadPool) {
        self.file = file
        self.state = state
        self.threads = threads
    }

    func charge(_ request: ChargeRequest, key: String) async throws -> Charge {
        let decision = try state.decide(
            request, key: key, id: Self.newID("ch"), now: WallTime.now().rfc3339)
        return try await settle(decision)
    }

    func refund(_ request: RefundRequest, key: String) async throws -> Refund {
        let decision = try state.decide(
            request, key: key, id: Self.newID("re"), now: WallTime.now().rfc3339)
        return try await settle(decision)
    }

    func charge(id: String) async throws -> Charge {
        try await flush()
        guard let charge = state.charge(id: id) else { throw ProviderError.noSuchCharge }
        return charge
    }

    func charges(reference: String) async throws -> [Charge] {
        try await flush()
        return state.charges(reference: reference)
    }

    func entries(after position: Int, limit: Int) async throws -> (entries: [JSONValue], last: Int)
    {
        try await flush()
        let found = state.entries(after: position, limit: limit)
        return (found.map { $0.entry.publicJSON(position: $0.position) }, state.entries.count)
    }

    private func settle<Value>(_ decision: LedgerState.Decision<Value>) async throws -> Value {
        if case .new(_, let entry) = decision {
            guard !isBroken else { throw ProviderError.notWritten }
            state.apply(entry)
            unwritten += entry.json.bytes + [UInt8(ascii: "\n")]
        }
        try await flush()
        switch decision {
        case .known(let value), .new(let value, _): return value
        }
    }

    /// Returns when everything applied before the call is on disk.
    private func flush() async throws {
        // A running write does not hold what was added since it began: that takes the one after.
        let target = batchesWritten + (isWriting ? 1 : 0) + (unwritten.isEmpty ? 0 : 1)
        while batchesWritten < target {
            guard !isBroken else { throw ProviderError.notWritten }
            if isWriting {
                await withCheckedContinuation { waiters.append($0) }
            } else {
                await writeBatch()
            }
        }
        guard !isBroken else { throw ProviderError.notWritten }
    }

    private func writeBatch() async {
        let batch = unwritten
        unwritten = []
        isWriting = true
        do {
            try await threads.runIfActive { [file] in try file.append(batch) }
            batchesWritten += 1
        } catch {
            // Memory is now ahead of the disk; only a restart brings them together.
            isBroken = true
        }
        isWriting = false
        let resumed = waiters
        waiters = []
        for waiter in resumed { waiter.resume() }
    }

    private static func newID(_ prefix: String) -> String {
        let number = UInt128.random(in: 0...UInt128.max)
        let digits = String(number, radix: 36)
        return "\(prefix)_\(String(repeating: "0", count: 25 - digits.count))\(digits)"
    }
}
