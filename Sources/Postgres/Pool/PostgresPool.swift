package import Logging
import ServiceLifecycle
import Synchronization

/// Connections to one database: a few that independent statements share, and some that
/// transactions lease.
///
/// Statements that are asked for before `run()` wait for it, within their deadline.
package final class PostgresPool: Service, Sendable {
    let configuration: PostgresConfiguration
    let metrics: PostgresMetrics
    let leases: LeasePool
    private let connections: ConnectionSet
    private let pipelines: [CommandQueue]
    private let leasesMade = Atomic<UInt64>(0)

    /// Connects nothing yet. Fails when the system has no descriptors left.
    package init(
        configuration: PostgresConfiguration, logger: Logger
    ) throws(PostgresError) {
        self.configuration = configuration
        let metrics = PostgresMetrics(pool: configuration.database)
        let connections = ConnectionSet(
            configuration: configuration, metrics: metrics, logger: logger)
        var pipelines: [CommandQueue] = []
        for _ in 0..<max(1, configuration.pipelineConnections) {
            pipelines.append(try connections.add())
        }
        self.metrics = metrics
        self.connections = connections
        self.pipelines = pipelines
        leases = LeasePool(
            limit: max(1, configuration.transactionConnections),
            waitersMax: configuration.transactionWaitersMax, metrics: metrics
        ) { () throws(PostgresError) in
            try connections.add()
        }
    }

    /// Serves until the task is cancelled or the service group shuts down gracefully; then waits,
    /// within `drainTimeout`, for the transactions and statements under way.
    package func run() async throws {
        try connections.start()
        var drainTimeout = configuration.drainTimeout
        do {
            try await gracefulShutdown()
        } catch {
            drainTimeout = .zero
        }
        let deadline = ContinuousClock.now + drainTimeout
        await leases.close(deadline: deadline)
        await connections.drain(until: deadline)
    }

    /// Runs a pool for as long as `body` takes.
    @discardableResult
    package static func withPool<T>(
        _ configuration: PostgresConfiguration, logger: Logger,
        _ body: (PostgresPool) async throws -> T
    ) async throws -> T {
        let pool = try PostgresPool(configuration: configuration, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            defer { group.cancelAll() }
            return try await body(pool)
        }
    }

    /// Runs one statement in its own implicit transaction, on a connection that others share.
    ///
    /// Not for what changes the session (SET, LISTEN, BEGIN). When the connection is lost before
    /// the statement was sent, it goes to another one; when it is lost later, the error says that
    /// the statement may have run. Cancelling the task ends the wait: a statement that was not
    /// sent yet is dropped, the result of one that was is thrown away.
    @discardableResult
    package func query(_ query: PostgresQuery) async throws(PostgresError) -> PostgresRows {
        let start = ContinuousClock.now
        while true {
            let connection = leastLoadedPipeline()
            let wait =
                connection.isReady
                ? configuration.waitTimeout
                : min(configuration.waitTimeout, configuration.outageTimeout)
            let result = await send(query, to: connection, deadline: start + wait)
            switch result {
            case .success(let result):
                return PostgresRows(result: result)
            case .failure(let error):
                guard error.code == .connectionLost, !error.mayHaveRun else { throw error }
            }
        }
    }

    private func send(
        _ query: PostgresQuery, to connection: CommandQueue, deadline: ContinuousClock.Instant
    ) async -> StatementResult {
        let pending = PendingReply()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard pending.install(continuation) else { return }
                connection.enqueue(
                    Command(
                        query: query, scope: .independent, reply: .cancellable(pending),
                        deadline: deadline, queuedAt: .now,
                        statementTimeout: configuration.statementTimeout))
            }
        } onCancel: {
            pending.cancel()
        }
    }

    private func leastLoadedPipeline() -> CommandQueue {
        var best = pipelines[0]
        for connection in pipelines.dropFirst() {
            switch (connection.isReady, best.isReady) {
            case (true, false): best = connection
            case (false, true): break
            default: if connection.load < best.load { best = connection }
            }
        }
        return best
    }

    func nextLease() -> UInt64 {
        leasesMade.add(1, ordering: .relaxed).newValue
    }
}
