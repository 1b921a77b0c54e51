import Postgres
import Synchronization
import Testing

@Suite("Transactions")
struct TransactionTests {
    private struct Refused: Error {}

    private func withTable<T>(
        _ name: String, _ change: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresPool) async throws -> T
    ) async throws -> T {
        try await withTestPool(name, change) { pool in
            try await pool.query("CREATE TABLE t (n int PRIMARY KEY, v int NOT NULL DEFAULT 0)")
            return try await body(pool)
        }
    }

    private func count(_ pool: PostgresPool) async throws -> Int {
        try await pool.value("SELECT count(*) FROM t")
    }

    @Test func commits() async throws {
        try await withTable(#function) { pool in
            let answer = try await pool.transaction { tx in
                let inserted = try await tx.query("INSERT INTO t VALUES (1), (2)")
                #expect(inserted.affected == 2)
                #expect(try await count(pool) == 0)
                return "done"
            }
            #expect(answer == "done")
            #expect(try await count(pool) == 2)
        }
    }

    @Test func rollsBackWhenTheBodyThrows() async throws {
        try await withTable(#function) { pool in
            await #expect(throws: Refused.self) {
                try await pool.transaction { tx in
                    try await tx.query("INSERT INTO t VALUES (1)")
                    throw Refused()
                }
            }
            #expect(try await count(pool) == 0)
            try await pool.transaction { try await $0.query("INSERT INTO t VALUES (1)") }
            #expect(try await count(pool) == 1)
        }
    }

    @Test func anEmptyTransactionIsNothing() async throws {
        try await withTable(#function) { pool async throws in
            #expect(try await pool.transaction { _ in 5 } == 5)
        }
    }

    @Test func aFailedCommitSurfaces() async throws {
        try await withTable(#function) { pool in
            try await pool.query(
                "CREATE TABLE c (n int REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
            let error = try await postgresError {
                try await pool.transaction { try await $0.query("INSERT INTO c VALUES (9)") }
            }
            #expect(error?.code == .foreignKeyViolation)
            #expect(try await pool.value("SELECT count(*) FROM c") == 0)
        }
    }

    /// The server answers COMMIT with ROLLBACK and no error then.
    @Test func aSwallowedErrorStillFailsTheCommit() async throws {
        try await withTable(#function) { pool in
            let error = try await postgresError {
                try await pool.transaction { tx in
                    try await tx.query("INSERT INTO t VALUES (1)")
                    _ = try? await tx.query("INSERT INTO t VALUES (1)")
                    let next = try await postgresError { try await tx.query("SELECT 1") }
                    #expect(next?.code == .inFailedTransaction)
                }
            }
            #expect(error?.code == .uniqueViolation)
            #expect(try await count(pool) == 0)
        }
    }

    @Test func cannotBeUsedAfterItsEnd() async throws {
        try await withTable(#function) { pool in
            let escaped = try await pool.transaction { tx in
                try await tx.query("SELECT 1")
                return tx
            }
            let error = try await postgresError { try await escaped.query("SELECT 1") }
            #expect(error?.code == .transactionEnded)
        }
    }

    @Test func isolationAndReadOnly() async throws {
        try await withTable(#function) { pool in
            try await pool.transaction(.repeatableRead, readOnly: true) { tx in
                #expect(try await tx.query("SELECT 1 FROM t").isEmpty)
                try await pool.query("INSERT INTO t VALUES (1)")
                #expect(try await tx.query("SELECT 1 FROM t").isEmpty)
            }
            let error = try await postgresError {
                try await pool.transaction(readOnly: true) {
                    try await $0.query("INSERT INTO t VALUES (2)")
                }
            }
            #expect(error?.code.rawValue == "25006")
            let level = try await pool.transaction(.serializable) {
                try await $0.query("SHOW transaction_isolation")[0].decode(0, as: String.self)
            }
            #expect(level == "serializable")
        }
    }

    @Test func timeoutsAreOfThisTransactionOnly() async throws {
        try await withTable(
            #function,
            {
                $0.transactionConnections = 1
                $0.lockTimeout = .seconds(2)
            }
        ) { pool in
            let shown = try await pool.transaction(
                statementTimeout: .milliseconds(1_234), lockTimeout: .milliseconds(56)
            ) { tx in
                try await tx.query(
                    "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
                )[0].decode(String.self, String.self)
            }
            #expect(shown == ("1234ms", "56ms"))
            let after = try await pool.transaction { tx in
                try await tx.query("SHOW lock_timeout")[0].decode(0, as: String.self)
            }
            #expect(after == "2s")
        }
    }

    @Test func lockTimeout() async throws {
        try await withTable(#function) { pool in
            try await pool.query("INSERT INTO t VALUES (1)")
            try await pool.transaction { holder in
                try await holder.query("UPDATE t SET v = 1 WHERE n = 1")
                let error = try await postgresError {
                    try await pool.transaction(lockTimeout: .milliseconds(20)) {
                        try await $0.query("UPDATE t SET v = 2 WHERE n = 1")
                    }
                }
                #expect(error?.code == .lockNotAvailable)
            }
            #expect(try await pool.value("SELECT v FROM t") == 1)
        }
    }

    /// Two transactions lock the same two rows crosswise, the second step only when both have
    /// done the first. `attempts` counts the bodies run.
    private func deadlock(_ pool: PostgresPool, retries: Int) async throws -> (
        failures: [PostgresError], attempts: Int
    ) {
        try await pool.query("INSERT INTO t VALUES (1), (2)")
        let (attempts, locked) = (Counter(), Counter())
        let failures = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
            for rows in [(1, 2), (2, 1)] {
                group.addTask {
                    try await postgresError {
                        try await pool.transaction(lockTimeout: .zero, retries: retries) { tx in
                            attempts.increment()
                            try await tx.query("UPDATE t SET v = v + 1 WHERE n = \(rows.0)::int")
                            locked.increment()
                            while locked.value < 2 {
                                try Task.checkCancellation()
                                await Task.yield()
                            }
                            try await tx.query("UPDATE t SET v = v + 1 WHERE n = \(rows.1)::int")
                        }
                    }
                }
            }
            var failures: [PostgresError] = []
            for try await case let error? in group {
                failures.append(error)
            }
            return failures
        }
        return (failures, attempts.value)
    }

    @Test func aDeadlockHappensWithoutRetries() async throws {
        try await withTable(#function) { pool in
            let (failures, attempts) = try await deadlock(pool, retries: 0)
            #expect(failures.map(\.code) == [.deadlockDetected])
            #expect(attempts == 2)
            #expect(try await pool.value("SELECT min(v) FROM t") == 1)
        }
    }

    @Test func aDeadlockIsRetried() async throws {
        try await withTable(#function) { pool in
            let (failures, attempts) = try await deadlock(pool, retries: 3)
            #expect(failures == [])
            // One of the two loses at least once; on a busy machine both may, one after the other.
            #expect((3...8).contains(attempts))
            #expect(try await pool.value("SELECT min(v) FROM t") == 2)
        }
    }

    @Test func retriesHaveALimit() async throws {
        try await withTable(#function) { pool in
            let attempts = Counter()
            let error = try await postgresError {
                try await pool.transaction(retries: 2) { tx in
                    attempts.increment()
                    try await tx.query(
                        "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
                }
            }
            #expect(error?.code == .serializationFailure)
            #expect(attempts.value == 3)
        }
    }

    @Test func concurrentStatementsShareTheTransaction() async throws {
        try await withTable(#function) { pool in
            try await pool.transaction { tx in
                try await withThrowingTaskGroup(of: Int64.self) { group in
                    for n in 0..<100 {
                        group.addTask {
                            try await tx.query(
                                "INSERT INTO t VALUES (\(n)::int) RETURNING txid_current()"
                            )[0].decode(0)
                        }
                    }
                    let ids = try await group.reduce(into: Set()) { $0.insert($1) }
                    #expect(ids.count == 1)
                }
            }
            #expect(try await count(pool) == 100)
        }
    }
}

private final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func increment() {
        count.add(1, ordering: .sequentiallyConsistent)
    }
}
