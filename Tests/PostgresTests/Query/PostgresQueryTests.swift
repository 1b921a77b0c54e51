import Postgres
import Testing

@Suite("Query")
struct PostgresQueryTests {
    @Test func interpolationMakesPlaceholders() {
        let query: PostgresQuery = "SELECT \(1), \("x"), \(Int?.none) FROM \(unescaped: "t")"
        #expect(query.sql == "SELECT $1, $2, $3 FROM t")
    }

    @Test func anInterpolatedLiteralIsNeverPlainText() {
        let name = "x'; DROP TABLE t; --"
        #expect(PostgresQuery("SELECT \(name)").sql == "SELECT $1")
    }

    @Test func textWithParameters() async throws {
        try await withTestPool { pool async throws in
            let query = PostgresQuery(sql: "SELECT $2 || $1", "a", "b")
            #expect(try await pool.value(query) == "ba")
        }
    }

    @Test func equalTextsWithOtherTypesAreOtherStatements() async throws {
        try await withTestPool { pool async throws in
            #expect(try await pool.value("SELECT \(1)") == 1)
            #expect(try await pool.value("SELECT \("1")") == "1")
            #expect(try await pool.value("SELECT \(2)") == 2)
        }
    }

    @Test func tooManyParametersAreRefused() async throws {
        try await withTestPool { pool async throws in
            let list = (1...65_536).map { "$\($0)" }.joined(separator: ",")
            var query = PostgresQuery.StringInterpolation(
                literalCapacity: list.count, interpolationCount: 65_536)
            for _ in 0..<65_536 {
                query.appendInterpolation(true)
            }
            let error = try await postgresError {
                try await pool.query(PostgresQuery(stringInterpolation: query))
            }
            #expect(error?.code == .unsupported)
            #expect(try await pool.value("SELECT 1") == 1)
        }
    }
}
