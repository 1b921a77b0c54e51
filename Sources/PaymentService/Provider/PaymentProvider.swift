/// Somebody who moves money for us. What is sent twice under one idempotency key happens once.
protocol PaymentProvider: Sendable {
    /// Takes money. The answer may get lost; `charge(reference:)` tells what became of it.
    func charge(_ order: ChargeOrder) async throws(ProviderError) -> ProviderCharge
    /// What became of a charge; nil where the provider has never heard of it.
    func charge(reference: String) async throws(ProviderError) -> ProviderCharge?
    /// Gives money back.
    func refund(_ order: RefundOrder) async throws(ProviderError)
}

/// Money to take.
struct ChargeOrder: Sendable, Equatable {
    /// Our own id of the attempt; the idempotency key too.
    var reference: String
    var amountMinor: Int64
    var currency: String
    /// The provider's token for a means of payment.
    var paymentToken: String
}

/// Money to give back.
struct RefundOrder: Sendable, Equatable {
    var idempotencyKey: String
    /// The provider's id of the charge.
    var chargeID: String
    var amountMinor: Int64
}

/// What the provider says of a charge.
struct ProviderCharge: Sendable, Equatable {
    enum Outcome: Sendable, Equatable {
        case captured
        case declined(code: String)
    }

    /// The provider's id.
    var id: String
    var outcome: Outcome
    var amountMinor: Int64
    var currency: String
}

/// Why the provider gave no verdict.
enum ProviderError: Error, Equatable {
    /// No answer, or one that says to try again: the money may have moved or not.
    case unknown(String)
    /// The request itself is refused; nothing has moved.
    case refused(code: String, message: String)
}
