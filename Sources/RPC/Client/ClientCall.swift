import NIOCore
import Synchronization

/// One attempt of a call: what is to be sent and who waits. It is answered exactly once; answers
/// after the first are dropped.
final class ClientCall: Sendable {
    enum Outcome: Sendable {
        case reply(ByteBuffer)
        /// `isSent`: the server may have seen the call.
        case failure(RPCError, isSent: Bool)
    }

    private enum State {
        case new
        case waiting(CheckedContinuation<Outcome, Never>)
        case answered(Outcome)
        case over
    }

    /// The Request envelope without its timeout.
    let envelope: ByteBuffer
    /// When the caller stops waiting.
    let deadline: NIODeadline
    /// Until when it may wait for a connection.
    let connectDeadline: NIODeadline
    private let state = Mutex(State.new)

    init(envelope: ByteBuffer, deadline: NIODeadline, connectDeadline: NIODeadline) {
        self.envelope = envelope
        self.deadline = deadline
        self.connectDeadline = connectDeadline
    }

    /// Waits for the answer, which may have come before.
    func wait(_ continuation: CheckedContinuation<Outcome, Never>) {
        let early: Outcome? = state.withLock { state in
            if case .answered(let outcome) = state {
                state = .over
                return outcome
            }
            state = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    func answer(_ outcome: Outcome) {
        let continuation: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            switch state {
            case .new:
                state = .answered(outcome)
                return nil
            case .waiting(let continuation):
                state = .over
                return continuation
            case .answered, .over:
                return nil
            }
        }
        continuation?.resume(returning: outcome)
    }

    /// The caller has its answer: there is no use in sending it any more.
    var isAnswered: Bool {
        state.withLock { state in
            switch state {
            case .new, .waiting: false
            case .answered, .over: true
            }
        }
    }
}
