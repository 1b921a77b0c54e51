import Foundation
import Postgres
import Testing

@Suite("Values")
struct CodingTests {
    @Test func integersAtTheirLimits() async throws {
        try await withTestPool { pool async throws in
            for value in [Int64.min, -1, 0, 1, .max] {
                #expect(try await pool.value("SELECT \(value)") == value)
                #expect(try await pool.value("SELECT \(Int(value))") == Int(value))
            }
            for value in [Int32.min, -1, 0, .max] {
                #expect(try await pool.value("SELECT \(value)") == value)
            }
            for value in [Int16.min, -1, 0, .max] {
                #expect(try await pool.value("SELECT \(value)") == value)
            }
            #expect(try await pool.value("SELECT 7::smallint", as: Int.self) == 7)
        }
    }

    @Test func numbersThatDoNotFitAreRefused() async throws {
        try await withTestPool { pool async throws in
            let row = try #require(
                try await pool.query("SELECT 2147483648::bigint AS big, 1.5::numeric AS n").first)
            #expect(
                throws: PostgresError(
                    .decodingFailed, "Column \"big\" does not fit into Int32: 2147483648.",
                    column: "big")
            ) { try row.decode("big", as: Int32.self) }
            #expect(
                throws: PostgresError(
                    .decodingFailed, "Column \"n\" is numeric, not an integer.", column: "n")
            ) { try row.decode("n", as: Int.self) }
        }
    }

    @Test func floatingPoint() async throws {
        try await withTestPool { pool async throws in
            for value in [0, -0.0, 1.1, .infinity, -.infinity, .leastNonzeroMagnitude, .pi] {
                let read = try await pool.value("SELECT \(value)", as: Double.self)
                #expect(read.bitPattern == value.bitPattern)
            }
            #expect(try await pool.value("SELECT \(Double.nan)", as: Double.self).isNaN)
            #expect(try await pool.value("SELECT 0.5::real", as: Double.self) == 0.5)
        }
    }

    @Test func text() async throws {
        try await withTestPool { pool async throws in
            for value in ["", "a", "Žluťoučký 🎟️", String(repeating: "x", count: 1 << 20), "'; --"] {
                #expect(try await pool.value("SELECT \(value)") == value)
            }
            let error = try await postgresError { _ = try await pool.query("SELECT \("a\0b")") }
            #expect(error?.code.rawValue == "22021")
        }
    }

    @Test func textOfOtherTypes() async throws {
        try await withTestPool { pool async throws in
            try await pool.query("CREATE TYPE mood AS ENUM ('calm', 'wild')")
            let json = #"{"a": [1, "ž"]}"#
            #expect(try await pool.value("SELECT \(json)::jsonb") == json)
            #expect(try await pool.value("SELECT \(json)::json") == json)
            #expect(try await pool.value("SELECT \("wild")::mood") == "wild")
            #expect(try await pool.value("SELECT 'n'::name") == "n")
            #expect(try await pool.value("SELECT 'v'::varchar(3)") == "v")
        }
    }

    @Test func uuidsBooleansAndBytes() async throws {
        try await withTestPool { pool async throws in
            let id = UUID()
            #expect(try await pool.value("SELECT \(id)") == id)
            #expect(try await pool.value("SELECT \(id)::text") == id.uuidString.lowercased())
            #expect(try await pool.value("SELECT \(true)") == true)
            #expect(try await pool.value("SELECT \(false)") == false)
            let bytes = (0...255).map { UInt8($0) }
            #expect(try await pool.value("SELECT \(bytes)") == bytes)
            #expect(try await pool.value("SELECT \([UInt8]())") == [UInt8]())
            #expect(try await pool.value("SELECT \([UInt8]()) IS NULL") == false)
        }
    }

    @Test func dates() async throws {
        try await withTestPool { pool async throws in
            let dates = [
                Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 1_700_000_000.123456),
                Date(timeIntervalSince1970: -62_000_000_000), .distantPast, .distantFuture,
            ]
            for date in dates {
                let read = try await pool.value("SELECT \(date)", as: Date.self)
                #expect(abs(read.timeIntervalSince(date)) < 0.000_001)
            }
            let date = Date(timeIntervalSince1970: 951_782_400.5)
            #expect(
                try await pool.value("SELECT \(date)::text") == "2000-02-29 00:00:00.5+00")
            #expect(
                try await pool.value(
                    "SELECT '2000-02-29 00:00:00.5+00'::timestamptz", as: Date.self) == date)
            for beyond in [
                Date(timeIntervalSince1970: .infinity), Date(timeIntervalSince1970: 1e300),
            ] {
                let error = try await postgresError { _ = try await pool.query("SELECT \(beyond)") }
                #expect(error?.code.rawValue == "22008")
            }
            let error = try await postgresError {
                _ = try await pool.value("SELECT 'infinity'::timestamptz AS at", as: Date.self)
            }
            #expect(error?.message == "Column \"at\" is infinite.")
        }
    }

    @Test func nulls() async throws {
        try await withTestPool { pool async throws in
            #expect(try await pool.value("SELECT \(Int64?.none)", as: Int64?.self) == nil)
            #expect(try await pool.value("SELECT \(Int64?.some(5))", as: Int64?.self) == 5)
            #expect(try await pool.value("SELECT \(String?.none) IS NULL") == true)
            #expect(try await pool.value("SELECT \([Int32]?.none)", as: [Int32]?.self) == nil)
            let error = try await postgresError {
                _ = try await pool.value("SELECT NULL::text AS note", as: String.self)
            }
            #expect(error?.code == .decodingFailed)
            #expect(error?.column == "note")
            #expect(error?.message == "Column \"note\" is null.")
        }
    }

    @Test func arrays() async throws {
        try await withTestPool { pool async throws in
            let ids = [UUID(), UUID()]
            #expect(try await pool.value("SELECT \([Int32.min, 0, .max])") == [Int32.min, 0, .max])
            #expect(try await pool.value("SELECT \([Int64.min, 0, .max])") == [Int64.min, 0, .max])
            #expect(
                try await pool.value("SELECT \(["", "a,b", "{\"}", "NULL"])")
                    == ["", "a,b", "{\"}", "NULL"])
            #expect(try await pool.value("SELECT \(ids)") == ids)
            #expect(
                try await pool.value("SELECT \([[UInt8]](arrayLiteral: [], [0, 255]))")
                    == [[], [0, 255]] as [[UInt8]])
            #expect(try await pool.value("SELECT \([true, false])") == [true, false])
            #expect(try await pool.value("SELECT \([String]())") == [String]())
            #expect(try await pool.value("SELECT \(["a", nil, "c"])") == ["a", nil, "c"])
            #expect(try await pool.value("SELECT cardinality(\(Array(0..<10_000)))") == 10_000)
        }
    }

    @Test func arraysThatDoNotFitAreRefused() async throws {
        try await withTestPool { pool async throws in
            let withNull = try await postgresError {
                _ = try await pool.value("SELECT ARRAY[1, NULL] AS a", as: [Int].self)
            }
            #expect(withNull?.message == "Column \"a\" is null.")
            let matrix = try await postgresError {
                _ = try await pool.value("SELECT ARRAY[[1], [2]] AS a", as: [Int].self)
            }
            #expect(matrix?.message == "Column \"a\" has 2 dimensions instead of 1.")
            let scalar = try await postgresError {
                _ = try await pool.value("SELECT 'abcdefghijklmnop'::text AS a", as: [Int].self)
            }
            #expect(scalar?.message == "Column \"a\" is text, not an array.")
        }
    }

    @Test func rawRepresentables() async throws {
        try await withTestPool { pool async throws in
            #expect(try await pool.value("SELECT \(Kind.seat)") == Kind.seat)
            let error = try await postgresError {
                _ = try await pool.value("SELECT 'balcony' AS kind", as: Kind.self)
            }
            #expect(error?.message == "Column \"kind\" is no valid Kind: balcony.")
        }
    }

    @Test func rowsByNameAndInOrder() async throws {
        try await withTestPool { pool async throws in
            let rows = try await pool.query(
                "SELECT i AS a, 'x' || i AS b FROM generate_series(1, 3) i")
            #expect(rows.count == 3)
            #expect(try rows.map { try $0.decode("a", as: Int.self) } == [1, 2, 3])
            let (number, text) = try rows[2].decode(Int.self, String?.self)
            #expect(number == 3)
            #expect(text == "x3")
            #expect(rows[0].columns == ["a", "b"])
            #expect(throws: PostgresError.self) { try rows[0].decode("A", as: Int.self) }
            #expect(throws: PostgresError.self) { try rows[0].decode(2, as: Int.self) }
        }
    }
}

private enum Kind: String, PostgresEncodable, PostgresDecodable {
    case seat
    case table
}
