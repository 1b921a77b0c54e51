import Contracts
import Foundation
import Postgres
import ServiceKit

/// The places of bookings, and the claims on them.
enum BookingPlaces {
    /// Writes what a booking holds, as the hold froze it (P3).
    static func insert(
        _ places: [EventV1.HeldPlace], of booking: BookingID, in transaction: PostgresTransaction
    ) async throws {
        try await transaction.query(
            """
            INSERT INTO booking_places
            (booking_id, place, seat_guid, area_id, label, category, price_type, price_minor)
            SELECT \(booking.uuid), * FROM unnest(
                \(places.map { Int32(clamping: $0.place) }), \(places.map(\.seatGUID)),
                \(places.map(\.areaID)), \(places.map(\.label)), \(places.map(\.category)),
                \(places.map(\.priceType)), \(places.map(\.priceMinor)))
            """)
    }

    /// Claims places, in the order of their indexes so that two bookings cannot wait for each
    /// other, and tells which are somebody else's. The unique index decides (P1).
    static func claim(
        _ places: [UInt32], of booking: BookingID, _ event: EventID,
        in transaction: PostgresTransaction
    ) async throws -> Set<UInt32> {
        let sorted = places.sorted().map { Int32(clamping: $0) }
        let rows = try await transaction.query(
            """
            INSERT INTO claims (event_id, place, booking_id, claimed_at)
            SELECT \(event.uuid), place, \(booking.uuid), clock_timestamp()
            FROM unnest(\(sorted)) AS place ORDER BY place
            ON CONFLICT DO NOTHING RETURNING place
            """)
        let claimed = Set(
            try rows.map { UInt32(clamping: try $0.decode("place", as: Int32.self)) })
        return Set(places).subtracting(claimed)
    }

    /// A place of a row of `booking_places`.
    static func place(_ row: PostgresRow) throws -> BookingV1.BookedPlace {
        var place = BookingV1.BookedPlace()
        place.place = UInt32(clamping: try row.decode("place", as: Int32.self))
        place.seatGUID = try row.decode("seat_guid")
        place.areaID = try row.decode("area_id")
        place.label = try row.decode("label")
        place.category = try row.decode("category")
        place.priceType = try row.decode("price_type")
        place.priceMinor = try row.decode("price_minor")
        return place
    }
}
