import Contracts
import Foundation
import Postgres
import RPC
import ServiceKit
import Wire

/// What the payment feed does here: money moves bookings, by guarded transitions only; what became of
/// refunds is kept for the timeline.
struct PaymentEffects: Sendable {
    let store: BookingStore

    /// Makes one fact of the payment feed take effect.
    func apply(
        _ entry: PaymentV1.FeedEntry, in transaction: PostgresTransaction
    ) async throws -> [BookingV1.FeedEntry] {
        switch entry.fact {
        case .paymentCaptured(let fact):
            guard let payment = fact.payment else { return [] }
            return try await capture(payment, in: transaction)
        case .paymentRefunded(let fact):
            try await Refunds.settled(fact.refundID, in: transaction)
        case .paymentRefundOwed(let fact):
            guard let refund = fact.refund else { break }
            try await Refunds.owed(refund.refundID, code: refund.failureCode, in: transaction)
        case .paymentDeclined, nil:
            break
        }
        return []
    }

    private func capture(
        _ payment: PaymentV1.Payment, in transaction: PostgresTransaction
    ) async throws -> [BookingV1.FeedEntry] {
        guard let id = BookingID(payment.bookingID), let paymentID = PaymentID(payment.paymentID)
        else {
            throw UnreadableFact("payment \(payment.paymentID) of \(payment.bookingID)")
        }
        let capture = BookingRules.Capture(
            payment: paymentID, amountMinor: payment.amountMinor, currency: payment.currency)
        guard let (standing, event) = try await standing(id, in: transaction) else {
            // Money for a booking that does not exist goes back.
            return [try await refund(payment, "booking_unknown", in: transaction)]
        }
        try await FailPoint.bookingBeforeCapture.reach(payment.bookingID)
        switch BookingRules.outcome(of: capture, for: standing) {
        case .nothing:
            return []
        case .refund(let reason):
            return [try await refund(payment, reason, in: transaction)]
        case .confirm:
            return try await confirm(id, paymentID, from: .pending, in: transaction)
        case .reclaim:
            guard try await reclaim(id, event, in: transaction) else {
                return [try await refund(payment, "booking_expired", in: transaction)]
            }
            return try await confirm(id, paymentID, from: .expired, in: transaction)
        }
    }

    private func standing(
        _ id: BookingID, in transaction: PostgresTransaction
    ) async throws -> (BookingRules.Standing, EventID)? {
        let rows = try await transaction.query(
            """
            SELECT b.state, b.total_minor, b.currency, b.payment_id, b.event_id,
             e.on_sale AND e.sale_closes_at > clock_timestamp() AS sale_is_open
            FROM bookings b JOIN events e ON e.id = b.event_id
            WHERE b.id = \(id.uuid) FOR UPDATE OF b FOR SHARE OF e
            """)
        guard let row = rows.first,
            let state = BookingRules.State(rawValue: try row.decode("state", as: String.self))
        else {
            return nil
        }
        let standing = BookingRules.Standing(
            state: state,
            totalMinor: try row.decode("total_minor"),
            currency: try row.decode("currency"),
            paidWith: try row.decode("payment_id", as: UUID?.self).map(PaymentID.init(uuid:)),
            saleIsOpen: try row.decode("sale_is_open"))
        return (standing, EventID(uuid: try row.decode("event_id")))
    }

    /// Claims the places of an expired booking anew; all or none.
    private func reclaim(
        _ id: BookingID, _ event: EventID, in transaction: PostgresTransaction
    ) async throws -> Bool {
        guard let booking = try await store.read(id, in: transaction) else {
            return false
        }
        let lost = try await BookingPlaces.claim(
            [(id, booking.places.map { .init(event: event, index: $0.place) })], in: transaction)
        return lost.isEmpty
    }

    private func confirm(
        _ id: BookingID, _ payment: PaymentID, from state: BookingRules.State,
        in transaction: PostgresTransaction
    ) async throws -> [BookingV1.FeedEntry] {
        let moved = try await transaction.query(
            """
            UPDATE bookings SET state = 'confirmed', confirmed_at = clock_timestamp(),
             payment_id = \(payment.uuid)
            WHERE id = \(id.uuid) AND state = \(state.rawValue)
            """)
        guard moved.affected == 1, let booking = try await store.read(id, in: transaction) else {
            throw BookingRowMissing()
        }
        try await FailPoint.bookingAfterCapture.reach(booking.bookingID)
        return [
            BookingFacts.entry(
                of: booking,
                .bookingConfirmed(
                    .with {
                        $0.booking = booking
                        $0.paymentID = payment.description
                        $0.reclaimed = state == .expired
                    }))
        ]
    }

    /// The whole capture goes back.
    private func refund(
        _ payment: PaymentV1.Payment, _ reason: String, in transaction: PostgresTransaction
    ) async throws -> BookingV1.FeedEntry {
        guard let booking = BookingID(payment.bookingID), let id = PaymentID(payment.paymentID)
        else {
            throw UnreadableFact("payment \(payment.paymentID) of \(payment.bookingID)")
        }
        let refund = RefundID()
        let known = try await store.read(booking, in: transaction)
        try await Refunds.insert(
            [
                .init(
                    id: refund, booking: booking, payment: id, amountMinor: payment.amountMinor,
                    currency: payment.currency, reason: reason)
            ], in: transaction)
        return .with {
            $0.key = payment.bookingID
            $0.fact = .refundDue(
                .with {
                    $0.bookingID = payment.bookingID
                    $0.paymentID = payment.paymentID
                    $0.amountMinor = payment.amountMinor
                    $0.currency = payment.currency
                    $0.reason = reason
                    $0.payerID = payment.payerID
                    $0.refundID = refund.description
                    $0.eventTitle = known?.eventTitle ?? ""
                    $0.places = known?.places.map(\.label) ?? []
                })
        }
    }
}
