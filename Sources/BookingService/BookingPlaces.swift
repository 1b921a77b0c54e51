import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// The places of bookings, and the claims on them.
enum BookingPlaces {
    /// Claims places for bookings, in one order for all so that two transactions cannot wait for
    /// each other. The unique index decides (P1). A booking that does not get all of its places
    /// keeps none.
    ///
    /// - Returns: the places that were somebody else's, by the booking that lost them.
    static func claim(
        _ claims: [(booking: BookingID, places: [BatchPlan.Place])],
        in transaction: PostgresTransaction
    ) async throws -> [BookingID: Set<BatchPlan.Place>] {
        guard !claims.isEmpty else {
            return [:]
        }
        let ids = claims.flatMap { claim in claim.places.map { _ in claim.booking.uuid } }
        let places = claims.flatMap(\.places)
        let rows = try await transaction.query(
            """
            INSERT INTO claims (event_id, place, booking_id, claimed_at)
            SELECT event_id, place, booking_id, clock_timestamp()
            FROM unnest(
                \(places.map(\.event.uuid)), \(places.map { Int32(clamping: $0.index) }), \(ids))
             AS item(event_id, place, booking_id)
            ORDER BY event_id, place
            ON CONFLICT DO NOTHING RETURNING event_id, place
            """)
        guard rows.count < places.count else {
            return [:]
        }
        let got = Set(try rows.map(BatchWriter.place))
        var lost: [BookingID: Set<BatchPlan.Place>] = [:]
        for claim in claims {
            let missing = Set(claim.places).subtracting(got)
            if !missing.isEmpty {
                lost[claim.booking] = missing
            }
        }
        // What they got was free a moment ago and is claimed by this transaction alone.
        try await transaction.query(
            """
            DELETE FROM claims
            WHERE booking_id = ANY(\(lost.keys.map(\.uuid))) AND released_at IS NULL
            """)
        return lost
    }

    /// Bookings of rows of `bookings`, with their places.
    ///
    /// - Parameter query: reads the places, in the transaction or out of it.
    static func bookings(
        _ rows: PostgresRows, _ query: (PostgresQuery) async throws -> PostgresRows
    ) async throws -> [BookingV1.Booking] {
        guard !rows.isEmpty else {
            return []
        }
        let ids = try rows.map { try $0.decode("id", as: UUID.self) }
        let placeRows = try await query(
            """
            SELECT * FROM booking_places WHERE booking_id = ANY(\(ids)) ORDER BY booking_id, place
            """)
        var places: [UUID: [BookingV1.BookedPlace]] = [:]
        for row in placeRows {
            places[try row.decode("booking_id"), default: []].append(try place(row))
        }
        return try rows.map { row in
            var booking = try BookingFacts.booking(row)
            booking.places = places[try row.decode("id"), default: []]
            return booking
        }
    }

    /// A place as the hold has it.
    static func place(_ held: EventV1.HeldPlace) -> BookingV1.BookedPlace {
        .with {
            $0.place = held.place
            $0.seatGUID = held.seatGUID
            $0.areaID = held.areaID
            $0.label = held.label
            $0.category = held.category
            $0.priceType = held.priceType
            $0.priceMinor = held.priceMinor
        }
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
        place.cancelled = try row.decode("cancelled_at", as: Date?.self) != nil
        return place
    }
}
