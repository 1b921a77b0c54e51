import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// Rows and facts of bookings.
enum BookingFacts {
    /// A feed entry about a booking.
    static func entry(
        of booking: BookingV1.Booking, _ fact: BookingV1.FeedEntry.Fact
    ) -> BookingV1.FeedEntry {
        .with {
            $0.key = booking.bookingID
            $0.fact = fact
        }
    }

    /// What is told of a booking that was made: its places are claimed, and it is confirmed where
    /// there was nothing to pay.
    static func created(_ booking: BookingV1.Booking?) -> [BookingV1.FeedEntry] {
        guard let booking else {
            return []
        }
        var entries = [entry(of: booking, .bookingCreated(.with { $0.booking = booking }))]
        if booking.state == .confirmed {
            entries.append(
                entry(of: booking, .bookingConfirmed(.with { $0.booking = booking })))
        }
        return entries
    }

    /// A booking of a row of `bookings`, without its places.
    static func booking(_ row: PostgresRow) throws -> BookingV1.Booking {
        var booking = BookingV1.Booking()
        booking.bookingID = BookingID(uuid: try row.decode("id")).description
        booking.eventID = EventID(uuid: try row.decode("event_id")).description
        booking.buyerID = UserID(uuid: try row.decode("buyer_id")).description
        booking.holdID = HoldID(uuid: try row.decode("hold_id")).description
        booking.state =
            BookingRules.State(rawValue: try row.decode("state", as: String.self))?.contract
            ?? .unspecified
        booking.totalMinor = try row.decode("total_minor")
        booking.currency = try row.decode("currency")
        booking.payBy = Timestamp(try row.decode("pay_by", as: Date.self))
        booking.createdAt = Timestamp(try row.decode("created_at", as: Date.self))
        booking.confirmedAt = try row.decode("confirmed_at", as: Date?.self).map { Timestamp($0) }
        booking.eventTitle = try row.decode("event_title")
        booking.venue = try row.decode("venue")
        booking.startsAt = Timestamp(try row.decode("starts_at", as: Date.self))
        booking.timeZone = try row.decode("time_zone")
        booking.cancelledAt = try row.decode("cancelled_at", as: Date?.self).map { Timestamp($0) }
        booking.refundedMinor = try row.decode("refunded_minor")
        booking.feeMinor = try row.decode("fee_minor")
        booking.kind =
            BookingRules.Kind(rawValue: try row.decode("kind", as: String.self))?.contract
            ?? .unspecified
        booking.madeBy =
            try row.decode("made_by", as: UUID?.self).map { UserID(uuid: $0).description } ?? ""
        return booking
    }
}
