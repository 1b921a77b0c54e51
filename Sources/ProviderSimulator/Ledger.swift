import JSON
import NIOPosix
import Telemetry

/// The provider's memory. Nothing is told, not even to a reader, before it is on disk; callers
/// that come while the disk is busy share the next write.
actor Ledger {
    private let file: LedgerFile
    private let threads: NIOThreadPool
    private let delays: SimulatorDelays
    private let webhooks: WebhookSender?
    private var state: LedgerState
    /// When what is pending comes to its end.
    private var settleAt: [String: ContinuousClock.Instant] = [:]
    /// Entries applied to `state` that the file does not have yet.
    private var unwritten: [UInt8] = []
    private var isWriting = false
    private var isBroken = false
    /// Batches written so far; a caller waits until the batch that holds its entry is.
    private var batchesWritten = 0
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// A ledger whose pending entries come to their ends from now on.
    ///
    /// - Parameter webhooks: told of everything that is written; nil tells nobody.
    init(
        file: LedgerFile, state: LedgerState, threads: NIOThreadPool,
        delays: SimulatorDelays = SimulatorDelays(), webhooks: WebhookSender? = nil
    ) {
        self.file = file
        self.state = state
        self.threads = threads
        self.delays = delays
        self.webhooks = webhooks
        for id in state.pending {
            settleAt[id] = ContinuousClock.now + Self.delay(of: id, state, delays)
        }
    }

    private static func delay(
        of id: String, _ state: LedgerState, _ delays: SimulatorDelays
    ) -> Duration {
        state.refund(id: id) == nil && state.card(of: id).settlement == .late
            ? delays.late : delays.settle
    }

    func charge(_ request: ChargeRequest, key: String) async throws -> Charge {
        let decision = try state.decide(
            request, key: key, id: Self.newID("ch"), now: WallTime.now().rfc3339)
        return try await write(decision)
    }

    func refund(_ request: RefundRequest, key: String) async throws -> Refund {
        let decision = try state.decide(
            request, key: key, id: Self.newID("re"), now: WallTime.now().rfc3339)
        return try await write(decision)
    }

    /// The card that a charge was made with.
    func card(ofCharge id: String) -> TestCard {
        state.card(of: id)
    }

    /// Makes sure that a reference is never charged, and tells what it has been charged already.
    func cancel(reference: String) async throws -> [Charge] {
        if let entry = try state.cancellation(reference: reference) {
            try append(entry)
        }
        try await flush()
        return state.charges(reference: reference)
    }

    /// Brings what is pending, and due, to its end.
    func settleDue() async throws {
        let now = ContinuousClock.now
        let due = settleAt.filter { $0.value <= now }.map(\.key).sorted()
        for id in due {
            settleAt[id] = nil
            if let entry = state.settlement(of: id) {
                try append(entry)
            }
        }
        guard !due.isEmpty else { return }
        try await flush()
        for id in due { await tell(of: id) }
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

    private func write<Value>(_ decision: LedgerState.Decision<Value>) async throws -> Value {
        if case .new(_, let entry) = decision {
            try append(entry)
        }
        try await flush()
        switch decision {
        case .known(let value):
            return value
        case .new(let value, let entry):
            if let id = entry.subject { await tell(of: id) }
            return value
        }
    }

    private func append(_ entry: LedgerState.Entry) throws {
        guard !isBroken else { throw ProviderError.notWritten }
        state.apply(entry)
        unwritten += entry.json.bytes + [UInt8(ascii: "\n")]
        if let id = entry.subject, state.pending.contains(id) {
            settleAt[id] = ContinuousClock.now + Self.delay(of: id, state, delays)
        }
    }

    /// Hands the news of a charge or refund to the webhooks, as its card will have it.
    private func tell(of id: String) async {
        let event: WebhookEvent
        if let refund = state.refund(id: id) {
            event = WebhookEvent(
                id: Self.newID("evt"), type: "refund.\(refund.status.rawValue)",
                createdAt: WallTime.now().rfc3339, object: refund.json)
        } else if let charge = state.charge(id: id) {
            event = WebhookEvent(
                id: Self.newID("evt"), type: "charge.\(charge.status.rawValue)",
                createdAt: WallTime.now().rfc3339, object: charge.json)
        } else {
            return
        }
        let deliveries = state.card(of: id).deliveries(
            isPending: state.pending.contains(id), delays)
        for delay in deliveries {
            await webhooks?.send(event, after: delay)
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

    static func newID(_ prefix: String) -> String {
        let number = UInt128.random(in: 0...UInt128.max)
        let digits = String(number, radix: 36)
        return "\(prefix)_\(String(repeating: "0", count: 25 - digits.count))\(digits)"
    }
}
