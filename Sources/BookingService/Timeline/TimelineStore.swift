import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// What has happened to bookings and places. Nothing is written for it but refusals and what payment tells
/// of refunds: the feed has every fact of a booking in order, the claims have who had a place from when to
/// when.
struct TimelineStore: Sendable {
    private static let entriesMax = 1_000

    let pool: PostgresPool

    /// The event that a booking is of.
    func event(of booking: BookingID) async throws -> EventID? {
        let rows = try await pool.query(
            "SELECT event_id FROM bookings WHERE id = \(booking.uuid)")
        return try rows.first.map { EventID(uuid: try $0.decode("event_id")) }
    }

    /// What has happened to bookings, oldest first: what the feed tells, and what payment has told of
    /// their refunds.
    func entries(of bookings: [BookingID]) async throws -> [BookingV1.TimelineEntry] {
        let refunds = try await pool.query(
            """
            SELECT id, booking_id, payment_id, amount_minor, reason, owed_at, owed_code, settled_at
            FROM refunds
            WHERE booking_id = ANY(\(bookings.map(\.uuid)))
             AND (owed_at IS NOT NULL OR settled_at IS NOT NULL)
            ORDER BY created_at, id LIMIT \(Int64(Self.entriesMax))
            """)
        let entries = try await facts(of: bookings) + refunds.flatMap(Timeline.refund)
        return Array(Timeline.inOrder(entries).prefix(Self.entriesMax))
    }

    private func facts(of bookings: [BookingID]) async throws -> [BookingV1.TimelineEntry] {
        let rows = try await pool.query(
            """
            SELECT key, recorded_at, fact FROM feed
            WHERE key = ANY(\(bookings.map(\.description)))
            ORDER BY position LIMIT \(Int64(Self.entriesMax))
            """)
        return try rows.compactMap { row in
            var entry = try BookingV1.FeedEntry(
                serialized: row.decode("fact", as: [UInt8].self))
            entry.key = try row.decode("key")
            entry.recordedAt = Timestamp(try row.decode("recorded_at", as: Date.self))
            return Timeline.entry(entry)
        }
    }

    /// What has happened to a place: to the bookings that had it, by the organiser, to those who
    /// were refused it.
    func entries(
        of place: UInt32, of event: EventID
    ) async throws -> [BookingV1.TimelineEntry] {
        let index = Int32(clamping: place)
        let claims = try await pool.query(
            """
            SELECT booking_id, kind, claimed_by, claimed_at, released_by, released_at FROM claims
            WHERE event_id = \(event.uuid) AND place = \(index)
            ORDER BY claimed_at DESC LIMIT \(Int64(Self.entriesMax))
            """)
        let bookings = try claims.compactMap { try $0.decode("booking_id", as: UUID?.self) }
        var entries = try await self.entries(of: Set(bookings).map(BookingID.init(uuid:)))
            .filter { $0.places.isEmpty || $0.places.contains(place) }
        for claim in claims where try claim.decode("kind", as: String.self) == "block" {
            entries += try Timeline.block(claim, place)
        }
        let refusals = try await pool.query(
            """
            SELECT buyer_id, reason, at FROM refusals
            WHERE event_id = \(event.uuid) AND place = \(index)
            ORDER BY at DESC LIMIT \(Int64(Self.entriesMax))
            """)
        entries += try refusals.map { try Timeline.refusal($0, place) }
        return Array(Timeline.inOrder(entries).prefix(Self.entriesMax))
    }
}

/// Facts and rows as entries.
enum Timeline {
    /// Oldest first; those of one moment as they come.
    static func inOrder(_ entries: [BookingV1.TimelineEntry]) -> [BookingV1.TimelineEntry] {
        entries.enumerated().sorted { a, b in
            let (first, second) = (
                a.element.at?.date ?? .distantPast, b.element.at?.date ?? .distantPast
            )
            return first == second ? a.offset < b.offset : first < second
        }.map(\.element)
    }

    /// What a fact of the feed says; nil where it is about no booking.
    static func entry(_ fact: BookingV1.FeedEntry) -> BookingV1.TimelineEntry? {
        var entry = BookingV1.TimelineEntry()
        entry.at = fact.recordedAt
        entry.bookingID = fact.key
        switch fact.fact {
        case .bookingCreated(let created):
            entry.what = "created"
            entry.actorID = actor(created.booking)
            entry.places = places(created.booking)
            entry.amountMinor = created.booking?.totalMinor ?? 0
        case .bookingConfirmed(let confirmed):
            entry.what = confirmed.reclaimed ? "reclaimed" : "confirmed"
            entry.places = places(confirmed.booking)
            entry.paymentID = confirmed.paymentID
            entry.amountMinor = confirmed.booking?.totalMinor ?? 0
        case .bookingExpired(let expired):
            entry.what = "expired"
            entry.places = places(expired.booking)
        case .bookingCancelled(let cancelled):
            entry.what = "cancelled"
            entry.actorID = cancelled.actorID
            entry.reason = cancelled.reason
            entry.places = cancelled.places.map(\.place)
            entry.amountMinor = cancelled.refundMinor
        case .refundDue(let due):
            entry.what = "refund_due"
            entry.reason = due.reason
            entry.amountMinor = due.amountMinor
            entry.paymentID = due.paymentID
            entry.refundID = due.refundID
        case .placesBlocked, .placesUnblocked, .placesOffered, .offerEnded, nil:
            return nil
        }
        return entry
    }

    private static func actor(_ booking: BookingV1.Booking?) -> String {
        guard let booking else {
            return ""
        }
        return booking.madeBy.isEmpty ? booking.buyerID : booking.madeBy
    }

    private static func places(_ booking: BookingV1.Booking?) -> [UInt32] {
        (booking?.places ?? []).filter { !$0.cancelled }.map(\.place)
    }

    /// A block, and its end where it has ended.
    static func block(_ row: PostgresRow, _ place: UInt32) throws -> [BookingV1.TimelineEntry] {
        let began = try entry(
            "blocked", try row.decode("claimed_at"), by: try row.decode("claimed_by"), place)
        guard let endedAt = try row.decode("released_at", as: Date?.self) else {
            return [began]
        }
        return [
            began, try entry("unblocked", endedAt, by: try row.decode("released_by"), place),
        ]
    }

    /// What payment has told of a refund: that it is owed, that it has gone back, or both.
    static func refund(_ row: PostgresRow) throws -> [BookingV1.TimelineEntry] {
        let told = try BookingV1.TimelineEntry.with {
            $0.bookingID = BookingID(uuid: try row.decode("booking_id")).description
            $0.paymentID = PaymentID(uuid: try row.decode("payment_id")).description
            $0.refundID = RefundID(uuid: try row.decode("id")).description
            $0.amountMinor = try row.decode("amount_minor")
        }
        var entries: [BookingV1.TimelineEntry] = []
        if let at = try row.decode("owed_at", as: Date?.self) {
            var owed = told
            owed.what = "refund_owed"
            owed.at = Timestamp(at)
            owed.reason = try row.decode("owed_code")
            entries.append(owed)
        }
        if let at = try row.decode("settled_at", as: Date?.self) {
            var settled = told
            settled.what = "refunded"
            settled.at = Timestamp(at)
            settled.reason = try row.decode("reason")
            entries.append(settled)
        }
        return entries
    }

    static func refusal(_ row: PostgresRow, _ place: UInt32) throws -> BookingV1.TimelineEntry {
        var entry = try entry(
            "refused", try row.decode("at"), by: try row.decode("buyer_id"), place)
        entry.reason = try row.decode("reason")
        return entry
    }

    private static func entry(
        _ what: String, _ at: Date, by actor: UUID?, _ place: UInt32
    ) throws -> BookingV1.TimelineEntry {
        .with {
            $0.what = what
            $0.at = Timestamp(at)
            $0.actorID = actor.map { UserID(uuid: $0).description } ?? ""
            $0.places = [place]
        }
    }
}
