import Logging
import Postgres
import TestSupport

/// A pool on a fresh database of the shared server.
@discardableResult
func withTestPool<T>(
    _ name: String = #function, _ change: (inout PostgresConfiguration) -> Void = { _ in },
    _ body: (PostgresPool) async throws -> T
) async throws -> T {
    var configuration = try await PostgresServer.shared.makeDatabase(name)
    change(&configuration)
    return try await PostgresPool.withPool(
        configuration, logger: Logger(label: "test"), body)
}

/// The error that `body` throws; nil when it throws none.
func postgresError<T>(_ body: () async throws -> T) async throws -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch let error as PostgresError {
        return error
    }
}

extension PostgresPool {
    /// The first column of the first row.
    func value<T: PostgresDecodable>(
        _ query: PostgresQuery, as type: T.Type = T.self
    ) async throws -> T {
        let rows = try await self.query(query)
        guard let row = rows.first else {
            throw PostgresError(.decodingFailed, "There is no row.")
        }
        return try row.decode(0, as: type)
    }

    /// Returns when `count` other sessions of the database are in a state that `condition` (over
    /// `pg_stat_activity`) describes. Asks the server until then.
    func waitForSessions(_ count: Int, where condition: String) async throws {
        while try await value(
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND pid <> pg_backend_pid() AND \(unescaped: condition)
            """, as: Int.self) < count
        {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
