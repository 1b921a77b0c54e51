import Contracts
import Foundation
import Logging
import Metrics
import RPC
import ServiceKit
import Wire

/// The methods of `usher.payment.v1.PaymentService`.
struct PaymentHandlers: Sendable {
    /// When the provider is asked about an attempt whose answer did not come: later than its
    /// own time limit, so that the two do not meet.
    static let askAfter = Duration.seconds(15)

    let store: PaymentStore
    let provider: any PaymentProvider
    let authenticator: Authenticator
    let booking: ServiceCaller
    let logger: Logger

    func register(on router: inout CallRouter) {
        typealias Methods = PaymentV1.PaymentService
        router.handle(Methods.createPayment, create)
        router.handle(Methods.getPayment, get)
        router.handle(Methods.listPayments, list)
        router.handle(Methods.readFeed, readFeed)
    }

    @Sendable private func create(
        _ request: PaymentV1.CreatePaymentRequest, _ context: CallContext
    ) async throws -> PaymentV1.CreatePaymentResponse {
        let user = try await authenticator.user(context)
        guard (1...200).contains(request.paymentToken.utf8.count) else {
            throw RPCError.invalid(
                field: "paymentToken", "length", "send the provider's token, 1 to 200 bytes")
        }
        let (id, booking) = try await payable(request.bookingID, by: user)
        if let standing = try await store.standing(for: id) {
            return .with { $0.payment = standing }
        }
        guard booking.state == .pending else {
            throw RPCError.aborted(
                "booking_not_pending", "this booking does not wait for a payment any more")
        }
        let paymentID = PaymentID()
        // Written down before the provider is asked: whatever happens now, the attempt is known.
        guard
            try await store.open(
                paymentID, of: booking, id, payer: user.id, askAfter: Self.askAfter) != nil
        else {
            guard let standing = try await store.standing(for: id) else {
                throw RPCError.aborted(
                    "payment_in_flight", "another attempt has just ended; try again")
            }
            return .with { $0.payment = standing }
        }
        let payment = try await charge(paymentID, booking, token: request.paymentToken)
        return .with { $0.payment = payment }
    }

    private func payable(
        _ text: String, by user: AuthenticatedUser
    ) async throws -> (BookingID, BookingV1.Booking) {
        let unknown = RPCError.notFound(
            "booking_unknown", "there is no booking \"\(text)\" of yours")
        guard let id = BookingID(text) else {
            throw unknown
        }
        let response = try await self.booking.call(
            BookingV1.BookingService.getBooking, .with { $0.bookingID = text })
        guard let booking = response.booking, booking.buyerID == user.id.description else {
            throw unknown
        }
        guard booking.totalMinor > 0 else {
            throw RPCError.aborted("nothing_to_pay", "this booking costs nothing")
        }
        return (id, booking)
    }

    private func charge(
        _ id: PaymentID, _ booking: BookingV1.Booking, token: String
    ) async throws -> PaymentV1.Payment {
        let settled: PaymentV1.Payment?
        do {
            let charge = try await provider.charge(
                ChargeOrder(
                    reference: id.description, amountMinor: booking.totalMinor,
                    currency: booking.currency, paymentToken: token))
            settled = try await store.settle(id, charge)
        } catch ProviderError.refused(let code, _) {
            settled = try await store.fail(id, code: code)
        } catch ProviderError.unknown(let why) {
            // "Payment received, confirming": the reconciliation finds out.
            logger.warning(
                "provider gave no verdict", metadata: ["payment.id": "\(id)", "error": "\(why)"])
            settled = try await store.payment(id)
        }
        guard let settled else {
            throw RPCError.unavailable("payment_unknown", "the payment is being looked into")
        }
        Counter(
            label: "payments_total",
            dimensions: [("outcome", PaymentMetrics.outcome(settled.state))]
        ).increment()
        return settled
    }

    @Sendable private func get(
        _ request: PaymentV1.GetPaymentRequest, _ context: CallContext
    ) async throws -> PaymentV1.GetPaymentResponse {
        let user = try await authenticator.user(context)
        guard let id = PaymentID(request.paymentID), let payment = try await store.payment(id),
            payment.payerID == user.id.description || user.roles.contains(.admin)
        else {
            throw RPCError.notFound(
                "payment_unknown", "there is no payment \"\(request.paymentID)\" of yours")
        }
        return .with { $0.payment = payment }
    }

    @Sendable private func list(
        _ request: PaymentV1.ListPaymentsRequest, _ context: CallContext
    ) async throws -> PaymentV1.ListPaymentsResponse {
        let user = try await authenticator.user(context)
        guard let id = BookingID(request.bookingID) else {
            throw RPCError.invalid(field: "bookingId", "invalid", "an id looks like bkg_…")
        }
        let payments = try await store.payments(for: id, payer: user.id)
        return .with { $0.payments = payments }
    }

    @Sendable private func readFeed(
        _ request: PaymentV1.ReadFeedRequest, _ context: CallContext
    ) async throws -> PaymentV1.ReadFeedResponse {
        try authenticator.service(context, among: ["booking", "notification"])
        return try await store.feed.read(request)
    }
}

/// Label values of this service's metrics.
enum PaymentMetrics {
    static func outcome(_ state: PaymentV1.PaymentState) -> String {
        switch state {
        case .captured: "captured"
        case .declined: "declined"
        case .refunded: "refunded"
        case .refundOwed: "refund_owed"
        default: "open"
        }
    }
}
