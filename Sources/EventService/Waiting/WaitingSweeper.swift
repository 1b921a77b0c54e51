import Logging
import Postgres
import ServiceKit
import ServiceLifecycle

/// Forgets entries of waiting lists 90 days after they are over, a bounded number at once.
struct WaitingSweeper: Service {
    private static let batch = 1_000
    private static let pause = Duration.seconds(300)

    let pool: PostgresPool
    let logger: Logger

    func run() async throws {
        await sweepInBatches(
            of: Self.batch, every: Self.pause, "waiting list entries", logger: logger
        ) {
            try await sweep(limit: $0)
        }
    }

    /// Deletes some, the oldest first; returns how many.
    func sweep(limit: Int) async throws -> Int {
        try await pool.query(
            """
            DELETE FROM waiting_entries WHERE id = ANY(ARRAY(
                SELECT id FROM waiting_entries
                WHERE ended_at < clock_timestamp() - interval '90 days'
                 AND state NOT IN ('waiting', 'offering', 'offered')
                ORDER BY ended_at LIMIT \(Int64(limit)) FOR UPDATE SKIP LOCKED))
            """
        ).affected
    }
}
