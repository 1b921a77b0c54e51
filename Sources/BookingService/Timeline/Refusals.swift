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
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await sweep() == Self.batch {
                        try Task.checkCancellation()
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("refusals not swept", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Deletes some; returns how many.
    func sweep() async throws -> Int {
        try await pool.query(
            """
            DELETE FROM refusals WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM refusals WHERE at < clock_timestamp() - interval '30 days'
                ORDER BY at LIMIT \(Int64(Self.batch)) FOR UPDATE SKIP LOCKED))
            """
        ).affected
    }
}
