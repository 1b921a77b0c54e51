import Contracts
import ServiceKit

/// A redeemed hold that wants to become a booking.
struct BookingOrder: Sendable {
    /// Of the booking to be.
    var id: BookingID
    /// As the event service has vouched for them.
    var terms: EventV1.HoldTerms
    var hold: HoldID
    var event: EventID
    var buyer: UserID
    /// Nil where the caller has sent none.
    var idempotency: IdempotencyKey?
    /// All but a sale are confirmed at once.
    var kind = BookingRules.Kind.sale
    /// The organiser who makes it; nil for a sale.
    var madeBy: UserID?

    /// There is nothing to pay here.
    var isPaid: Bool { kind != .sale || terms.totalMinor == 0 }

    /// What the batch is decided by.
    var wish: BatchPlan.Wish {
        .init(
            event: event, buyer: buyer, places: terms.places.map(\.place),
            isLimited: kind == .sale)
    }
}

/// What became of an order.
enum BookingOutcome: Sendable {
    case created(BookingV1.Booking)
    /// The hold had made this booking before.
    case existing(BookingV1.Booking)
    /// The hold has made somebody else's booking.
    case holdUsed
    /// Places that somebody else has claimed.
    case taken(Set<UInt32>)
    /// The buyer would have more places of the event than one buyer may.
    case overLimit(max: Int)
    case notOnSale
    /// The event feed has not come here yet.
    case eventUnknown
    /// The idempotency key is answered, in flight or used for something else.
    case key(IdempotencyRecords.Standing)
}
