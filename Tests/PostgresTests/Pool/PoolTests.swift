import Logging
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@Suite("Pool")
struct PoolTests {
    @Test func transactionsWaitForAConnectionUntilTheirDeadline() async throws {
        try await withTestPool(
            #function,
            {
                $0.transactionConnections = 1
                $0.waitTimeout = .seconds(3)
            }
        ) { pool in
            try await pool.transaction { tx in
                try await tx.query("SELECT 1")
                let error = try await postgresError { try await pool.transaction { _ in } }
                #expect(error?.code == .poolExhausted)
                #expect(error?.message.contains("exhausted") == true)
            }
            try await pool.transaction { try await $0.query("SELECT 1") }
        }
    }

    @Test func theWaitQueueIsBounded() async throws {
        try await withTestPool(
            #function,
            {
                $0.transactionConnections = 1
                $0.transactionWaitersMax = 0
            }
        ) { pool in
            try await pool.transaction { tx in
                try await tx.query("SELECT 1")
                let error = try await postgresError { try await pool.transaction { _ in } }
                #expect(error?.code == .poolExhausted)
            }
        }
    }

    @Test func leasesNeverExceedTheLimit() async throws {
        try await withTestPool(#function, { $0.transactionConnections = 3 }) { pool in
            let pids = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<60 {
                    group.addTask {
                        try await pool.transaction { tx in
                            try await tx.query("SELECT pg_backend_pid()")[0].decode(0)
                        }
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(pids.count <= 3)
        }
    }

    @Test func theStatementQueueIsBounded() async throws {
        try await withTestPool(
            #function,
            {
                $0.pipelineConnections = 1
                $0.pipelineWindow = 1
                $0.queuedStatementsMax = 1
            }
        ) { pool in
            try await pool.transaction { tx in
                try await tx.query("SELECT pg_advisory_xact_lock(1)")
                // One runs, one waits; the others find the queue full.
                let codes = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                    for _ in 0..<5 {
                        group.addTask {
                            try await postgresError {
                                try await pool.query("SELECT pg_advisory_xact_lock(1)")
                            }
                        }
                    }
                    var refused: [PostgresError] = []
                    while refused.count < 3, let next = try await group.next() {
                        if let next { refused.append(next) }
                    }
                    group.cancelAll()
                    return refused.map(\.code)
                }
                #expect(codes == Array(repeating: .poolExhausted, count: 3))
            }
        }
    }

    @Test func aCancelledWaiterLeavesTheQueue() async throws {
        try await withTestPool(#function, { $0.transactionConnections = 1 }) { pool in
            try await pool.transaction { tx in
                try await tx.query("SELECT 1")
                let waiter = Task { try await pool.transaction { _ in } }
                waiter.cancel()
                let error = try await postgresError { try await waiter.value }
                #expect(error?.code == .cancelled)
            }
            try await pool.transaction { try await $0.query("SELECT 1") }
        }
    }

    @Test func aCancelledStatementIsLeftAndItsConnectionGoesOn() async throws {
        try await withTestPool(#function, { $0.pipelineConnections = 1 }) { pool in
            try await pool.query("CREATE TABLE t (n int)")
            try await pool.transaction { holder in
                try await holder.query("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
                let runner = Task { try await pool.query("INSERT INTO t VALUES (1)") }
                // On another connection: the only shared one is behind the waiting statement.
                while try await holder.query(
                    """
                    SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """
                ).isEmpty {
                    await Task.yield()
                }
                runner.cancel()
                let error = try await postgresError { try await runner.value }
                #expect(error?.code == .cancelled)
                #expect(error?.mayHaveRun == true)
            }
            #expect(try await pool.value("SELECT count(*) FROM t") == 1)
        }
    }

    @Test func aCancelledTransactionGivesItsConnectionBackClean() async throws {
        try await withTestPool(#function, { $0.transactionConnections = 2 }) { pool in
            try await pool.query("CREATE TABLE t (n int)")
            try await pool.transaction { holder in
                try await holder.query("SELECT pg_advisory_xact_lock(1)")
                let runner = Task {
                    try await pool.transaction { tx in
                        try await tx.query("INSERT INTO t VALUES (1)")
                        try await tx.query("SELECT pg_advisory_xact_lock(1)")
                    }
                }
                try await pool.waitForSessions(1, where: "wait_event = 'advisory'")
                runner.cancel()
                let error = try await postgresError { try await runner.value }
                #expect(error?.code == .cancelled)
            }
            for _ in 0..<4 {
                try await pool.transaction { tx async throws in
                    #expect(try await tx.query("SELECT n FROM t").isEmpty)
                    #expect(
                        try await tx.query(
                            "SELECT pg_current_xact_id_if_assigned() IS NULL"
                        )[0].decode(0, as: Bool.self))
                }
            }
        }
    }

    @Test func gracefulShutdownDrains() async throws {
        let configuration = try await PostgresServer.shared.makeDatabase()
        let logger = Logger(label: "test")
        let pool = try PostgresPool(configuration: configuration, logger: logger)
        let group = ServiceGroup(services: [pool], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await pool.query("CREATE TABLE t (n int)")
            try await pool.transaction { tx in
                try await tx.query("INSERT INTO t VALUES (1)")
                await group.triggerGracefulShutdown()
                while try await postgresError({ try await pool.transaction { _ in } }) == nil {
                    await Task.yield()
                }
                try await tx.query("INSERT INTO t VALUES (2)")
            }
            try await tasks.waitForAll()
        }
        let error = try await postgresError { try await pool.query("SELECT 1") }
        #expect(error?.code == .shutDown)
        try await PostgresPool.withPool(configuration, logger: logger) { pool async throws in
            #expect(try await pool.value("SELECT count(*) FROM t") == 2)
        }
    }
}
