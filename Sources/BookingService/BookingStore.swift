import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// The SQL of this service.
struct BookingStore: Sendable {
    let pool: PostgresPool
    let feed: FeedStore<BookingV1.FeedEntry>

    /// The booking of a hold, where its buyer is the one given.
    func booking(hold: HoldID, buyer: UserID) async throws -> BookingV1.Booking? {
        let rows = try await pool.query(
            """
            SELECT * FROM bookings WHERE hold_id = \(hold.uuid) AND buyer_id = \(buyer.uuid)
            """)
        return try await withPlaces(rows).first
    }

    /// The booking of an id.
    func booking(_ id: BookingID) async throws -> BookingV1.Booking? {
        try await withPlaces(
            pool.query("SELECT * FROM bookings WHERE id = \(id.uuid)")
        ).first
    }

    /// A buyer's bookings, newest first, from one on.
    func bookings(
        of buyer: UserID, before: BookingID?, limit: Int
    ) async throws -> [BookingV1.Booking] {
        let rows =
            if let before {
                try await pool.query(
                    """
                    SELECT * FROM bookings
                    WHERE buyer_id = \(buyer.uuid) AND id < \(before.uuid)
                    ORDER BY id DESC LIMIT \(Int64(limit))
                    """)
            } else {
                try await pool.query(
                    """
                    SELECT * FROM bookings WHERE buyer_id = \(buyer.uuid)
                    ORDER BY id DESC LIMIT \(Int64(limit))
                    """)
            }
        return try await withPlaces(rows)
    }

    /// Every active claim of an event and the feed position that they belong to.
    func snapshot(of event: EventID) async throws -> BookingV1.SnapshotClaimsResponse {
        try await pool.transaction(.repeatableRead, readOnly: true) { transaction in
            let head = try await transaction.query("SELECT position FROM feed_head")
            let rows = try await transaction.query(
                """
                SELECT c.place, coalesce(b.state, c.kind) AS state
                FROM claims c LEFT JOIN bookings b ON b.id = c.booking_id
                WHERE c.event_id = \(event.uuid) AND c.released_at IS NULL ORDER BY c.place
                """)
            var response = BookingV1.SnapshotClaimsResponse()
            response.position = UInt64(
                clamping: try head.first?.decode("position", as: Int64.self) ?? 0)
            for row in rows {
                let place = UInt32(clamping: try row.decode("place", as: Int32.self))
                switch try row.decode("state", as: String.self) {
                case "confirmed": response.confirmedPlaces.append(place)
                case "block": response.blockedPlaces.append(place)
                default: response.pendingPlaces.append(place)
                }
            }
            return response
        }
    }

    /// Expires bookings that were not paid in time.
    ///
    /// - Parameter limit: bookings in one transaction.
    /// - Returns: how many there were.
    func expire(limit: Int) async throws -> Int {
        let count = try await pool.transaction(retries: 5) { transaction in
            let due = try await transaction.query(
                """
                UPDATE bookings SET state = 'expired' WHERE state = 'pending' AND id IN (
                    SELECT id FROM bookings
                    WHERE state = 'pending' AND pay_by <= clock_timestamp()
                    ORDER BY pay_by LIMIT \(Int64(limit)) FOR UPDATE SKIP LOCKED
                ) RETURNING id
                """)
            let ids = try due.map { try $0.decode("id", as: UUID.self) }
            guard !ids.isEmpty else {
                return 0
            }
            try await transaction.query(
                """
                UPDATE claims SET released_at = clock_timestamp()
                WHERE booking_id = ANY(\(ids)) AND released_at IS NULL
                """)
            let bookings = try await withPlaces(
                transaction.query(
                    "SELECT * FROM bookings WHERE id = ANY(\(ids)) ORDER BY id"), in: transaction)
            try await feed.append(
                bookings.map { booking in
                    BookingFacts.entry(of: booking, .bookingExpired(.with { $0.booking = booking }))
                }, in: transaction)
            return ids.count
        }
        if count > 0 {
            feed.ring()
        }
        return count
    }

    /// A booking as a transaction sees it.
    func read(
        _ id: BookingID, in transaction: PostgresTransaction
    ) async throws -> BookingV1.Booking? {
        try await withPlaces(
            transaction.query("SELECT * FROM bookings WHERE id = \(id.uuid)"), in: transaction
        ).first
    }

    private func withPlaces(
        _ rows: PostgresRows, in transaction: PostgresTransaction? = nil
    ) async throws -> [BookingV1.Booking] {
        try await BookingPlaces.bookings(rows) { query in
            if let transaction {
                try await transaction.query(query)
            } else {
                try await pool.query(query)
            }
        }
    }
}

/// A row that this very transaction has written cannot be read.
struct BookingRowMissing: Error {}
