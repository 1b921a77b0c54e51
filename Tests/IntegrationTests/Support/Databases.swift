import Logging
import Postgres
import Redis

/// Looks into a platform's databases behind its back.
enum Databases {
    static func with<Result>(
        _ platform: Platform, _ service: String, _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        try await PostgresPool.withPool(
            PostgresConfiguration(connectionString: platform.ready.databases[service] ?? ""),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, body)
    }
}

/// Does to Redis what operators do by mistake.
enum SeatStates {
    static func flush(_ platform: Platform) async throws {
        let output = try await Shell.run(
            "redis-cli -s '\(platform.ready.redisSocket)' FLUSHALL")
        guard output.text.contains("OK") else {
            throw Platform.NotReady(description: "FLUSHALL: \(output.text)")
        }
    }
}
