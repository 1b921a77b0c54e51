import Synchronization

/// Hands out connections, each to one transaction at a time.
final class LeasePool: Sendable {
    private typealias Grant = Result<CommandQueue, PostgresError>
    private typealias Waiter = OneShot<Grant>

    private struct State {
        var leases: LeaseState<CommandQueue, Waiter>
        var idleObserver: OneShot<Void>?
        var idsMade: UInt64 = 0
    }

    private let state: Mutex<State>
    private let metrics: PostgresMetrics
    private let open: @Sendable () throws(PostgresError) -> CommandQueue

    /// `open` makes a connection; `limit` is the most there are at a time.
    init(
        limit: Int, waitersMax: Int, metrics: PostgresMetrics,
        open: @escaping @Sendable () throws(PostgresError) -> CommandQueue
    ) {
        state = Mutex(State(leases: LeaseState(limit: limit, waitersMax: waitersMax)))
        self.metrics = metrics
        self.open = open
    }

    /// What is acquired must be released.
    func acquire(deadline: ContinuousClock.Instant) async throws(PostgresError) -> CommandQueue {
        guard !Task.isCancelled else { throw Self.cancelled }
        let waiter = Waiter()
        let (acquisition, id, waiting) = state.withLock { state in
            let acquisition = state.leases.acquire(usable: \.isReady)
            state.idsMade += 1
            if case .wait = acquisition {
                state.leases.enqueue(waiter, id: state.idsMade)
            }
            return (acquisition, state.idsMade, state.leases.waiting)
        }
        switch acquisition {
        case .leased(let queue):
            return queue
        case .open:
            do {
                return try open()
            } catch {
                state.withLock { $0.leases.openingFailed() }
                throw error
            }
        case .wait:
            metrics.setWaiters(waiting)
            return try await wait(waiter, id: id, deadline: deadline).get()
        case .full:
            throw Self.exhausted("Too many transactions wait for a connection.")
        case .closed:
            throw CommandQueue.shutDown
        }
    }

    func release(_ queue: CommandQueue) {
        while true {
            let (waiter, observer, waiting) = state.withLock { state in
                let waiter = state.leases.release(queue)
                return (
                    waiter, state.leases.leased == 0 ? state.idleObserver : nil,
                    state.leases.waiting
                )
            }
            observer?.finish(())
            guard let waiter else { return }
            metrics.setWaiters(waiting)
            // A waiter that has just given up leaves the connection to the next one.
            if waiter.finish(.success(queue)) { return }
        }
    }

    /// Refuses everybody from now on and waits until all is released, or the time has passed.
    func close(deadline: ContinuousClock.Instant) async {
        let observer = OneShot<Void>()
        let (waiters, isIdle) = state.withLock { state in
            state.idleObserver = observer
            return (state.leases.close(), state.leases.leased == 0)
        }
        for waiter in waiters {
            waiter.finish(.failure(CommandQueue.shutDown))
        }
        if isIdle { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await Task.sleep(until: deadline, clock: .continuous)
                observer.finish(())
            }
            await observer.wait()
            group.cancelAll()
        }
    }

    private func wait(
        _ waiter: Waiter, id: UInt64, deadline: ContinuousClock.Instant
    ) async -> Grant {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await Task.sleep(until: deadline, clock: .continuous)
                    self.abandon(waiter, id, Self.exhausted("No connection was free in time."))
                } catch {
                    // The wait is over.
                }
            }
            defer { group.cancelAll() }
            return await withTaskCancellationHandler {
                await waiter.wait()
            } onCancel: {
                self.abandon(waiter, id, Self.cancelled)
            }
        }
    }

    private func abandon(_ waiter: Waiter, _ id: UInt64, _ error: PostgresError) {
        let waiting = state.withLock { state in
            _ = state.leases.abandon(id)
            return state.leases.waiting
        }
        metrics.setWaiters(waiting)
        waiter.finish(.failure(error))
    }

    private static func exhausted(_ message: String) -> PostgresError {
        PostgresError(.poolExhausted, "The pool is exhausted. " + message)
    }

    private static let cancelled = PostgresError(.cancelled, "The calling task was cancelled.")
}
