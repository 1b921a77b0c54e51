import Logging
import Postgres
import TestSupport
import Testing

@Suite("Reconnect")
struct ReconnectTests {
    @Test(arguments: [true, false])
    func statementsGoOnAfterARestart(crash: Bool) async throws {
        let server = try await PostgresServer.start()
        var configuration = try await server.makeDatabase("restart")
        configuration.pipelineConnections = 2
        configuration.waitTimeout = .seconds(30)
        configuration.statementTimeout = .zero
        try await PostgresPool.withPool(configuration, logger: Logger(label: "test")) { pool in
            try await pool.query("CREATE TABLE t (n int PRIMARY KEY)")
            try await pool.query("INSERT INTO t VALUES (1)")
            let (inTransaction, afterLoss) = try await loseServer(server, pool, crash: crash)
            #expect(inTransaction?.code == .connectionLost)
            #expect(inTransaction?.isConnectionError == true)
            #expect(inTransaction?.mayHaveRun == false)
            // The rest of that transaction must not run on the next session.
            #expect(afterLoss?.code == .connectionLost)
            try await server.startAgain()
            #expect(try await pool.value("SELECT count(*) FROM t") == 1)
            try await pool.transaction { try await $0.query("INSERT INTO t VALUES (3)") }
            #expect(try await pool.value("SELECT count(*) FROM t") == 2)
        }
    }

    /// Stops the server in the middle of a transaction, while a shared statement runs. Returns what the transaction's next two statements got.
    private func loseServer(
        _ server: PostgresServer, _ pool: PostgresPool, crash: Bool
    ) async throws -> (PostgresError?, PostgresError?) {
        try await withThrowingTaskGroup(of: PostgresError?.self) { group in
            var errors: (PostgresError?, PostgresError?)
            let outer = try await postgresError {
                try await pool.transaction { holder in
                    try await holder.query("INSERT INTO t VALUES (2)")
                    group.addTask {
                        try await postgresError { try await pool.query("SELECT pg_sleep(600)") }
                    }
                    while try await holder.query(
                        "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                    ).isEmpty {
                        await Task.yield()
                    }
                    if crash { try await server.kill() } else { try await server.stop() }
                    errors.0 = try await postgresError { try await holder.query("SELECT 1") }
                    errors.1 = try await postgresError {
                        try await holder.query("INSERT INTO t VALUES (9)")
                    }
                }
            }
            #expect(outer?.isConnectionError == true)
            let running = try await group.next() ?? nil
            #expect(running?.code == .connectionLost)
            #expect(running?.mayHaveRun == true)
            return errors
        }
    }

    @Test func theErrorTellsWhyThereIsNoConnection() async throws {
        var configuration = PostgresConfiguration(
            host: "/nonexistent", user: "nobody", database: "none")
        configuration.waitTimeout = .seconds(2)
        configuration.reconnectDelayMin = .milliseconds(1)
        try await PostgresPool.withPool(configuration, logger: Logger(label: "test")) { pool in
            let statement = try await postgresError { try await pool.query("SELECT 1") }
            #expect(statement?.code == .connectFailed)
            #expect(statement?.message.contains("/nonexistent") == true)
            let transaction = try await postgresError {
                try await pool.transaction { try await $0.query("SELECT 1") }
            }
            #expect(transaction?.code == .connectFailed)
        }
    }

    @Test func aTerminatedSessionIsReplaced() async throws {
        try await withTestPool(#function, { $0.pipelineConnections = 1 }) { pool in
            let pid = try await pool.value("SELECT pg_backend_pid()", as: Int.self)
            let ended = try await pool.transaction { tx in
                try await tx.query("SELECT pg_terminate_backend(\(pid)::int, 10000)")[0]
                    .decode(0, as: Bool.self)
            }
            #expect(ended)
            #expect(try await pool.value("SELECT pg_backend_pid()", as: Int.self) != pid)
        }
    }
}
