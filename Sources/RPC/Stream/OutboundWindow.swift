import NIOCore
import Synchronization

/// Makes the writers of one stream wait: while the connection has not taken what they have handed
/// over before, and while the receiver's window is used up. So what was handed over may be sent.
final class OutboundWindow: Sendable {
    private struct Waiter {
        let id: UInt64
        let count: Int
        let continuation: CheckedContinuation<RPCError?, Never>
    }

    private struct State {
        var taken = 0
        var window: SendWindow
        var closed: RPCError?
        var waiters = CircularBuffer<Waiter>()
        var nextID: UInt64 = 0

        mutating func take(_ count: Int, sizeMax: Int) -> Bool {
            guard taken < sizeMax, window.isOpen else { return false }
            taken += count
            window.take(count)
            return true
        }

        /// Those that need not wait any more.
        mutating func takeReady(sizeMax: Int) -> [Waiter] {
            var ready: [Waiter] = []
            while let waiter = waiters.first, take(waiter.count, sizeMax: sizeMax) {
                ready.append(waiters.removeFirst())
            }
            return ready
        }
    }

    private let sizeMax: Int
    private let state: Mutex<State>

    /// Bytes that may wait for the connection, and the receiver's window, nil where it takes any
    /// number.
    init(sizeMax: Int, windowSize: Int? = nil) {
        self.sizeMax = max(sizeMax, 1)
        state = Mutex(State(window: SendWindow(size: windowSize)))
    }

    /// Whether the receiver has a window.
    var isBounded: Bool { state.withLock { $0.window.isBounded } }

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
                    if state.waiters.isEmpty, state.take(count, sizeMax: sizeMax) {
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
        change { $0.taken -= count }
    }

    /// The receiver takes `bytes` more.
    func grant(_ bytes: Int) {
        change { $0.window.grant(bytes) }
    }

    /// The receiver has told its window, or is known to have none.
    func settle(windowSize: Int?) {
        change { $0.window.settle(size: windowSize) }
    }

    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state in
            body(&state)
            return state.takeReady(sizeMax: sizeMax)
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
