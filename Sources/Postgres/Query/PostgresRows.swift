import CPostgres
import Glibc

/// The answer to one statement. All rows are in memory.
package struct PostgresRows: RandomAccessCollection, Sendable {
    let result: QueryResult

    /// Rows changed by INSERT, UPDATE, DELETE or MERGE, or returned by SELECT; 0 for others.
    package var affected: Int { result.affected }
    /// Always 0.
    package var startIndex: Int { 0 }
    /// Number of rows.
    package var endIndex: Int { result.rowCount }

    /// One row; `position` must be below `count`.
    package subscript(position: Int) -> PostgresRow {
        precondition(position >= 0 && position < result.rowCount, "row index out of range")
        return PostgresRow(result: result, index: position)
    }
}

/// One row of an answer.
package struct PostgresRow: Sendable {
    fileprivate let result: QueryResult
    fileprivate let index: Int

    /// Names of the columns in order.
    package var columns: [String] { result.columnNames }

    /// Reads a column by its name, which must match exactly. Fails with `decodingFailed` and the
    /// name of the column: when there is none, when it is null (ask for an optional), or when its
    /// type does not fit.
    package func decode<T: PostgresDecodable>(
        _ column: String, as type: T.Type = T.self
    ) throws(PostgresError) -> T {
        guard let number = result.columnNumber(column) else {
            throw PostgresError(
                .decodingFailed, "The answer has no column \"\(column)\".", column: column)
        }
        return try decode(number, as: type)
    }

    /// Reads a column by its number, from 0. Fails like the other.
    package func decode<T: PostgresDecodable>(
        _ column: Int, as type: T.Type = T.self
    ) throws(PostgresError) -> T {
        guard column >= 0, column < result.columnCount else {
            throw PostgresError(
                .decodingFailed,
                "The answer has \(result.columnCount) columns, and none at \(column).")
        }
        do {
            return try T.decode(result.cell(row: index, column: column))
        } catch {
            let name = result.columnName(column)
            throw PostgresError(
                .decodingFailed, "Column \"\(name)\" \(error.reason).", column: name)
        }
    }

    /// Reads the columns in order, from the first: `try row.decode(UUID.self, String?.self)`.
    package func decode<First: PostgresDecodable, each Rest: PostgresDecodable>(
        _ first: First.Type, _ rest: repeat (each Rest).Type
    ) throws(PostgresError) -> (First, repeat each Rest) {
        let head = try decode(0, as: First.self)
        var column = 0
        func next<T: PostgresDecodable>(_ type: T.Type) throws(PostgresError) -> T {
            column += 1
            return try decode(column, as: type)
        }
        return (head, repeat try next((each Rest).self))
    }
}

/// Owns a `PGresult`.
///
/// `@unchecked Sendable`: libpq documents that a `PGresult` may be read by any thread once it is
/// complete ("thread safety" in chapter 34.20), and nobody changes it after it was handed out.
@safe
final class QueryResult: @unchecked Sendable {
    private let result: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    init(_ result: OpaquePointer) {
        unsafe self.result = result
        rowCount = unsafe Int(PQntuples(result))
        columnCount = unsafe Int(PQnfields(result))
    }

    deinit {
        unsafe PQclear(result)
    }

    var affected: Int {
        unsafe Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// "INSERT 0 1", "COMMIT", …
    var commandTag: String {
        unsafe String(cString: PQcmdStatus(result))
    }

    /// True for the answer to a BEGIN.
    var beginsTransaction: Bool {
        guard columnCount == 0 else { return false }
        let tag = commandTag
        return tag == "BEGIN" || tag == "START TRANSACTION"
    }

    var columnNames: [String] {
        (0..<columnCount).map(columnName)
    }

    func columnName(_ column: Int) -> String {
        guard let name = unsafe PQfname(result, Int32(column)) else { return "" }
        return unsafe String(cString: name)
    }

    func columnNumber(_ name: String) -> Int? {
        // Not PQfnumber: it allocates and folds case.
        unsafe name.withCString { wanted in
            for column in 0..<columnCount {
                if let found = unsafe PQfname(result, Int32(column)),
                    unsafe strcmp(found, wanted) == 0
                {
                    return column
                }
            }
            return nil
        }
    }

    func cell(row: Int, column: Int) -> PostgresCell {
        let (row, column) = (Int32(row), Int32(column))
        let type = unsafe PostgresType(rawValue: PQftype(result, column))
        guard unsafe PQgetisnull(result, row, column) == 0 else {
            return unsafe PostgresCell(type: type, bytes: nil)
        }
        return unsafe PostgresCell(
            type: type,
            bytes: UnsafeRawBufferPointer(
                start: PQgetvalue(result, row, column),
                count: Int(PQgetlength(result, row, column))))
    }
}
