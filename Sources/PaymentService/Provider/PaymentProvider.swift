import Foundation

/// Somebody who moves money for us. What is sent twice under one idempotency key happens once.
protocol PaymentProvider: Sendable {
    /// Takes money. The answer may get lost; `charge(reference:)` tells what became of it.
    func charge(_ order: ChargeOrder) async throws(ProviderError) -> ProviderCharge
    /// What became of a charge; nil where the provider has not heard of it yet.
    func charge(reference: String) async throws(ProviderError) -> ProviderCharge?
    /// Sees to it that a charge that the provider has not heard of is never made, however late
    /// its request arrives; a charge that was made is told and stays. Nil: there will be none.
    func cancel(reference: String) async throws(ProviderError) -> ProviderCharge?
    /// Gives money back; asked again under the same key, tells how far that is.
    func refund(_ order: RefundOrder) async throws(ProviderError) -> ProviderRefund
    /// Reads what a webhook says, after it has made sure of who says it and when.
    func event(
        _ body: [UInt8], signature: String, now: Date
    ) throws(WebhookFault) -> ProviderEvent
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
    /// Names the refund and how often it has been refused.
    var key: RefundKey
    /// The provider's id of the charge.
    var chargeID: String
    var amountMinor: Int64
}

/// Idempotency key of asking for a refund. The provider's answer to a key is for good, so what it
/// has refused is asked for under another one.
struct RefundKey: Sendable, Equatable, CustomStringConvertible {
    var refund: String
    /// Times that the provider had refused before.
    var refusals: Int

    var description: String { "\(refund).\(refusals)" }

    init(refund: String, refusals: Int) {
        self.refund = refund
        self.refusals = refusals
    }

    /// Nil for what is no such key.
    init?(_ text: String) {
        guard let dot = text.lastIndex(of: "."), dot > text.startIndex,
            let refusals = Int(text[text.index(after: dot)...]), refusals >= 0
        else {
            return nil
        }
        self.init(refund: String(text[..<dot]), refusals: refusals)
    }
}

/// What the provider says of a charge.
struct ProviderCharge: Sendable, Equatable {
    enum Outcome: Sendable, Equatable {
        /// Taken up; not decided.
        case pending
        case captured
        case declined(code: String)
    }

    /// The provider's id.
    var id: String
    var outcome: Outcome
    var amountMinor: Int64
    var currency: String
}

/// What the provider says of a refund.
struct ProviderRefund: Sendable, Equatable {
    enum Outcome: Sendable, Equatable {
        /// Taken up; not decided.
        case pending
        case succeeded
        /// Refused for good under this key.
        case failed(code: String)
    }

    /// The provider's id; empty where it has made none.
    var id: String
    var outcome: Outcome
}

/// What a webhook tells.
struct ProviderEvent: Sendable, Equatable {
    enum News: Sendable, Equatable {
        /// Of the attempt with our own id.
        case charge(reference: String, ProviderCharge)
        /// Of the refund with our own key.
        case refund(key: String, ProviderRefund)
        /// Nothing that we act on.
        case other
    }

    /// The provider's id of the event; the same however often it is sent.
    var id: String
    var type: String
    var news: News
}

/// Why the provider gave no verdict.
enum ProviderError: Error, Equatable {
    /// No answer, or one that says to try again: the money may have moved or not.
    case unknown(String)
    /// The request itself is refused; nothing has moved.
    case refused(code: String, message: String)
}
