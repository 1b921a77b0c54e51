import Contracts
import Foundation
import Logging
import Metrics
import Postgres
import ServiceKit
import ServiceLifecycle

/// Gives back the bookings of cancelled events, a bounded number in each transaction. Killed at
/// any moment, the next one goes on where the last commit was: what is not given back is still
/// pending or confirmed.
struct CancellationSweeper: Service {
    /// Bookings in one transaction.
    static let batch = 500
    private static let pause = Duration.milliseconds(500)

    let pool: PostgresPool
    let store: CancelStore
    let logger: Logger

    private let cancelled = Counter(
        label: "bookings_total", dimensions: [("outcome", "cancelled")])
    private let left = Gauge(label: "cancellation_bookings_left")

    init(pool: PostgresPool, store: CancelStore, logger: Logger) {
        self.pool = pool
        self.store = store
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    for event in try await pending() {
                        while try await sweep(event) {
                            try Task.checkCancellation()
                        }
                        logger.info(
                            "bookings of a cancelled event given back",
                            metadata: ["event.id": "\(event)"])
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning(
                        "bookings of cancelled events not given back",
                        metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Cancelled events that are not swept, oldest first.
    private func pending() async throws -> [EventID] {
        let rows = try await pool.query(
            """
            SELECT id FROM events WHERE cancelled_at IS NOT NULL AND swept_at IS NULL
            ORDER BY cancelled_at LIMIT 10
            """)
        return try rows.map { EventID(uuid: try $0.decode("id")) }
    }

    /// One transaction's worth. False when the event is done.
    func sweep(_ event: EventID) async throws -> Bool {
        let count = try await pool.transaction(retries: 5) { transaction in
            let candidates = try await store.candidates(
                of: event, limit: Self.batch, in: transaction)
            if candidates.isEmpty {
                try await transaction.query(
                    """
                    UPDATE events SET swept_at = clock_timestamp()
                    WHERE id = \(event.uuid) AND cancelled_at IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM bookings
                        WHERE event_id = \(event.uuid) AND state IN ('pending', 'confirmed'))
                    """)
            }
            let steps = try candidates.map { candidate in
                CancelStore.Step(
                    candidate,
                    try CancelRules.decide(candidate.standing, [], by: .event, now: candidate.now))
            }
            try await store.apply(steps, by: .event, in: transaction)
            return steps.count
        }
        guard count > 0 else {
            left.record(0)
            return false
        }
        cancelled.increment(by: count)
        store.feed.ring()
        left.record(Double(try await bookingsLeft(event)))
        return true
    }

    private func bookingsLeft(_ event: EventID) async throws -> Int64 {
        try await pool.query(
            """
            SELECT count(*) AS count FROM bookings
            WHERE event_id = \(event.uuid) AND state IN ('pending', 'confirmed')
            """
        ).first?.decode("count", as: Int64.self) ?? 0
    }
}
