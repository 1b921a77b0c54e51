import NIOCore
import Synchronization

/// Bounds what the writers of one stream have handed over and the connection has not taken yet.
final class OutboundWindow: Sendable {
    private struct Waiter {
        let id: UInt64
        let count: Int
        let continuation: CheckedContinuation<RPCError?, Never>
    }

    private struct State {
        var taken = 0
        var closed: RPCError?
        var waiters = CircularBuffer<Waiter>()
        var nextID: UInt64 = 0
    }

    private let sizeMax: Int
    private let state = Mutex(State())

    init(sizeMax: Int) {
        self.sizeMax = max(sizeMax, 1)
    }

    /// Waits for room for `count` bytes, in order. Throws why the stream is over, or CANCELLED.
    func reserve(_ count: Int) async throws(RPCError) {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let error: RPCError? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: RPCError?? = state.withLock { state in
                    if let closed = state.closed { return closed }
                    if Task.isCancelled { return Self.cancelled }
                    if state.waiters.isEmpty, state.taken < sizeMax {
                        state.taken += count
                        return .some(nil)
                    }
                    state.waiters.append(
                        Waiter(id: id, count: count, continuation: continuation))
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: Self.cancelled)
        }
        if let error { throw error }
    }

    /// The connection has taken `count` bytes.
    func release(_ count: Int) {
        let ready = state.withLock { state -> [Waiter] in
            state.taken -= count
            var ready: [Waiter] = []
            while state.taken < sizeMax, let waiter = state.waiters.popFirst() {
                state.taken += waiter.count
                ready.append(waiter)
            }
            return ready
        }
        for waiter in ready { waiter.continuation.resume(returning: nil) }
    }

    /// Nothing is sent any more; writers get the error. The first one counts.
    func close(_ error: RPCError) {
        let waiters = state.withLock { state -> CircularBuffer<Waiter> in
            guard state.closed == nil else { return [] }
            state.closed = error
            let waiters = state.waiters
            state.waiters = []
            return waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: error) }
    }

    private static let cancelled = RPCError(.cancelled, "the call was cancelled")
}
