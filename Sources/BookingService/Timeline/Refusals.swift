import Foundation
import Logging
import Postgres
import ServiceKit
import ServiceLifecycle

/// Who was refused which place: nothing else remembers.
enum Refusals {
    /// Writes down the refusals of a batch, in its transaction.
    static func insert(
        _ orders: [BookingOrder], _ outcomes: [BookingOutcome],
        in transaction: PostgresTransaction
    ) async throws {
        var events: [UUID] = []
        var places: [Int32] = []
        var buyers: [UUID] = []
        for (order, outcome) in zip(orders, outcomes) {
            guard case .taken(let taken) = outcome else {
                continue
            }
            for place in taken.sorted() {
                events.append(order.event.uuid)
                places.append(Int32(clamping: place))
                buyers.append(order.buyer.uuid)
            }
        }
        guard !events.isEmpty else {
            return
        }
        try await transaction.query(
            """
            INSERT INTO refusals (event_id, place, buyer_id, reason)
            SELECT item.*, 'seats_unavailable' FROM unnest(\(events), \(places), \(buyers)) AS item
            """)
    }
}

/// Forgets refusals after 30 days, a bounded number at once.
struct RefusalSweeper: Service {
    private static let batch = 1_000
    private static let pause = Duration.seconds(300)

    let pool: PostgresPool
    let logger: Logger

    func run() async throws {
        await sweepInBatches(of: Self.batch, every: Self.pause, "refusals", logger: logger) {
            try await sweep(limit: $0)
        }
    }

    /// Deletes some; returns how many.
    func sweep(limit: Int) async throws -> Int {
        try await pool.query(
            """
            DELETE FROM refusals WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM refusals WHERE at < clock_timestamp() - interval '30 days'
                ORDER BY at LIMIT \(Int64(limit)) FOR UPDATE SKIP LOCKED))
            """
        ).affected
    }
}
