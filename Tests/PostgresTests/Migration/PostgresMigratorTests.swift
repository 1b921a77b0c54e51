import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite("Migrator")
struct PostgresMigratorTests {
    private let first = PostgresMigration(
        number: 1, name: "users",
        sql: "CREATE TABLE users (id int);\nINSERT INTO users VALUES (1);\n")
    private let second = PostgresMigration(
        number: 2, name: "names", sql: "ALTER TABLE users ADD COLUMN name text;")

    private func migrationError<T>(
        _ body: () async throws -> T
    ) async throws -> PostgresMigrationError? {
        do {
            _ = try await body()
            return nil
        } catch let error as PostgresMigrationError {
            return error
        }
    }

    private func value<T: PostgresDecodable & Sendable>(
        _ query: PostgresQuery, _ configuration: PostgresConfiguration
    ) async throws -> T {
        try await PostgresPool.withPool(configuration, logger: Logger(label: "test")) {
            try await $0.value(query)
        }
    }

    @Test func appliesWhatIsMissingOnce() async throws {
        let configuration = try await PostgresServer.shared.makeDatabase()
        let one = try PostgresMigrator(migrations: [first])
        let both = try PostgresMigrator(migrations: [second, first])
        #expect(try await one.migrate(configuration) == [first])
        #expect(try await one.migrate(configuration) == [])
        #expect(try await both.migrate(configuration) == [second])
        let rows: Int = try await value(
            "SELECT count(*) FROM users WHERE name IS NULL", configuration)
        #expect(rows == 1)
        let record: String = try await value(
            "SELECT sha256 FROM schema_migrations WHERE number = 2 AND name = 'names'",
            configuration)
        #expect(record == second.sha256)
        #expect(
            try await migrationError { try await one.migrate(configuration) }?.code
                == .databaseNewer)
    }

    @Test func aFailureLeavesNothingAndNamesTheLine() async throws {
        let configuration = try await PostgresServer.shared.makeDatabase()
        let broken = PostgresMigration(
            number: 2, name: "broken",
            sql: "-- ž\nCREATE TABLE a (n int);\n\nSELECT missing FROM a;\nSELECT 1;")
        let migrator = try PostgresMigrator(migrations: [first, broken])
        let error = try await migrationError { try await migrator.migrate(configuration) }
        #expect(error?.code == .failed)
        #expect(error?.fileName == "0002_broken.sql")
        #expect(error?.line == 4)
        #expect(error?.cause?.code.rawValue == "42703")
        #expect(error?.description.contains("0002_broken.sql:4") == true)
        #expect(
            try await value("SELECT to_regclass('a') IS NULL", configuration) as Bool)
        #expect(try await value("SELECT max(number) FROM schema_migrations", configuration) == 1)
    }

    @Test func aFileMustNotEndItsTransaction() async throws {
        let configuration = try await PostgresServer.shared.makeDatabase()
        let migrator = try PostgresMigrator(migrations: [
            PostgresMigration(number: 1, name: "commits", sql: "CREATE TABLE a (n int); COMMIT;")
        ])
        let error = try await migrationError { try await migrator.migrate(configuration) }
        #expect(error?.code == .transactionEnded)
    }

    @Test func programsThatStartTogetherWaitForEachOther() async throws {
        let configuration = try await PostgresServer.shared.makeDatabase()
        let migrator = try PostgresMigrator(migrations: [first, second])
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask { try await migrator.migrate(configuration).count }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(applied.sorted() == [0, 0, 0, 0, 0, 2])
        #expect(try await value("SELECT count(*) FROM users", configuration) == 1)
    }

    @Test func readsAFolder() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "usher-migrations-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for migration in [second, first] {
            try Data(migration.sql.utf8).write(to: folder.appending(path: migration.fileName))
        }
        try Data().write(to: folder.appending(path: ".gitkeep"))
        #expect(try PostgresMigrator(directory: folder).version == 2)
        let configuration = try await PostgresServer.shared.makeDatabase()
        #expect(
            try await PostgresMigrator(directory: folder).migrate(configuration)
                == [first, second])

        try Data().write(to: folder.appending(path: "3_bad.sql"))
        #expect { try PostgresMigrator(directory: folder) } throws: { error in
            (error as? PostgresMigrationError)?.code == .badFileName
        }
        #expect {
            try PostgresMigrator(directory: folder.appending(path: "none"))
        } throws: { error in
            (error as? PostgresMigrationError)?.code == .unreadableFolder
        }
    }
}
