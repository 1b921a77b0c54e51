import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// What the event feed does here: one row per event, with what a booking must know of it.
enum EventEffects {
    /// Makes one fact of the event feed take effect.
    static func apply(
        _ entry: EventV1.FeedEntry, in transaction: PostgresTransaction
    ) async throws -> [BookingV1.FeedEntry] {
        guard case .eventChanged(let fact) = entry.fact, let event = fact.event else {
            return []
        }
        guard let id = EventID(event.eventID), let organiser = UserID(event.organiserID),
            let startsAt = event.startsAt?.date
        else {
            throw UnreadableFact("event \(event.eventID) of \(event.organiserID)")
        }
        let closesAt = event.saleClosesAt?.date ?? startsAt
        let limit = event.maxPlacesPerBuyer == 0 ? nil : Int32(clamping: event.maxPlacesPerBuyer)
        // The row lock of the update keeps bookings, which share it, out: each of them is either
        // there before a cancellation or sees it.
        try await transaction.query(
            """
            INSERT INTO events
            (id, organiser_id, on_sale, plan_version, title, venue, starts_at, time_zone,
             currency, pay_seconds, sale_closes_at, place_count, places_per_buyer_max,
             cancel_until_seconds, cancel_fee_permille, cancelled_at)
            VALUES (\(id.uuid), \(organiser.uuid), \(event.state == .onSale),
             \(Int32(clamping: event.planVersion)), \(event.title), \(event.venue), \(startsAt),
             \(event.timeZone), \(event.currency), \(Int32(clamping: event.paySeconds)),
             \(closesAt), \(Int32(clamping: event.placeCount)), \(limit),
             \((event.cancellation?.untilSecondsBeforeStart).map { Int64($0) }),
             \((event.cancellation?.feePermille).map { Int32(clamping: min($0, 1000)) }),
             CASE WHEN \(event.state == .cancelled) THEN clock_timestamp() END)
            ON CONFLICT (id) DO UPDATE SET on_sale = excluded.on_sale,
             plan_version = excluded.plan_version, title = excluded.title,
             venue = excluded.venue, starts_at = excluded.starts_at,
             time_zone = excluded.time_zone, pay_seconds = excluded.pay_seconds,
             sale_closes_at = excluded.sale_closes_at, place_count = excluded.place_count,
             places_per_buyer_max = excluded.places_per_buyer_max,
             cancel_until_seconds = excluded.cancel_until_seconds,
             cancel_fee_permille = excluded.cancel_fee_permille,
             cancelled_at = coalesce(events.cancelled_at, excluded.cancelled_at)
            """)
        return []
    }
}
