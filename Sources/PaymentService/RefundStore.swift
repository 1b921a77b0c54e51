import Contracts
import Foundation
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
    /// - Throws: `UnreadableFact` for a payment that has captured nothing, `PostgresError` for
    ///   more than is left of it.
    func start(
        _ fact: BookingV1.RefundDue, position: UInt64, in transaction: PostgresTransaction
    ) async throws {
        // Facts of before there were ids: their place in the feed names them.
        let id = fact.refundID.isEmpty ? "rfd_feed\(position)" : fact.refundID
        guard let payment = PaymentID(fact.paymentID), id.utf8.count <= 90, fact.amountMinor > 0
        else {
            throw UnreadableFact("refund \(id) of \(fact.paymentID)")
        }
        let known = try await transaction.query("SELECT 1 FROM refunds WHERE id = \(id)")
        guard known.isEmpty else {
            return
        }
        let written = try await transaction.query(
            """
            INSERT INTO refunds (id, payment_id, state, amount_minor, reason, created_at, ask_at)
            SELECT \(id), id, 'pending', \(fact.amountMinor), \(fact.reason), clock_timestamp(),
             clock_timestamp()
            FROM payments WHERE id = \(payment.uuid) AND state NOT IN ('open', 'declined')
            """)
        guard written.affected == 1 else {
            throw UnreadableFact("refund \(id) of \(fact.paymentID), which has no money")
        }
        _ = try await refresh(payment, in: transaction)
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

    /// Writes the provider's verdict on a refund; harmless when it is written already.
    ///
    /// - Returns: true where it has changed something.
    func record(
        _ key: RefundKey, _ answer: ProviderRefund, _ timing: PaymentTiming
    ) async throws -> Bool {
        let fact = try await pool.transaction(retries: 5) { transaction in
            let fact = try await record(key, answer, timing, in: transaction)
            try await feed.append(fact.map { [$0] } ?? [], in: transaction)
            return fact
        }
        feed.ring()
        return fact != nil
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
            return try await succeed(key, answer, in: transaction)
        case .failed(let code):
            return try await refuse(key, code: code, timing, in: transaction)
        }
    }

    private func succeed(
        _ key: RefundKey, _ answer: ProviderRefund, in transaction: PostgresTransaction
    ) async throws -> PaymentV1.FeedEntry? {
        let rows = try await transaction.query(
            """
            UPDATE refunds SET state = 'succeeded', provider_reference = \(answer.id),
             settled_at = clock_timestamp()
            WHERE id = \(key.refund) AND refusals = \(Int32(clamping: key.refusals))
             AND state <> 'succeeded' RETURNING payment_id
            """)
        guard let payment = try await refresh(rows, in: transaction),
            let refund = try await read(key.refund, in: transaction)
        else {
            return nil
        }
        return PaymentRows.entry(
            payment,
            .paymentRefunded(
                .with {
                    $0.payment = payment
                    $0.reason = refund.reason
                    $0.refundID = refund.refundID
                    $0.amountMinor = refund.amountMinor
                }))
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
        guard let payment = try await refresh(rows, in: transaction),
            let refund = try await read(key.refund, in: transaction), key.refusals == 0
        else {
            return nil
        }
        return PaymentRows.entry(
            payment,
            .paymentRefundOwed(
                .with {
                    $0.payment = payment
                    $0.refund = refund
                }))
    }

    private func read(
        _ id: String, in transaction: PostgresTransaction
    ) async throws -> PaymentV1.Refund? {
        let rows = try await transaction.query(
            """
            SELECT r.*, p.booking_id, p.payer_id, p.currency
            FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.id = \(id)
            """)
        return try rows.first.map(PaymentRows.refund)
    }

    private func refresh(
        _ refunds: PostgresRows, in transaction: PostgresTransaction
    ) async throws -> PaymentV1.Payment? {
        guard let id = try refunds.first?.decode("payment_id", as: UUID.self) else {
            return nil
        }
        return try await refresh(PaymentID(uuid: id), in: transaction)
    }

    /// Sets a payment's state by what has become of its refunds.
    private func refresh(
        _ payment: PaymentID, in transaction: PostgresTransaction
    ) async throws -> PaymentV1.Payment? {
        // A lock first: two refunds of one payment may end at once, and each must see the other.
        try await transaction.query(
            "SELECT 1 FROM payments WHERE id = \(payment.uuid) FOR UPDATE")
        let rows = try await transaction.query(
            """
            UPDATE payments p SET state = CASE
                WHEN EXISTS (SELECT 1 FROM refunds
                    WHERE payment_id = p.id AND state = 'owed') THEN 'refund_owed'
                WHEN EXISTS (SELECT 1 FROM refunds
                    WHERE payment_id = p.id AND state = 'pending') THEN 'refunding'
                WHEN refunded_minor = amount_minor THEN 'refunded'
                ELSE 'captured' END
            WHERE id = \(payment.uuid) RETURNING *
            """)
        return try rows.first.map(PaymentRows.payment)
    }
}
