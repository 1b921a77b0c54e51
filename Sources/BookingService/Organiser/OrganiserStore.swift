import Contracts
import Foundation
import Postgres
import RPC
import ServiceKit
import Wire

/// The SQL of what organisers do with their events.
struct OrganiserStore: Sendable {
    let pool: PostgresPool
    let feed: FeedStore<BookingV1.FeedEntry>

    /// The event of an id, where it is the user's; admins may have any.
    ///
    /// - Throws: NOT_FOUND: whose it is else, nobody is told.
    @discardableResult
    func requireOrganiser(_ user: AuthenticatedUser, of text: String) async throws -> EventID {
        guard let id = EventID(text) else {
            throw Self.unknown(text)
        }
        let rows = try await pool.query(
            "SELECT organiser_id FROM events WHERE id = \(id.uuid)")
        guard let organiser = try rows.first?.decode("organiser_id", as: UUID.self),
            organiser == user.id.uuid || user.roles.contains(.admin)
        else {
            throw Self.unknown(text)
        }
        return id
    }

    private static func unknown(_ text: String) -> RPCError {
        .notFound("event_unknown", "there is no event \"\(text)\" of yours")
    }

    /// Keeps places back, all or none; those that are blocked already stay so.
    ///
    /// - Returns: places that were free before.
    func block(
        _ places: Set<UInt32>, of event: EventID, by user: UserID,
        in transaction: PostgresTransaction
    ) async throws -> [UInt32] {
        let rows = try await transaction.query(
            "SELECT place_count FROM events WHERE id = \(event.uuid) FOR SHARE")
        let count = try rows.first?.decode("place_count", as: Int32?.self) ?? 0
        let sorted = places.sorted().map { Int32(clamping: $0) }
        let outside = sorted.filter { $0 >= count }
        guard outside.isEmpty else {
            throw RPCError.invalid(
                "the event has \(count) places",
                outside.map { .init("\($0)", "unknown", "there is no such place") })
        }
        let inserted = try await transaction.query(
            """
            INSERT INTO claims (event_id, place, kind, claimed_by, claimed_at)
            SELECT \(event.uuid), place, 'block', \(user.uuid), clock_timestamp()
            FROM unnest(\(sorted)) AS place ORDER BY place
            ON CONFLICT DO NOTHING RETURNING place
            """)
        let blocked = try inserted.map { try $0.decode("place", as: Int32.self) }
        let others = sorted.filter { !Set(blocked).contains($0) }
        let booked = try await transaction.query(
            """
            SELECT place FROM claims WHERE event_id = \(event.uuid) AND place = ANY(\(others))
             AND released_at IS NULL AND kind <> 'block' ORDER BY place
            """)
        guard booked.isEmpty else {
            throw RPCError.aborted(
                "seats_unavailable", "some of these places are booked",
                try booked.map {
                    .init("\(try $0.decode("place", as: Int32.self))", "booked", "it is booked")
                })
        }
        let result = blocked.sorted().map { UInt32(clamping: $0) }
        if !result.isEmpty {
            let fact = BookingV1.PlacesBlocked.with {
                $0.eventID = event.description
                $0.places = result
            }
            try await feed.append(
                [Self.entry(event, .placesBlocked(fact))], in: transaction)
        }
        return result
    }

    /// Gives places free that were kept back.
    ///
    /// - Returns: places that were blocked before.
    func unblock(
        _ places: Set<UInt32>, of event: EventID, by user: UserID,
        in transaction: PostgresTransaction
    ) async throws -> [UInt32] {
        let rows = try await transaction.query(
            """
            UPDATE claims SET released_at = clock_timestamp(), released_by = \(user.uuid)
            WHERE event_id = \(event.uuid) AND kind = 'block' AND released_at IS NULL
             AND place = ANY(\(places.map { Int32(clamping: $0) }))
            RETURNING place
            """)
        let freed = try rows.map { UInt32(clamping: try $0.decode("place", as: Int32.self)) }
            .sorted()
        if !freed.isEmpty {
            let fact = BookingV1.PlacesUnblocked.with {
                $0.eventID = event.description
                $0.places = freed
            }
            try await feed.append(
                [Self.entry(event, .placesUnblocked(fact))], in: transaction)
        }
        return freed
    }

    private static func entry(
        _ event: EventID, _ fact: BookingV1.FeedEntry.Fact
    ) -> BookingV1.FeedEntry {
        .with {
            $0.key = event.description
            $0.fact = fact
        }
    }

    /// An event's bookings, newest first, from one on.
    func bookings(
        of event: EventID, state: BookingV1.BookingState, before: BookingID?, limit: Int
    ) async throws -> [BookingV1.Booking] {
        let state = BookingRules.State(contract: state)?.rawValue
        let rows = try await pool.query(
            """
            SELECT * FROM bookings WHERE event_id = \(event.uuid)
             AND (\(state)::text IS NULL OR state = \(state))
             AND (\(before?.uuid)::uuid IS NULL OR id < \(before?.uuid))
            ORDER BY id DESC LIMIT \(Int64(limit))
            """)
        return try await BookingPlaces.bookings(rows) { try await pool.query($0) }
    }

    /// How far the cancellation of an event has come; nil where it is not cancelled.
    func cancellation(of event: EventID) async throws -> BookingV1.EventCancellation? {
        let rows = try await pool.query(
            """
            SELECT e.cancelled_at, e.swept_at, e.currency,
             (SELECT count(*) FROM bookings b WHERE b.event_id = e.id
              AND b.state = 'cancelled' AND b.cancelled_at >= e.cancelled_at) AS done,
             (SELECT count(*) FROM bookings b WHERE b.event_id = e.id
              AND b.state IN ('pending', 'confirmed')) AS remaining,
             refund.count AS refunds, refund.total AS refunded
            FROM events e, LATERAL (
                SELECT count(*) AS count, coalesce(sum(r.amount_minor), 0)::bigint AS total
                FROM refunds r JOIN bookings b ON b.id = r.booking_id
                WHERE b.event_id = e.id AND r.reason = 'event_cancelled') refund
            WHERE e.id = \(event.uuid) AND e.cancelled_at IS NOT NULL
            """)
        guard let row = rows.first else {
            return nil
        }
        var cancellation = BookingV1.EventCancellation()
        cancellation.eventID = event.description
        cancellation.cancelledAt = Timestamp(try row.decode("cancelled_at", as: Date.self))
        cancellation.finishedAt = try row.decode("swept_at", as: Date?.self).map { Timestamp($0) }
        cancellation.bookingsDone = UInt32(clamping: try row.decode("done", as: Int64.self))
        cancellation.bookingsLeft = UInt32(clamping: try row.decode("remaining", as: Int64.self))
        cancellation.refunds = UInt32(clamping: try row.decode("refunds", as: Int64.self))
        cancellation.refundedMinor = try row.decode("refunded")
        cancellation.currency = try row.decode("currency")
        return cancellation
    }

    /// What an event has sold, at one moment.
    func sales(of event: EventID) async throws -> BookingV1.GetSalesResponse {
        try await pool.transaction(.repeatableRead, readOnly: true) { transaction in
            let lines = try await transaction.query(
                """
                SELECT p.category, p.price_type, b.kind, count(*) AS places,
                 sum(p.price_minor)::bigint AS price
                FROM bookings b JOIN booking_places p ON p.booking_id = b.id
                WHERE b.event_id = \(event.uuid) AND b.state = 'confirmed'
                 AND p.cancelled_at IS NULL
                GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                """)
            let totals = try await transaction.query(
                """
                SELECT e.currency, coalesce(sum(b.refunded_minor), 0)::bigint AS refunded,
                 coalesce(sum(b.fee_minor), 0)::bigint AS fees
                FROM events e LEFT JOIN bookings b ON b.event_id = e.id
                WHERE e.id = \(event.uuid) GROUP BY e.currency
                """)
            let claims = try await transaction.query(
                """
                SELECT count(*) FILTER (WHERE c.kind = 'block') AS blocked,
                 count(*) FILTER (WHERE b.state = 'pending') AS pending
                FROM claims c LEFT JOIN bookings b ON b.id = c.booking_id
                WHERE c.event_id = \(event.uuid) AND c.released_at IS NULL
                """)
            var response = BookingV1.GetSalesResponse()
            response.eventID = event.description
            response.lines = try lines.map(Self.line)
            if let row = totals.first {
                response.currency = try row.decode("currency")
                response.refundedMinor = try row.decode("refunded")
                response.feesMinor = try row.decode("fees")
            }
            if let row = claims.first {
                response.blockedPlaces = UInt32(
                    clamping: try row.decode("blocked", as: Int64.self))
                response.pendingPlaces = UInt32(
                    clamping: try row.decode("pending", as: Int64.self))
            }
            return response
        }
    }

    private static func line(_ row: PostgresRow) throws -> BookingV1.SalesLine {
        var line = BookingV1.SalesLine()
        line.category = try row.decode("category")
        line.priceType = try row.decode("price_type")
        line.kind =
            BookingRules.Kind(rawValue: try row.decode("kind"))?.contract ?? .unspecified
        line.places = UInt32(clamping: try row.decode("places", as: Int64.self))
        line.priceMinor = try row.decode("price")
        return line
    }
}
