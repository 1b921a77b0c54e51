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
        try await transaction.query(
            """
            INSERT INTO events
            (id, organiser_id, on_sale, plan_version, title, venue, starts_at, time_zone,
             currency, pay_seconds, sale_closes_at)
            VALUES (\(id.uuid), \(organiser.uuid), \(event.state == .onSale),
             \(Int32(clamping: event.planVersion)), \(event.title), \(event.venue), \(startsAt),
             \(event.timeZone), \(event.currency), \(Int32(clamping: event.paySeconds)),
             \(closesAt))
            ON CONFLICT (id) DO UPDATE SET on_sale = excluded.on_sale,
             plan_version = excluded.plan_version, title = excluded.title,
             venue = excluded.venue, starts_at = excluded.starts_at,
             time_zone = excluded.time_zone, pay_seconds = excluded.pay_seconds,
             sale_closes_at = excluded.sale_closes_at
            """)
        return []
    }
}
