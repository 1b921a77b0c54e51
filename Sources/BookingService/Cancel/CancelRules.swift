import Contracts
import Foundation
import ServiceKit

/// Who may give back what, and what it costs. Pure: facts and time in, decision out.
enum CancelRules {
    /// Who gives back.
    enum Actor: Sendable, Equatable {
        case buyer
        case organiser
        /// The whole event is cancelled.
        case event

        /// Stable code of the feed.
        var reason: String {
            switch self {
            case .buyer: "cancelled_by_buyer"
            case .organiser: "cancelled_by_organiser"
            case .event: "event_cancelled"
            }
        }
    }

    /// Until when, and for what, buyers may cancel.
    struct Policy: Sendable, Equatable {
        /// Seconds before the event starts.
        var untilSeconds: Int64
        /// Kept of the price, thousandths.
        var feePermille: Int64
    }

    /// A booking as it is when somebody gives it back.
    struct Standing: Sendable, Equatable {
        var state: BookingRules.State
        /// Places that are still part of it: index and price.
        var active: [UInt32: Int64]
        /// Paid here; nothing goes back for others.
        var isPaid: Bool
        var startsAt: Date
        /// Nil = buyers may not cancel.
        var policy: Policy?
    }

    /// What is given back.
    struct Cancellation: Sendable, Equatable {
        var places: Set<UInt32>
        /// No place is left.
        var isWhole: Bool
        var refundMinor: Int64
        var feeMinor: Int64
    }

    /// Why nothing is given back.
    enum Refusal: Error, Equatable {
        /// It is expired, or was given back before.
        case notActive
        /// Places that are not, or no longer, part of it.
        case placesNotActive(Set<UInt32>)
        /// One that waits for its payment is given back whole: its price stands.
        case pendingInPart
        /// The policy lets buyers cancel no more, or not at all.
        case closed
    }

    /// Decides what is given back. Throws a `Refusal`.
    ///
    /// - Parameters:
    ///   - wanted: indexes of places; none = all.
    ///   - now: by the booking database's clock.
    static func decide(
        _ booking: Standing, _ wanted: Set<UInt32>, by actor: Actor, now: Date
    ) throws -> Cancellation {
        guard booking.state == .pending || booking.state == .confirmed else {
            throw Refusal.notActive
        }
        let foreign = wanted.subtracting(booking.active.keys)
        guard foreign.isEmpty else {
            throw Refusal.placesNotActive(foreign)
        }
        let places = wanted.isEmpty ? Set(booking.active.keys) : wanted
        let isWhole = places.count == booking.active.count
        guard booking.state == .confirmed else {
            guard isWhole else {
                throw Refusal.pendingInPart
            }
            return .init(places: places, isWhole: true, refundMinor: 0, feeMinor: 0)
        }
        var permille: Int64 = 0
        if actor == .buyer {
            guard let policy = booking.policy,
                booking.startsAt.timeIntervalSince(now) >= TimeInterval(policy.untilSeconds)
            else {
                throw Refusal.closed
            }
            permille = policy.feePermille
        }
        let price = places.reduce(0) { $0 + (booking.active[$1] ?? 0) }
        // Rounded down, to the buyer's good.
        let fee = booking.isPaid ? price * permille / 1000 : 0
        return .init(
            places: places, isWhole: isWhole, refundMinor: booking.isPaid ? price - fee : 0,
            feeMinor: fee)
    }
}
