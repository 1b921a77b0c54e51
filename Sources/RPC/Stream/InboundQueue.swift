import NIOCore
import Synchronization

/// The messages of one stream that were received and not read yet, bounded. One task reads; the
/// connection's loop puts in and ends it.
final class InboundQueue: Sendable {
    private enum End {
        case finished
        case failed(RPCError)

        var result: Result<ByteBuffer?, RPCError> {
            switch self {
            case .finished: .success(nil)
            case .failed(let error): .failure(error)
            }
        }
    }

    private struct State {
        var messages = CircularBuffer<ByteBuffer>()
        var size = 0
        var end: End?
        var reader: CheckedContinuation<Result<ByteBuffer?, RPCError>, Never>?
    }

    private let limits: StreamLimits
    private let state = Mutex(State())

    init(limits: StreamLimits) {
        self.limits = limits
    }

    /// Adds a message; false, with nothing added, when too much waits already. One message always
    /// fits an empty queue. What comes after the end is dropped.
    func push(_ message: ByteBuffer) -> Bool {
        let (isAccepted, reader) = state.withLock {
            state -> (Bool, CheckedContinuation<Result<ByteBuffer?, RPCError>, Never>?) in
            guard state.end == nil else { return (true, nil) }
            if let reader = state.reader.take() { return (true, reader) }
            guard
                state.messages.isEmpty
                    || (state.messages.count < limits.messagesMax
                        && state.size + message.readableBytes <= limits.sizeMax)
            else { return (false, nil) }
            state.messages.append(message)
            state.size += message.readableBytes
            return (true, nil)
        }
        reader?.resume(returning: .success(message))
        return isAccepted
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
                state.size = 0
            }
            guard state.end == nil else {
                return nil as CheckedContinuation<Result<ByteBuffer?, RPCError>, Never>?
            }
            state.end = end
            return state.reader.take()
        }
        reader?.resume(returning: end.result)
    }

    /// The next message; nil after the last. Throws how the stream failed, CANCELLED when the
    /// reading task is cancelled, which ends the queue.
    func next() async throws(RPCError) -> ByteBuffer? {
        try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Result<ByteBuffer?, RPCError>? = state.withLock { state in
                    if let message = state.messages.popFirst() {
                        state.size -= message.readableBytes
                        return .success(message)
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
