import Contracts
import Foundation
import JSON
import Postgres
import ServiceKit
import Wire

/// The SQL of refunds. The database itself keeps their sum within what was captured.
struct RefundStore: Sendable {
    /// A refund that the provider is to be asked for.
    struct Due: Sendable {
        var refund: PaymentV1.Refund
        var order: RefundOrder
    }

    let pool: PostgresPool
    let feed: FeedStore<PaymentV1.FeedEntry>

    /// Writes down that money is to go back, once for each refund id; done by the feed of
    /// bookings.
    ///
    /// - Parameter dues: facts with their positions, at most 1,000.
    /// - Throws: `UnreadableFact` for a payment that has captured nothing, `PostgresError` for
    ///   more than is left of it.
    func start(
        _ dues: [(fact: BookingV1.RefundDue, position: UInt64)],
        in transaction: PostgresTransaction
    ) async throws {
        guard !dues.isEmpty else {
            return
        }
        let orders = try dues.map { due in
            // Facts of before there were ids: their place in the feed names them.
            let id = due.fact.refundID.isEmpty ? "rfd_feed\(due.position)" : due.fact.refundID
            guard let payment = PaymentID(due.fact.paymentID), id.utf8.count <= 90,
                due.fact.amountMinor > 0
            else {
                throw UnreadableFact("refund \(id) of \(due.fact.paymentID)")
            }
            return (id: id, payment: payment, fact: due.fact)
        }
        // In the order of their payments, as whoever records verdicts locks them.
        let written = try await transaction.query(
            """
            INSERT INTO refunds
            (id, payment_id, state, amount_minor, reason, created_at, ask_at, event_title, places)
            SELECT item.id, p.id, 'pending', item.amount_minor, item.reason, clock_timestamp(),
             clock_timestamp(), item.event_title,
             ARRAY(SELECT name FROM jsonb_array_elements_text(item.places::jsonb)
                   WITH ORDINALITY AS place(name, number) ORDER BY number)
            FROM unnest(
                \(orders.map(\.id)), \(orders.map(\.payment.uuid)),
                \(orders.map(\.fact.amountMinor)), \(orders.map(\.fact.reason)),
                \(orders.map(\.fact.eventTitle)), \(orders.map { Self.json($0.fact.places) }))
             WITH ORDINALITY
             AS item(id, payment_id, amount_minor, reason, event_title, places, number)
            JOIN payments p ON p.id = item.payment_id AND p.state NOT IN ('open', 'declined')
            ORDER BY p.id, item.number
            ON CONFLICT (id) DO NOTHING RETURNING payment_id
            """)
        let there = try await transaction.query(
            "SELECT id FROM refunds WHERE id = ANY(\(orders.map(\.id)))")
        let known = Set(try there.map { try $0.decode("id", as: String.self) })
        if let lost = orders.first(where: { !known.contains($0.id) }) {
            throw UnreadableFact("refund \(lost.id) of \(lost.payment), which has no money")
        }
        _ = try await refresh(written, in: transaction)
    }

    /// The refunds of a payment, oldest first.
    func refunds(of payment: PaymentID) async throws -> [PaymentV1.Refund] {
        let rows = try await pool.query(
            """
            SELECT r.*, p.booking_id, p.payer_id, p.currency
            FROM refunds r JOIN payments p ON p.id = r.payment_id
            WHERE r.payment_id = \(payment.uuid) ORDER BY r.created_at, r.id LIMIT 1000
            """)
        return try rows.map(PaymentRows.refund)
    }

    /// Refunds that the provider refuses, oldest first, from one on.
    func owed(after id: String, limit: Int) async throws -> [PaymentV1.Refund] {
        let rows = try await pool.query(
            """
            SELECT r.*, p.booking_id, p.payer_id, p.currency
            FROM refunds r JOIN payments p ON p.id = r.payment_id
            WHERE r.state = 'owed' AND (\(id) = '' OR (r.created_at, r.id) >
                (SELECT created_at, id FROM refunds WHERE id = \(id)))
            ORDER BY r.created_at, r.id LIMIT \(Int64(limit))
            """)
        return try rows.map(PaymentRows.refund)
    }

    /// Refunds that the provider must be asked for now; put off like attempts, those that it has
    /// refused for longer.
    func dueToAsk(limit: Int, _ timing: PaymentTiming) async throws -> [Due] {
        let rows = try await pool.query(
            """
            UPDATE refunds r SET asked = r.asked + 1, ask_at = clock_timestamp()
             + make_interval(secs => greatest(\(timing.askAgainMin.inSeconds),
                CASE r.state WHEN 'owed'
                THEN \(timing.owedAfter.inSeconds) * power(2, least(r.refusals, 6))
                ELSE least(power(2, least(r.asked, 20)), \(timing.askMax.inSeconds)) END))
            FROM payments p
            WHERE p.id = r.payment_id AND r.id IN (
                SELECT id FROM refunds
                WHERE state IN ('pending', 'owed') AND ask_at <= clock_timestamp()
                ORDER BY ask_at LIMIT \(Int64(limit)) FOR UPDATE SKIP LOCKED
            ) RETURNING r.*, p.booking_id, p.payer_id, p.currency,
             p.provider_reference AS charge
            """)
        return try rows.map { row in
            let refund = try PaymentRows.refund(row)
            return Due(
                refund: refund,
                order: RefundOrder(
                    key: RefundKey(refund: refund.refundID, refusals: Int(refund.refusals)),
                    chargeID: try row.decode("charge"), amountMinor: refund.amountMinor))
        }
    }

    /// Writes verdicts that came together; harmless where they are written already.
    ///
    /// - Parameter verdicts: at most 1,000.
    /// - Returns: how many were news to be told.
    @discardableResult
    func record(
        _ verdicts: [RefundBatcher.Verdict], _ timing: PaymentTiming
    ) async throws -> Int {
        let count = try await pool.transaction(retries: 5) { transaction in
            var facts = try await succeed(
                verdicts.filter { $0.answer.outcome == .succeeded }, in: transaction)
            for verdict in verdicts where verdict.answer.outcome != .succeeded {
                if let fact = try await record(
                    verdict.key, verdict.answer, timing, in: transaction)
                {
                    facts.append(fact)
                }
            }
            try await feed.append(facts, in: transaction)
            return facts.count
        }
        feed.ring()
        return count
    }

    /// Writes a verdict in somebody's transaction; the caller tells the fact.
    ///
    /// - Returns: what is to be told; nil where nothing is.
    func record(
        _ key: RefundKey, _ answer: ProviderRefund, _ timing: PaymentTiming,
        in transaction: PostgresTransaction
    ) async throws -> PaymentV1.FeedEntry? {
        switch answer.outcome {
        case .pending:
            try await transaction.query(
                """
                UPDATE refunds SET provider_reference = \(answer.id)
                WHERE id = \(key.refund) AND refusals = \(Int32(clamping: key.refusals))
                """)
            return nil
        case .succeeded:
            return try await succeed([.init(key: key, answer: answer)], in: transaction).first
        case .failed(let code):
            return try await refuse(key, code: code, timing, in: transaction)
        }
    }

    /// Money that went back, and what is to be told of it.
    private func succeed(
        _ verdicts: [RefundBatcher.Verdict], in transaction: PostgresTransaction
    ) async throws -> [PaymentV1.FeedEntry] {
        guard !verdicts.isEmpty else {
            return []
        }
        // Their payments first, in one order for all: the sums follow the refunds.
        try await transaction.query(
            """
            SELECT 1 FROM payments WHERE id IN (
                SELECT payment_id FROM refunds WHERE id = ANY(\(verdicts.map(\.key.refund))))
            ORDER BY id FOR UPDATE
            """)
        let rows = try await transaction.query(
            """
            UPDATE refunds r SET state = 'succeeded', provider_reference = item.reference,
             settled_at = clock_timestamp()
            FROM unnest(
                \(verdicts.map(\.key.refund)),
                \(verdicts.map { Int32(clamping: $0.key.refusals) }), \(verdicts.map(\.answer.id)))
             AS item(id, refusals, reference)
            WHERE r.id = item.id AND r.refusals = item.refusals AND r.state <> 'succeeded'
            RETURNING r.id, r.payment_id, r.reason, r.amount_minor, r.event_title, r.places
            """)
        let payments = try await refresh(rows, in: transaction)
        return try rows.compactMap { row in
            guard let payment = payments[try row.decode("payment_id", as: UUID.self)] else {
                return nil
            }
            let fact = try PaymentV1.PaymentRefunded.with {
                $0.payment = payment
                $0.reason = try row.decode("reason")
                $0.refundID = try row.decode("id")
                $0.amountMinor = try row.decode("amount_minor", as: Int64.self)
                $0.eventTitle = try row.decode("event_title")
                $0.places = try row.decode("places", as: [String].self)
            }
            return PaymentRows.entry(payment, .paymentRefunded(fact))
        }
    }

    /// The provider refuses under this key: shown, told the first time, and asked for again under
    /// the next.
    private func refuse(
        _ key: RefundKey, code: String, _ timing: PaymentTiming,
        in transaction: PostgresTransaction
    ) async throws -> PaymentV1.FeedEntry? {
        let rows = try await transaction.query(
            """
            UPDATE refunds SET state = 'owed', failure_code = \(code), refusals = refusals + 1,
             ask_at = clock_timestamp() + make_interval(
                secs => \(timing.owedAfter.inSeconds) * power(2, least(refusals, 6)))
            WHERE id = \(key.refund) AND refusals = \(Int32(clamping: key.refusals))
             AND state <> 'succeeded' RETURNING payment_id
            """)
        guard let payment = try await refresh(rows, in: transaction).values.first,
            let (refund, subject) = try await read(key.refund, in: transaction),
            key.refusals == 0
        else {
            return nil
        }
        return PaymentRows.entry(
            payment,
            .paymentRefundOwed(
                .with {
                    $0.payment = payment
                    $0.refund = refund
                    $0.eventTitle = subject.eventTitle
                    $0.places = subject.places
                }))
    }

    /// A refund, and what it is for.
    private func read(
        _ id: String, in transaction: PostgresTransaction
    ) async throws -> (PaymentV1.Refund, subject: (eventTitle: String, places: [String]))? {
        let rows = try await transaction.query(
            """
            SELECT r.*, p.booking_id, p.payer_id, p.currency
            FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.id = \(id)
            """)
        return try rows.first.map { row in
            (
                try PaymentRows.refund(row),
                (try row.decode("event_title"), try row.decode("places", as: [String].self))
            )
        }
    }

    /// Names as a JSON array: an array of arrays of different lengths is nothing that `unnest` takes.
    private static func json(_ names: [String]) -> String {
        String(decoding: JSONValue.array(names.map(JSONValue.string)).bytes, as: UTF8.self)
    }

    /// Sets the states of payments by what has become of their refunds.
    ///
    /// - Parameter refunds: rows with a `payment_id`.
    /// - Returns: the payments as they are then, by id.
    private func refresh(
        _ refunds: PostgresRows, in transaction: PostgresTransaction
    ) async throws -> [UUID: PaymentV1.Payment] {
        let ids = Array(Set(try refunds.map { try $0.decode("payment_id", as: UUID.self) }))
        guard !ids.isEmpty else {
            return [:]
        }
        // A lock first: two refunds of one payment may end at once, and each must see the other.
        try await transaction.query(
            "SELECT 1 FROM payments WHERE id = ANY(\(ids)) ORDER BY id FOR UPDATE")
        let rows = try await transaction.query(
            """
            UPDATE payments p SET state = CASE
                WHEN EXISTS (SELECT 1 FROM refunds
                    WHERE payment_id = p.id AND state = 'owed') THEN 'refund_owed'
                WHEN EXISTS (SELECT 1 FROM refunds
                    WHERE payment_id = p.id AND state = 'pending') THEN 'refunding'
                WHEN refunded_minor = amount_minor THEN 'refunded'
                ELSE 'captured' END
            WHERE id = ANY(\(ids)) RETURNING *
            """)
        return Dictionary(
            try rows.map { (try $0.decode("id", as: UUID.self), try PaymentRows.payment($0)) },
            uniquingKeysWith: { $1 })
    }
}
