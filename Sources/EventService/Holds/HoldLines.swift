import Contracts
import Foundation
import ServiceKit
import Wire

/// What the seat state keeps with a hold, so that its terms can be written again, byte for byte,
/// on any device and after any crash: the priced seats, a model for each area, the currency.
///
/// It is a serialized `HoldTerms` whose places are the seats and then the models.
enum HoldLines {
    /// The lines of a hold that is asked for.
    static func write(_ pricing: HoldPricing, currency: String) -> [UInt8] {
        EventV1.HoldTerms.with {
            $0.places = pricing.seats + pricing.areas.map(\.model)
            $0.currency = currency
        }.serialized()
    }

    /// The terms of a hold.
    ///
    /// - Throws: `Unreadable` where the lines are not those of the hold.
    static func terms(of hold: SeatHold, event: EventID) throws -> EventV1.HoldTerms {
        var terms = try EventV1.HoldTerms(serialized: hold.lines)
        guard terms.places.count == hold.seats.count + hold.areas.count else {
            throw Unreadable()
        }
        let models = terms.places.dropFirst(hold.seats.count)
        terms.places.removeLast(models.count)
        for (model, places) in zip(models, hold.areas) {
            for place in places {
                var held = model
                held.place = UInt32(clamping: place)
                terms.places.append(held)
            }
        }
        terms.holdID = hold.holdID
        terms.eventID = event.description
        terms.buyerID = hold.buyerID
        terms.totalMinor = terms.places.reduce(0) { $0 + $1.priceMinor }
        terms.expiresAt = Timestamp(
            seconds: hold.deadlineMs / 1000, nanos: Int32(hold.deadlineMs % 1000) * 1_000_000)
        terms.generation = hold.generation.text
        terms.fence = hold.fence
        return terms
    }

    /// The seat state and this program do not agree on what a hold is.
    struct Unreadable: Error {}
}
