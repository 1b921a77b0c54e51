/// Money asked for once. Amounts are minor units of `currency`.
struct Charge: Equatable, Sendable {
    enum Status: String, Sendable {
        /// Taken up; ends as one of the others.
        case pending
        case captured
        case declined
    }

    let id: String
    var status: Status
    /// Why it was declined; nil otherwise.
    var declineCode: String?
    let amountMinor: Int64
    /// ISO 4217.
    let currency: String
    /// The merchant's own name for it.
    let reference: String
    /// RFC 3339.
    let createdAt: String
    var refunds: [Refund] = []

    /// What is given back, or about to be.
    var refundedMinor: Int64 {
        refunds.reduce(0) { $0 + ($1.status == .failed ? 0 : $1.amountMinor) }
    }
}

/// Money of one charge given back.
struct Refund: Equatable, Sendable {
    enum Status: String, Sendable {
        /// Taken up; ends as one of the others.
        case pending
        case succeeded
        case failed
    }

    let id: String
    let chargeID: String
    var status = Status.succeeded
    /// Why it failed; nil otherwise.
    var failureCode: String?
    let amountMinor: Int64
    let currency: String
    /// The merchant's own name for it; empty where none was sent.
    var reference = ""
    let createdAt: String
}

/// What a merchant asks for when charging.
struct ChargeRequest: Equatable, Sendable {
    static let amountMax: Int64 = 1_000_000_000_000

    let amountMinor: Int64
    let currency: String
    let paymentToken: String
    let reference: String
}

/// What a merchant asks for when refunding; no amount = all that is left.
struct RefundRequest: Equatable, Sendable {
    let chargeID: String
    let amountMinor: Int64?
    /// The merchant's own name for it; comes back in webhooks.
    var reference = ""
}

/// A refusal with its HTTP status and stable code.
struct ProviderError: Error, Equatable {
    let status: Int
    let code: String
    let message: String

    static func invalid(_ message: String) -> ProviderError {
        ProviderError(status: 400, code: "invalid_request", message: message)
    }

    static let keyReused = ProviderError(
        status: 422, code: "idempotency_key_reused",
        message: "This Idempotency-Key was used with another request.")
    static let noSuchCharge = ProviderError(
        status: 404, code: "charge_not_found", message: "There is no charge of that id.")
    static let cancelled = ProviderError(
        status: 409, code: "charge_cancelled",
        message: "The merchant has cancelled this reference; it is never charged.")
    static let notCaptured = ProviderError(
        status: 409, code: "charge_not_captured",
        message: "A charge that is not captured has no money to return.")
    static let refundTooLarge = ProviderError(
        status: 409, code: "refund_exceeds_charge",
        message: "More than is left of the charge cannot be returned.")
    static let full = ProviderError(
        status: 503, code: "ledger_full", message: "The ledger takes no more entries.")
    static let notWritten = ProviderError(
        status: 503, code: "ledger_unavailable", message: "The ledger cannot be written.")
    static let outOfOrder = ProviderError(
        status: 503, code: "try_again", message: "Something is out of order; try again.")
}
