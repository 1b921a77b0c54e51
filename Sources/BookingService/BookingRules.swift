import Contracts
import Foundation
import ServiceKit

/// What a captured payment does to a booking. Pure: facts and time in, decision out.
enum BookingRules {
    /// States of a booking, as the database writes them.
    enum State: String, Sendable {
        case pending, confirmed, expired, cancelled

        /// Nil for a state that is not said.
        init?(contract state: BookingV1.BookingState) {
            switch state {
            case .pending: self = .pending
            case .confirmed: self = .confirmed
            case .expired: self = .expired
            case .cancelled: self = .cancelled
            default: return nil
            }
        }

        var contract: BookingV1.BookingState {
            switch self {
            case .pending: .pending
            case .confirmed: .confirmed
            case .expired: .expired
            case .cancelled: .cancelled
            }
        }
    }

    /// How a booking came about, as the database writes it.
    enum Kind: String, Sendable {
        case sale, complimentary
        case boxOffice = "box_office"

        /// Of an organiser's request; nil for anything but the two kinds that organisers make.
        init?(organiser kind: BookingV1.BookingKind) {
            switch kind {
            case .complimentary: self = .complimentary
            case .boxOffice: self = .boxOffice
            default: return nil
            }
        }

        var contract: BookingV1.BookingKind {
            switch self {
            case .sale: .sale
            case .complimentary: .complimentary
            case .boxOffice: .boxOffice
            }
        }
    }

    /// A booking as it is when money arrives for it.
    struct Standing: Sendable, Equatable {
        var state: State
        var totalMinor: Int64
        var currency: String
        /// The payment that it was confirmed with.
        var paidWith: PaymentID?
        /// The event sells and its sale has not closed.
        var saleIsOpen: Bool
    }

    /// Money that has arrived.
    struct Capture: Sendable, Equatable {
        var payment: PaymentID
        var amountMinor: Int64
        var currency: String
    }

    /// What follows.
    enum Outcome: Sendable, Equatable {
        case confirm
        /// Confirm if the same places can be claimed again, else refund as "booking_expired".
        case reclaim
        case refund(reason: String)
        /// This very capture has had its effect already.
        case nothing
    }

    /// Decides what a capture does.
    static func outcome(of capture: Capture, for booking: Standing) -> Outcome {
        if booking.paidWith == capture.payment {
            return .nothing
        }
        if booking.state == .confirmed {
            return .refund(reason: "paid_twice")
        }
        if capture.amountMinor != booking.totalMinor || capture.currency != booking.currency {
            return .refund(reason: "wrong_amount")
        }
        switch booking.state {
        case .pending: return .confirm
        case .expired: return booking.saleIsOpen ? .reclaim : .refund(reason: "booking_expired")
        case .cancelled, .confirmed: return .refund(reason: "booking_cancelled")
        }
    }
}
