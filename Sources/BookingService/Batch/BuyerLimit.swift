import Foundation
import Postgres
import ServiceKit

/// How many places of an event one buyer has, counted under a lock of event and buyer: two
/// bookings of one buyer at once cannot both count without the other.
enum BuyerLimit {
    /// Locks buyers at events, in one order for all, until the transaction ends.
    static func lock(
        _ shares: Set<BatchPlan.Share>, in transaction: PostgresTransaction
    ) async throws {
        let keys = shares.map { "\($0.event) \($0.buyer)" }.sorted()
        try await transaction.query(
            """
            SELECT pg_advisory_xact_lock(hashtextextended(item.key, 0))
            FROM unnest(\(keys)) WITH ORDINALITY AS item(key, number) ORDER BY item.number
            """)
    }

    /// Places in bookings that are pending or confirmed.
    static func places(
        of shares: Set<BatchPlan.Share>, in transaction: PostgresTransaction
    ) async throws -> [BatchPlan.Share: Int] {
        let shares = Array(shares)
        let rows = try await transaction.query(
            """
            SELECT b.event_id, b.buyer_id, count(*) AS places
            FROM unnest(\(shares.map(\.event.uuid)), \(shares.map(\.buyer.uuid)))
             AS item(event_id, buyer_id)
            JOIN bookings b USING (event_id, buyer_id)
            JOIN claims c ON c.booking_id = b.id AND c.released_at IS NULL
            WHERE b.state IN ('pending', 'confirmed')
            GROUP BY b.event_id, b.buyer_id
            """)
        var places: [BatchPlan.Share: Int] = [:]
        for row in rows {
            let share = BatchPlan.Share(
                event: EventID(uuid: try row.decode("event_id")),
                buyer: UserID(uuid: try row.decode("buyer_id")))
            places[share] = Int(try row.decode("places", as: Int64.self))
        }
        return places
    }
}
