import Postgres
import Testing

@Suite("Pipeline")
struct PipelineTests {
    private func oneConnection(_ configuration: inout PostgresConfiguration) {
        configuration.pipelineConnections = 1
    }

    /// 1,000 statements on one connection, of which every kind of failure is a part: each gets its
    /// own verdict, and the failures undo nothing of the others.
    @Test func everyStatementGetsItsOwnVerdict() async throws {
        try await withTestPool(#function, oneConnection) { pool in
            try await pool.query("CREATE TABLE t (n int PRIMARY KEY)")
            try await pool.query("INSERT INTO t VALUES (-1)")
            let verdicts = try await withThrowingTaskGroup(of: (Int, PostgresError?).self) {
                group in
                for n in 0..<1_000 {
                    group.addTask { (n, try await postgresError { try await Self.run(n, pool) }) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1?.code.rawValue ?? "" }
            }
            for n in 0..<1_000 {
                #expect(verdicts[n] == Self.expected(n))
            }
            let stored = try await pool.query("SELECT n FROM t WHERE n >= 0 ORDER BY n")
            let wanted = (0..<1_000).filter { Self.expected($0).isEmpty }
            #expect(try stored.map { try $0.decode(0, as: Int.self) } == wanted)
        }
    }

    private static func run(_ n: Int, _ pool: PostgresPool) async throws {
        switch n % 7 {
        case 1: try await pool.query("INSERT INTO t VALUES (-1 + 0 * \(n)::int)")
        case 2: try await pool.query("INSERT INTO missing VALUES (\(n))")
        case 3: try await pool.query("SELEKT \(unescaped: String(n))")
        case 4: try await pool.query("INSERT INTO t VALUES (\(n)::int / 0)")
        default: try await pool.query("INSERT INTO t VALUES (\(n)::int)")
        }
    }

    private static func expected(_ n: Int) -> String {
        switch n % 7 {
        case 1: "23505"
        case 2: "42P01"
        case 3: "42601"
        case 4: "22012"
        default: ""
        }
    }

    /// Many commands share one text whose Parse fails; those behind find no prepared statement and
    /// are tried again.
    @Test func aFailedPrepareIsEachCommandsOwnError() async throws {
        try await withTestPool(#function, oneConnection) { pool in
            let codes = try await withThrowingTaskGroup(of: String?.self) { group in
                for n in 0..<100 {
                    group.addTask {
                        try await postgresError {
                            try await pool.query("SELECT * FROM later WHERE n = \(n)")
                        }?.code.rawValue
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes == Array(repeating: "42P01", count: 100))
            try await pool.query("CREATE TABLE later (n bigint)")
            #expect(try await pool.query("SELECT * FROM later WHERE n = \(1)").isEmpty)
        }
    }

    @Test func aStalePlanIsPreparedAgain() async throws {
        try await withTestPool(#function, oneConnection) { pool in
            try await pool.query("CREATE TABLE t AS SELECT 1 AS a")
            #expect(try await pool.query("SELECT * FROM t")[0].columns == ["a"])
            try await pool.query("ALTER TABLE t ADD COLUMN b text")
            for _ in 0..<3 {
                #expect(try await pool.query("SELECT * FROM t")[0].columns == ["a", "b"])
            }
            try await pool.query("DEALLOCATE ALL")
            #expect(try await pool.query("SELECT * FROM t")[0].columns == ["a", "b"])
        }
    }

    @Test func evictedStatementsLeaveTheServer() async throws {
        try await withTestPool(
            #function,
            {
                $0.pipelineConnections = 1
                $0.preparedStatementsMax = 4
            }
        ) { pool in
            for n in 0..<20 {
                #expect(try await pool.value("SELECT \(unescaped: String(n)), \(n)") == Int32(n))
            }
            let count = "SELECT count(*) FROM pg_prepared_statements" as PostgresQuery
            // Itself evicts the one that the next command deallocates.
            _ = try await pool.value(count, as: Int.self)
            #expect(try await pool.value(count) == 4)
        }
    }

    @Test func serverErrorsKeepTheirParts() async throws {
        try await withTestPool { pool in
            try await pool.query("CREATE TABLE t (a int CONSTRAINT positive CHECK (a > 0))")
            let check = try await postgresError { try await pool.query("INSERT INTO t VALUES (0)") }
            #expect(check?.code == .checkViolation)
            #expect(check?.constraint == "positive")
            #expect(check?.table == "t")
            #expect(check?.severity == "ERROR")
            #expect(check?.isRetryable == false)
            #expect(check?.isConnectionError == false)
            let syntax = try await postgresError { try await pool.query("SELECT 1 FORM t") }
            #expect(syntax?.code.rawValue == "42601")
            #expect(syntax?.position == 15)
            let two = try await postgresError { try await pool.query("SELECT 1; SELECT 2") }
            #expect(two?.code.rawValue == "42601")
        }
    }

    @Test func statementTimeoutIsTheServers() async throws {
        try await withTestPool(#function, { $0.statementTimeout = .seconds(1) }) { pool in
            let error = try await postgresError { try await pool.query("SELECT pg_sleep(60)") }
            #expect(error?.code == .queryCanceled)
            #expect(try await pool.value("SELECT 1") == 1)
        }
    }

    @Test func whatWouldSpoilTheConnectionIsRefused() async throws {
        try await withTestPool(#function, oneConnection) { pool in
            let begin = try await postgresError { try await pool.query("BEGIN") }
            #expect(begin?.code == .unsupported)
            let copy = try await postgresError { try await pool.query("COPY (SELECT 1) TO STDOUT") }
            #expect(copy != nil)
            #expect(try await pool.value("SELECT 1") == 1)
            #expect(try await pool.value("SELECT pg_current_xact_id_if_assigned() IS NULL") == true)
        }
    }

    @Test func bigAnswersAndParameters() async throws {
        try await withTestPool { pool in
            let big = [UInt8](repeating: 7, count: 8 << 20)
            let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await pool.value("SELECT \(big)", as: [UInt8].self).count }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(sizes == Array(repeating: big.count, count: 8))
        }
    }
}
