import Contracts
import Foundation
import Postgres
import ServiceKit

/// What providers tell takes effect here: once, in the transaction that remembers it.
struct WebhookStore: Sendable {
    /// What an event has done.
    enum Outcome: String, Sendable {
        /// It has ended an attempt or a refund.
        case applied
        /// What it tells was known, or is no end.
        case noChange = "no_change"
        /// There is nothing here that it is about.
        case unknown
        /// It tells another end than the one that is written.
        case contradiction
        /// The event was here before.
        case repeated
    }

    /// Days that events are remembered. A repetition after that finds everything ended.
    private static let daysKept: Int32 = 30

    let payments: PaymentStore
    let refunds: RefundStore
    let timing: PaymentTiming

    /// Makes an event take effect.
    func apply(_ event: ProviderEvent, from provider: String) async throws -> Outcome {
        let outcome = try await payments.pool.transaction(retries: 5) { transaction in
            // Waits for a twin that is being written.
            let known = try await transaction.query(
                """
                INSERT INTO webhook_events (provider, event_id, type, subject, outcome)
                VALUES (\(provider), \(event.id), \(event.type), \(event.subject), '')
                ON CONFLICT (provider, event_id) DO UPDATE
                SET deliveries = webhook_events.deliveries + 1 RETURNING deliveries
                """)
            guard try known.first?.decode("deliveries", as: Int32.self) == 1 else {
                return Outcome.repeated
            }
            let (outcome, fact) = try await effect(of: event, in: transaction)
            try await transaction.query(
                """
                UPDATE webhook_events SET outcome = \(outcome.rawValue)
                WHERE provider = \(provider) AND event_id = \(event.id)
                """)
            try await payments.feed.append(fact.map { [$0] } ?? [], in: transaction)
            return outcome
        }
        payments.feed.ring()
        return outcome
    }

    private func effect(
        of event: ProviderEvent, in transaction: PostgresTransaction
    ) async throws -> (Outcome, PaymentV1.FeedEntry?) {
        switch event.news {
        case .charge(let reference, let charge):
            guard let id = PaymentID(reference) else {
                return (.unknown, nil)
            }
            switch try await payments.settle(id, charge, in: transaction) {
            case .settled(_, let fact): return (.applied, fact)
            case .unchanged: return (.noChange, nil)
            case .contradiction: return (.contradiction, nil)
            case .unknown: return (.unknown, nil)
            }
        case .refund(let text, let answer):
            guard let key = RefundKey(text),
                try await !transaction.query(
                    "SELECT 1 FROM refunds WHERE id = \(key.refund)"
                ).isEmpty
            else {
                return (.unknown, nil)
            }
            let fact = try await refunds.record(key, answer, timing, in: transaction)
            return (fact == nil ? .noChange : .applied, fact)
        case .other:
            return (.unknown, nil)
        }
    }

    /// Forgets events of long ago, a bounded number at once.
    func forgetOld() async throws {
        try await payments.pool.query(
            """
            DELETE FROM webhook_events WHERE (provider, event_id) IN (
                SELECT provider, event_id FROM webhook_events
                WHERE received_at < clock_timestamp() - make_interval(days => \(Self.daysKept))
                ORDER BY received_at LIMIT 1000)
            """)
    }
}

extension ProviderEvent {
    /// What it is about, as the provider names it.
    var subject: String {
        switch news {
        case .charge(let reference, _): reference
        case .refund(let key, _): key
        case .other: ""
        }
    }
}
