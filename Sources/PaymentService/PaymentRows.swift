import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// States of a payment, as the database writes them.
enum PaymentState: String, Sendable {
    case open, captured, declined, refunding, refunded
    case refundOwed = "refund_owed"

    var contract: PaymentV1.PaymentState {
        switch self {
        case .open: .open
        case .captured: .captured
        case .declined: .declined
        case .refunding: .refunding
        case .refunded: .refunded
        case .refundOwed: .refundOwed
        }
    }
}

/// States of a refund, as the database writes them.
enum RefundState: String, Sendable {
    case pending, succeeded, owed

    var contract: PaymentV1.RefundState {
        switch self {
        case .pending: .pending
        case .succeeded: .succeeded
        case .owed: .owed
        }
    }
}

/// Rows of this service, and facts about them.
enum PaymentRows {
    /// A feed entry about a payment.
    static func entry(
        _ payment: PaymentV1.Payment, _ fact: PaymentV1.FeedEntry.Fact
    ) -> PaymentV1.FeedEntry {
        .with {
            $0.key = payment.bookingID
            $0.fact = fact
        }
    }

    /// A row of `payments`.
    static func payment(_ row: PostgresRow) throws -> PaymentV1.Payment {
        var payment = PaymentV1.Payment()
        payment.paymentID = PaymentID(uuid: try row.decode("id")).description
        payment.bookingID = BookingID(uuid: try row.decode("booking_id")).description
        payment.payerID = UserID(uuid: try row.decode("payer_id")).description
        payment.state =
            PaymentState(rawValue: try row.decode("state", as: String.self))?.contract
            ?? .unspecified
        payment.amountMinor = try row.decode("amount_minor")
        payment.currency = try row.decode("currency")
        payment.providerReference = try row.decode("provider_reference")
        payment.declineCode = try row.decode("decline_code")
        payment.createdAt = Timestamp(try row.decode("created_at", as: Date.self))
        payment.settledAt = try row.decode("settled_at", as: Date?.self).map { Timestamp($0) }
        payment.refundedMinor = try row.decode("refunded_minor")
        return payment
    }

    /// A row of `refunds` with `booking_id`, `payer_id` and `currency` of its payment.
    static func refund(_ row: PostgresRow) throws -> PaymentV1.Refund {
        var refund = PaymentV1.Refund()
        refund.refundID = try row.decode("id")
        refund.paymentID = PaymentID(uuid: try row.decode("payment_id")).description
        refund.bookingID = BookingID(uuid: try row.decode("booking_id")).description
        refund.payerID = UserID(uuid: try row.decode("payer_id")).description
        refund.state =
            RefundState(rawValue: try row.decode("state", as: String.self))?.contract
            ?? .unspecified
        refund.amountMinor = try row.decode("amount_minor")
        refund.currency = try row.decode("currency")
        refund.reason = try row.decode("reason")
        refund.failureCode = try row.decode("failure_code")
        refund.refusals = UInt32(clamping: try row.decode("refusals", as: Int32.self))
        refund.createdAt = Timestamp(try row.decode("created_at", as: Date.self))
        refund.settledAt = try row.decode("settled_at", as: Date?.self).map { Timestamp($0) }
        return refund
    }
}
