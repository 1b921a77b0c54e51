import NIOCore
import Synchronization
import Wire

/// One attempt of a call: what is to be sent and who waits. It is answered exactly once; answers
/// after the first are dropped. A call that is not unary has its messages here too.
final class ClientCall: Sendable {
    enum Outcome: Sendable {
        case reply(ByteBuffer)
        /// `isSent`: the server may have seen the call.
        case failure(RPCError, isSent: Bool)

        /// How the attempt ended.
        var code: RPCCode {
            switch self {
            case .reply: .ok
            case .failure(let error, _): error.code
            }
        }
    }

    private enum State {
        case new
        case waiting(CheckedContinuation<Outcome, Never>)
        case answered(Outcome)
    }

    /// What the writers of a stream have handed over and the connection has not taken yet.
    private struct Writes {
        var messages = CircularBuffer<[UInt8]>()
        var isFinished = false
        var isCloseTaken = false
    }

    enum Write {
        case message([UInt8])
        case close
    }

    let kind: MethodKind

    /// The Request envelope without its timeout.
    let envelope: ByteBuffer
    /// When the caller stops waiting.
    let deadline: NIODeadline
    /// Until when it may wait for a connection.
    let connectDeadline: NIODeadline
    /// What the server has sent on a stream.
    let inbound: InboundQueue?
    private let window: OutboundWindow?
    private let writes = Mutex(Writes())
    private let state = Mutex(State.new)

    init(
        kind: MethodKind = .unary, envelope: ByteBuffer, deadline: NIODeadline,
        connectDeadline: NIODeadline, streamLimits: StreamLimits = StreamLimits()
    ) {
        self.kind = kind
        inbound = kind.serverStreams ? InboundQueue(limits: streamLimits) : nil
        window =
            kind.clientStreams
            ? OutboundWindow(
                sizeMax: streamLimits.writtenSizeMax, windowSize: StreamWindow.sizeMin)
            : nil
        self.envelope = envelope
        self.deadline = deadline
        self.connectDeadline = connectDeadline
    }

    /// Waits for the answer, which may have come before. One task at a time.
    func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in
            let early: Outcome? = state.withLock { state in
                if case .answered(let outcome) = state { return outcome }
                state = .waiting(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }
    }

    func answer(_ outcome: Outcome) {
        let (isFirst, continuation) = state.withLock {
            state -> (Bool, CheckedContinuation<Outcome, Never>?) in
            switch state {
            case .new:
                state = .answered(outcome)
                return (true, nil)
            case .waiting(let continuation):
                state = .answered(outcome)
                return (true, continuation)
            case .answered:
                return (false, nil)
            }
        }
        guard isFirst else { return }
        continuation?.resume(returning: outcome)
        guard !kind.isUnary else { return }
        switch outcome {
        case .reply:
            inbound?.finish()
            endWriting(RPCError(.cancelled, "the server has ended the call"))
        case .failure(let error, _):
            inbound?.finish(error)
            endWriting(error)
        }
    }

    private func endWriting(_ error: RPCError) {
        window?.close(error)
        writes.withLock { $0.messages.removeAll() }
    }

    /// What the server that the call was sent to knows of windows; called whenever that changes. As
    /// long as it is not known, the smallest window counts.
    func settle(_ agreement: Agreement) {
        switch agreement {
        case .asked:
            break
        case .plain:
            window?.settle(windowSize: nil)
        case .agreed(let clientWindow, let serverWindow):
            window?.settle(windowSize: serverWindow)
            if let clientWindow { inbound?.open(windowSize: clientWindow) }
        }
    }

    /// The server takes so much more of the stream.
    func grant(_ bytes: Int) {
        window?.grant(bytes)
    }

    /// Hands a message over, when there is room for it.
    func write(_ message: [UInt8]) async throws(RPCError) {
        guard let window else { return }
        try await window.reserve(StreamWindow.cost(message.count))
        let isTaken = writes.withLock { writes in
            guard !writes.isFinished else { return false }
            writes.messages.append(message)
            return true
        }
        guard isTaken else {
            window.release(StreamWindow.cost(message.count))
            throw RPCError(.failedPrecondition, "this side of the stream is finished")
        }
    }

    func finishWriting() {
        writes.withLock { $0.isFinished = true }
    }

    /// What is to be sent next on its stream; the connection has room for it.
    func takeWrite() -> Write? {
        let write: Write? = writes.withLock { writes in
            if let message = writes.messages.popFirst() { return .message(message) }
            guard writes.isFinished, !writes.isCloseTaken else { return nil }
            writes.isCloseTaken = true
            return .close
        }
        if case .message(let message) = write { window?.release(StreamWindow.cost(message.count)) }
        return write
    }

    /// The caller has its answer: there is no use in sending it any more.
    var isAnswered: Bool { code != nil }

    /// How the call ended; nil as long as it has not.
    var code: RPCCode? {
        state.withLock { state in
            switch state {
            case .new, .waiting: nil
            case .answered(let outcome): outcome.code
            }
        }
    }
}
