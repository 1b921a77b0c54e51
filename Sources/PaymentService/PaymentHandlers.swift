import Contracts
import Foundation
import Logging
import Postgres
import RPC
import ServiceKit
import Wire

/// The methods of `usher.payment.v1.PaymentService`.
struct PaymentHandlers: Sendable {
    let store: PaymentStore
    let refunds: RefundStore
    let records: IdempotencyRecords
    let provider: any PaymentProvider
    let timing: PaymentTiming
    let authenticator: Authenticator
    let booking: ServiceCaller
    let logger: Logger

    func register(on router: inout CallRouter) {
        typealias Methods = PaymentV1.PaymentService
        router.handle(Methods.createPayment, create)
        router.handle(Methods.getPayment, get)
        router.handle(Methods.listPayments, list)
        router.handle(Methods.listRefunds, listRefunds)
        router.handle(Methods.listOwedRefunds, listOwedRefunds)
        router.handleFeed(Methods.readFeed, Methods.followFeed, store.feed)
    }

    @Sendable private func create(
        _ request: PaymentV1.CreatePaymentRequest, _ context: CallContext
    ) async throws -> PaymentV1.CreatePaymentResponse {
        let user = try await authenticator.user(context)
        guard (1...200).contains(request.paymentToken.utf8.count) else {
            throw RPCError.invalid(
                field: "paymentToken", "length", "send the provider's token, 1 to 200 bytes")
        }
        let key = try IdempotencyKey(context, user: user.id, request)
        if let key, let answer = try await records.answer(of: key) {
            return try await asItIsNow(answer.response())
        }
        let (id, booking): (BookingID, BookingV1.Booking)
        do {
            (id, booking) = try await payable(request.bookingID, by: user)
        } catch let error as RPCError {
            if let key {
                try await records.refuse(key, error)
            }
            throw error
        }
        try await FailPoint.paymentBeforeAttempt.reach(request.bookingID)
        let paymentID = PaymentID()
        // Written down before the provider is asked: whatever happens now, the attempt is known,
        // and so is the key that it was made with.
        let attempt = try await records.once(key) { transaction in
            try await open(paymentID, of: booking, id, payer: user.id, in: transaction)
        }
        guard attempt.payment?.paymentID == paymentID.description else {
            return try await asItIsNow(attempt)
        }
        try await FailPoint.paymentAfterAttempt.reach(request.bookingID)
        let payment = try await charge(paymentID, booking, token: request.paymentToken)
        try await FailPoint.paymentAfterRecording.reach(request.bookingID)
        return .with { $0.payment = payment }
    }

    /// The attempt that stands, or a new one.
    private func open(
        _ payment: PaymentID, of booking: BookingV1.Booking, _ id: BookingID, payer: UserID,
        in transaction: PostgresTransaction
    ) async throws -> PaymentV1.CreatePaymentResponse {
        if let standing = try await store.standing(for: id, in: transaction) {
            return .with { $0.payment = standing }
        }
        guard booking.state == .pending else {
            throw RPCError.aborted(
                "booking_not_pending", "this booking does not wait for a payment any more")
        }
        let opened = try await store.open(
            payment, of: booking, id, payer: payer, timing, in: transaction)
        // Somebody else's came first, at this very moment; it may have ended already.
        var standing = opened
        if standing == nil {
            standing = try await store.standing(for: id, in: transaction)
        }
        guard let standing else {
            throw RPCError.unavailable(
                "payment_in_flight", "another attempt has just ended; try again")
        }
        return .with { $0.payment = standing }
    }

    /// An answer of before, with what has become of its attempt since.
    private func asItIsNow(
        _ answer: PaymentV1.CreatePaymentResponse
    ) async throws -> PaymentV1.CreatePaymentResponse {
        guard let id = PaymentID(answer.payment?.paymentID ?? ""),
            let payment = try await store.payment(id)
        else {
            return answer
        }
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
        let verdict = await verdict(
            ChargeOrder(
                reference: id.description, amountMinor: booking.totalMinor,
                currency: booking.currency, paymentToken: token))
        try await FailPoint.paymentAfterProvider.reach(booking.bookingID)
        let settled: PaymentV1.Payment?
        switch verdict {
        case .success(let charge):
            settled = try await store.settle(id, charge)
        case .failure(.refused(let code, _)):
            settled = try await store.fail(id, code: code)
        case .failure(.unknown(let why)):
            // The reconciliation finds out.
            logger.warning(
                "provider gave no verdict", metadata: ["payment.id": "\(id)", "error": "\(why)"])
            settled = try await store.payment(id)
        }
        guard let settled else {
            throw RPCError.unavailable("payment_unknown", "the payment is being looked into")
        }
        if settled.state == .open {
            PaymentMetrics.count(.open)
        }
        return settled
    }

    private func verdict(_ order: ChargeOrder) async -> Result<ProviderCharge, ProviderError> {
        do {
            return .success(try await provider.charge(order))
        } catch {
            return .failure(error)
        }
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

    @Sendable private func listRefunds(
        _ request: PaymentV1.ListRefundsRequest, _ context: CallContext
    ) async throws -> PaymentV1.ListRefundsResponse {
        let payment = try await get(.with { $0.paymentID = request.paymentID }, context)
        guard let id = PaymentID(payment.payment?.paymentID ?? "") else {
            return PaymentV1.ListRefundsResponse()
        }
        let refunds = try await refunds.refunds(of: id)
        return .with { $0.refunds = refunds }
    }

    @Sendable private func listOwedRefunds(
        _ request: PaymentV1.ListOwedRefundsRequest, _ context: CallContext
    ) async throws -> PaymentV1.ListOwedRefundsResponse {
        _ = try await authenticator.user(context, role: .admin)
        let size = request.pageSize == 0 ? 20 : min(Int(request.pageSize), 100)
        let owed = try await refunds.owed(after: request.pageToken, limit: size + 1)
        return .with {
            $0.refunds = Array(owed.prefix(size))
            $0.nextPageToken = owed.count > size ? owed[size - 1].refundID : ""
        }
    }
}
