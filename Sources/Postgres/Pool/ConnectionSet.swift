import Logging
import Synchronization

/// All connections of a pool and their threads.
final class ConnectionSet: Sendable {
    private struct State {
        var queues: [CommandQueue] = []
        var isRunning = false
        var alive = 0
    }

    private let configuration: PostgresConfiguration
    private let metrics: PostgresMetrics
    private let logger: Logger
    private let state = Mutex(State())
    private let ended = OneShot<Void>()

    init(configuration: PostgresConfiguration, metrics: PostgresMetrics, logger: Logger) {
        self.configuration = configuration
        self.metrics = metrics
        self.logger = logger
    }

    /// Adds a connection. Its thread starts now, or with `start()`.
    func add() throws(PostgresError) -> CommandQueue {
        let queue = try CommandQueue(limit: configuration.queuedStatementsMax)
        let isRunning = state.withLock { state in
            state.queues.append(queue)
            return state.isRunning
        }
        if isRunning {
            try startThread(queue)
        }
        return queue
    }

    func start() throws(PostgresError) {
        let queues = state.withLock { state in
            state.isRunning = true
            return state.queues
        }
        for queue in queues {
            try startThread(queue)
        }
    }

    /// Lets every connection finish what it has, and returns when all threads have ended.
    func drain(until deadline: ContinuousClock.Instant) async {
        let (queues, isIdle) = state.withLock { state in
            state.isRunning = false
            return (state.queues, state.alive == 0)
        }
        if isIdle { return }
        for queue in queues {
            queue.drain(until: deadline)
        }
        await ended.wait()
    }

    private func startThread(_ queue: CommandQueue) throws(PostgresError) {
        state.withLock { $0.alive += 1 }
        do {
            try ConnectionThread.start(
                configuration: configuration, queue: queue, metrics: metrics, logger: logger,
                onEnd: threadEnded)
        } catch {
            threadEnded()
            queue.end()
            throw error
        }
    }

    private func threadEnded() {
        let areAllEnded = state.withLock { state in
            state.alive -= 1
            return state.alive == 0 && !state.isRunning
        }
        if areAllEnded {
            ended.finish(())
        }
    }
}
