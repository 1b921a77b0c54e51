package import Logging
package import Postgres
import ServiceLifecycle

/// Forgets what writes with a key were answered, a day after, a bounded number at once.
package struct IdempotencySweeper: Service {
    private static let batch = 1_000
    private static let pause = Duration.seconds(60)

    private let pool: PostgresPool
    private let logger: Logger

    package init(pool: PostgresPool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    package func run() async throws {
        await sweepInBatches(
            of: Self.batch, every: Self.pause, "idempotency records", logger: logger
        ) {
            try await sweep(limit: $0)
        }
    }

    /// Deletes records of more than 24 hours; returns how many there were.
    package func sweep(limit: Int) async throws -> Int {
        let deleted = try await pool.query(
            """
            DELETE FROM idempotency WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM idempotency
                WHERE recorded_at < clock_timestamp() - interval '24 hours'
                ORDER BY recorded_at LIMIT \(Int64(limit)) FOR UPDATE SKIP LOCKED))
            """)
        return Int(deleted.affected)
    }
}
