/// What does not fit into the pool: statements like CREATE DATABASE, and texts of many statements.
package enum PostgresAdministration {
    /// Runs the text on a plain connection and thread of its own, by the simple query protocol.
    /// Several statements share one transaction unless the text says otherwise.
    package static func execute(
        _ sql: String, on configuration: PostgresConfiguration
    ) async throws {
        try await PostgresThread.run {
            let connection = try PlainConnection(configuration)
            try connection.execute(sql)
        }
    }
}
