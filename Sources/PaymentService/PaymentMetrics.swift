import Contracts
import Metrics

/// What this service counts.
enum PaymentMetrics {
    private static let unsettled = Gauge(label: "payments_unsettled")
    private static let refundsUnsettled = Gauge(label: "refunds_unsettled")
    private static let refundsOwed = Gauge(label: "refunds_owed")

    /// Shows what is not settled yet.
    static func record(_ backlog: PaymentStore.Backlog) {
        unsettled.record(backlog.attempts)
        refundsUnsettled.record(backlog.refunds)
        refundsOwed.record(backlog.owed)
    }

    /// Counts an attempt that has come to a state.
    static func count(_ state: PaymentV1.PaymentState) {
        let outcome =
            switch state {
            case .captured: "captured"
            case .declined: "declined"
            default: "open"
            }
        Counter(label: "payments_total", dimensions: [("outcome", outcome)]).increment()
    }

    /// Counts an answer of the provider about a refund.
    static func count(_ outcome: ProviderRefund.Outcome) {
        let name =
            switch outcome {
            case .pending: "pending"
            case .succeeded: "succeeded"
            case .failed: "refused"
            }
        Counter(label: "refunds_total", dimensions: [("outcome", name)]).increment()
    }

    /// Counts a webhook, and what it has brought to its end.
    static func count(_ event: ProviderEvent, _ outcome: WebhookStore.Outcome) {
        count(webhook: outcome.rawValue)
        guard outcome == .applied else {
            return
        }
        switch event.news {
        case .charge(_, let charge): count(charge.outcome == .captured ? .captured : .declined)
        case .refund(_, let refund): count(refund.outcome)
        case .other: break
        }
    }

    /// Counts a webhook by what it did.
    static func count(webhook outcome: String) {
        Counter(label: "payment_webhooks_total", dimensions: [("outcome", outcome)]).increment()
    }
}
