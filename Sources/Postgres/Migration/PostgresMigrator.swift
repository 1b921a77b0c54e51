package import FoundationEssentials

/// Brings a database to the program's schema: numbered SQL files, each run once.
///
/// What has been applied is kept in the table `schema_migrations`, with checksums. Programs that
/// start at the same time wait for each other.
package struct PostgresMigrator: Sendable {
    private let plan: MigrationPlan

    /// Migrations given in memory, in any order. Fails when numbers are missing or double.
    package init(migrations: [PostgresMigration]) throws(PostgresMigrationError) {
        plan = try MigrationPlan(migrations)
    }

    /// All `.sql` files of a folder; their names must have the form `0001_name.sql`. Other files
    /// are left alone.
    package init(directory: URL) throws(PostgresMigrationError) {
        var migrations: [PostgresMigration] = []
        let path = directory.path
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            for name in names.sorted() where name.hasSuffix(".sql") {
                let data = try Data(contentsOf: directory.appending(path: name))
                let migration = String(validating: data, as: UTF8.self)
                    .flatMap { PostgresMigration(fileName: name, sql: $0) }
                guard let migration else {
                    throw PostgresMigrationError(
                        .badFileName,
                        "\(name) in \(path) must be UTF-8 and be named like 0001_name.sql.",
                        fileName: name)
                }
                migrations.append(migration)
            }
        } catch let error as PostgresMigrationError {
            throw error
        } catch {
            throw PostgresMigrationError(.unreadableFolder, "\(path) cannot be read: \(error)")
        }
        try self.init(migrations: migrations)
    }

    /// How many there are, which is the number of the last one.
    package var version: Int { plan.migrations.count }

    /// Applies what is missing and returns it, in order. Throws `PostgresMigrationError`, or
    /// `PostgresError` when the database cannot be reached or locked.
    ///
    /// Runs on a connection and thread of its own, without `statement_timeout`.
    ///
    /// - Parameters:
    ///   - configuration: The database; its owner's role.
    ///   - lockTimeout: The longest wait for another program's migration and for each table lock.
    @discardableResult
    package func migrate(
        _ configuration: PostgresConfiguration, lockTimeout: Duration = .seconds(60)
    ) async throws -> [PostgresMigration] {
        var configuration = configuration
        configuration.statementTimeout = .zero
        configuration.lockTimeout = lockTimeout
        return try await PostgresThread.run { [configuration] in
            let connection = try PlainConnection(configuration)
            return try migrate(on: connection)
        }
    }

    private func migrate(on connection: borrowing PlainConnection) throws -> [PostgresMigration] {
        // The lock ends with the connection. The key is "usher" in ASCII.
        try connection.execute("SELECT pg_advisory_lock(\(0x75_7368_6572))")
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number integer PRIMARY KEY,
                name text NOT NULL,
                sha256 text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        let rows = try connection.query(
            "SELECT number, name, sha256 FROM schema_migrations ORDER BY number")
        let applied = try rows.map { row in
            let (number, name, sha256) = try row.decode(Int.self, String.self, String.self)
            return MigrationPlan.Applied(number: number, name: name, sha256: sha256)
        }
        let missing = try plan.missing(after: applied)
        for migration in missing {
            try apply(migration, on: connection)
        }
        return Array(missing)
    }

    private func apply(
        _ migration: PostgresMigration, on connection: borrowing PlainConnection
    ) throws {
        do {
            try connection.execute("BEGIN")
            // Alone, so that positions in errors are positions in the file.
            try connection.execute(migration.sql)
            guard connection.isInTransaction else {
                throw PostgresMigrationError(
                    .transactionEnded,
                    "\(migration.fileName) ends its transaction: remove BEGIN, COMMIT, ROLLBACK.",
                    fileName: migration.fileName)
            }
            _ = try connection.query(
                """
                INSERT INTO schema_migrations (number, name, sha256)
                VALUES (\(migration.number), \(migration.name), \(migration.sha256))
                """)
            try connection.execute("COMMIT")
        } catch let error as PostgresError {
            throw PostgresMigrationError.failed(migration, error)
        }
    }
}
