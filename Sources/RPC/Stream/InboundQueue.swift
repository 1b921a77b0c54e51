import NIOCore
import Synchronization

/// The messages of one stream that were received and not read yet, bounded: by the stream's window
/// where one was agreed on, else by ``StreamLimits``. One task reads; the connection's loop puts in
/// and ends it.
final class InboundQueue: Sendable {
    /// What a reader gets.
    struct Received {
        /// Nil after the last one.
        var message: ByteBuffer?
        /// The sender has to be granted more: the connection is to call ``takeGrant()``.
        var isGrantDue = false
    }

    private typealias Reader = CheckedContinuation<Result<Received, RPCError>, Never>

    private enum End {
        case finished
        case failed(RPCError)

        var result: Result<Received, RPCError> {
            switch self {
            case .finished: .success(Received())
            case .failed(let error): .failure(error)
            }
        }
    }

    private struct State {
        var messages = CircularBuffer<ByteBuffer>()
        var size = 0
        var end: End?
        var reader: Reader?
        var window: ReceiveWindow?
        /// What messages took before a window was known.
        var received = 0
        var read = 0
        var isGrantSignalled = false

        /// What the reader of a message gets; the sender may send as much again.
        mutating func read(_ message: ByteBuffer) -> Received {
            if window == nil {
                read += StreamWindow.cost(message.readableBytes)
            } else {
                window?.consume(message.readableBytes)
            }
            let isDue = end == nil && !isGrantSignalled && window?.isGrantDue == true
            if isDue { isGrantSignalled = true }
            return Received(message: message, isGrantDue: isDue)
        }

        /// Whether the sender may have sent a message of that size now.
        mutating func admits(_ size: Int, isRead: Bool, limits: StreamLimits) -> Bool {
            if window != nil { return window?.receive(size) == true }
            received += StreamWindow.cost(size)
            return isRead || messages.isEmpty
                || (messages.count < limits.messagesMax && self.size + size <= limits.sizeMax)
        }
    }

    private let limits: StreamLimits
    /// What waits in all queues of the connection.
    private let budget: ByteBudget?
    private let state: Mutex<State>

    /// `windowSize` as it was agreed on.
    init(limits: StreamLimits, windowSize: Int? = nil, budget: ByteBudget? = nil) {
        self.limits = limits
        self.budget = budget
        state = Mutex(State(window: windowSize.map { ReceiveWindow(size: $0) }))
    }

    /// The peers have agreed on a window. What has come before counts; a grant may be due.
    func open(windowSize: Int) {
        state.withLock {
            $0.window = ReceiveWindow(size: windowSize, received: $0.received, read: $0.read)
        }
    }

    /// Whether the sender waits while too much is not read.
    var hasWindow: Bool { state.withLock { $0.window != nil } }

    /// Adds a message; false, with nothing added, when too much waits already, here or in all queues
    /// that share the budget, or the window is broken. One message always fits an empty queue, but for
    /// the budget. What comes after the end is dropped.
    func push(_ message: ByteBuffer) -> Bool {
        let (isAccepted, waiting) = state.withLock { state -> (Bool, (Reader, Received)?) in
            guard state.end == nil else { return (true, nil) }
            let isRead = state.reader != nil
            guard state.admits(message.readableBytes, isRead: isRead, limits: limits) else {
                return (false, nil)
            }
            if let reader = state.reader.take() {
                return (true, (reader, state.read(message)))
            }
            guard budget?.take(message.readableBytes) != false else { return (false, nil) }
            state.messages.append(message.detached())
            state.size += message.readableBytes
            return (true, nil)
        }
        if let (reader, received) = waiting { reader.resume(returning: .success(received)) }
        return isAccepted
    }

    /// What the sender is to be granted now, if anything. After the end nothing.
    func takeGrant() -> Int? {
        state.withLock { state in
            state.isGrantSignalled = false
            return state.end == nil ? state.window?.takeGrant() : nil
        }
    }

    /// Nothing more will come: the reader gets what waits, then the end, or the error. The first
    /// end counts.
    func finish(_ error: RPCError? = nil) {
        end(error.map(End.failed) ?? .finished, drops: false)
    }

    /// Ends it now; what waits is dropped.
    func abort(_ error: RPCError) {
        end(.failed(error), drops: true)
    }

    private func end(_ end: End, drops: Bool) {
        let reader = state.withLock { state in
            if drops {
                state.messages.removeAll()
                budget?.give(state.size)
                state.size = 0
            }
            guard state.end == nil else { return nil as Reader? }
            state.end = end
            return state.reader.take()
        }
        reader?.resume(returning: end.result)
    }

    /// A message that is here already; nil where none is, whether or not more will come.
    func nextIfReady() -> Received? {
        state.withLock { state in
            guard let message = state.messages.popFirst() else { return nil }
            took(message, from: &state)
            return state.read(message)
        }
    }

    private func took(_ message: ByteBuffer, from state: inout State) {
        state.size -= message.readableBytes
        budget?.give(message.readableBytes)
    }

    /// The next message; nil after the last. Throws how the stream failed, CANCELLED when the
    /// reading task is cancelled, which ends the queue.
    func next() async throws(RPCError) -> Received {
        try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Result<Received, RPCError>? = state.withLock { state in
                    if let message = state.messages.popFirst() {
                        took(message, from: &state)
                        return .success(state.read(message))
                    }
                    if let end = state.end { return end.result }
                    guard state.reader == nil else {
                        return .failure(RPCError(.internal, "two tasks read one stream"))
                    }
                    state.reader = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            abort(RPCError(.cancelled, "the call was cancelled"))
        }.get()
    }
}
