import NIOCore

/// When to connect, and which calls wait for it, as a pure state machine. One link has one
/// connection at a time; it connects when a call wants it to.
struct ClientLinkState<Call> {
    enum Phase: Equatable {
        case idle
        case connecting
        case ready
        case backingOff(until: NIODeadline)
        case closed
    }

    struct Waiting {
        let call: Call
        let deadline: NIODeadline
        /// Until when it waits while there is no connection.
        let connectDeadline: NIODeadline
    }

    enum Submission {
        case send
        case wait
        /// It waits, and a connection has to be made.
        case connect
        case refuse(RPCError)
    }

    private let waitingMax: Int
    private let backoff: Backoff
    private(set) var phase = Phase.idle
    private var failures = 0
    private var waiting = CircularBuffer<Waiting>()

    init(waitingMax: Int, backoff: Backoff) {
        self.waitingMax = waitingMax
        self.backoff = backoff
    }

    var callsWaiting: Int { waiting.count }

    /// A call comes; `hasRoom` tells whether the connection can take it now.
    mutating func submit(_ call: Waiting, hasRoom: Bool) -> Submission {
        if phase == .closed {
            return .refuse(RPCError(.unavailable, "the client was shut down"))
        }
        // Those that came before go first.
        if phase == .ready, hasRoom, waiting.isEmpty { return .send }
        guard waiting.count < waitingMax else {
            return .refuse(RPCError(.resourceExhausted, "too many calls wait for a connection"))
        }
        waiting.append(call)
        guard phase == .idle else { return .wait }
        phase = .connecting
        return .connect
    }

    /// A connection is wanted though no call waits. True if one has to be made.
    mutating func wantConnection() -> Bool {
        guard phase == .idle else { return false }
        phase = .connecting
        return true
    }

    /// Takes the call that has waited longest. There must be room for it.
    mutating func takeWaiting() -> Call? {
        guard phase == .ready else { return nil }
        return waiting.popFirst()?.call
    }

    mutating func connected() {
        if phase == .connecting { phase = .ready }
    }

    /// The connection proved to be good.
    mutating func succeeded() {
        failures = 0
    }

    /// No connection could be made, or one was lost before it proved to be good, or given up. When
    /// to try again.
    mutating func failed(now: NIODeadline, random: Double) -> NIODeadline? {
        guard phase != .closed else { return nil }
        failures += 1
        let until = now + backoff.pause(afterFailures: failures, random: random)
        phase = .backingOff(until: until)
        return until
    }

    /// A good connection ended or is used up. True if another one has to be made at once.
    mutating func ended() -> Bool {
        guard phase != .closed else { return false }
        phase = waiting.isEmpty ? .idle : .connecting
        return phase == .connecting
    }

    /// The pause is over. True if a connection has to be made, because somebody waits.
    mutating func pauseEnded() -> Bool {
        guard case .backingOff = phase else { return false }
        return ended()
    }

    /// When the next waiting call gives up.
    var nextDeadline: NIODeadline? {
        waiting.map(givesUpAt).min()
    }

    private func givesUpAt(_ waiting: Waiting) -> NIODeadline {
        phase == .ready ? waiting.deadline : min(waiting.deadline, waiting.connectDeadline)
    }

    /// Takes out the calls that have waited long enough, with what to tell them.
    mutating func expire(now: NIODeadline) -> [(call: Call, error: RPCError)] {
        var expired: [(call: Call, error: RPCError)] = []
        var kept = CircularBuffer<Waiting>()
        for entry in waiting {
            if entry.deadline <= now {
                expired.append(
                    (entry.call, RPCError(.deadlineExceeded, "the deadline passed while waiting")))
            } else if givesUpAt(entry) <= now {
                expired.append((entry.call, RPCError(.unavailable, "there is no connection")))
            } else {
                kept.append(entry)
            }
        }
        waiting = kept
        return expired
    }

    /// Takes out the calls that nobody waits for any more.
    mutating func cancel(where isCancelled: (Call) -> Bool) {
        waiting.removeAll { isCancelled($0.call) }
    }

    /// Takes no more calls; those that waited.
    mutating func close() -> [Call] {
        phase = .closed
        let calls = waiting.map(\.call)
        waiting.removeAll()
        return calls
    }
}
