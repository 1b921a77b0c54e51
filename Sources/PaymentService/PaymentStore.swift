import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// The SQL of attempts to pay.
struct PaymentStore: Sendable {
    /// What a verdict of the provider has changed.
    enum Settlement: Sendable {
        /// The attempt has come to its end; the fact must be told.
        case settled(PaymentV1.Payment, PaymentV1.FeedEntry)
        /// It had that end already, or has none yet.
        case unchanged
        /// It has another end, which stays: somebody must look.
        case contradiction
        case unknown
    }

    let pool: PostgresPool
    let feed: FeedStore<PaymentV1.FeedEntry>

    /// Opens an attempt; nil where one is open, or has succeeded, already.
    ///
    /// - Parameter timing: when the provider is asked what became of it, should its answer get
    ///   lost: earlier where the booking expires earlier.
    func open(
        _ id: PaymentID, of booking: BookingV1.Booking, _ bookingID: BookingID, payer: UserID,
        _ timing: PaymentTiming, in transaction: PostgresTransaction
    ) async throws -> PaymentV1.Payment? {
        let rows = try await transaction.query(
            """
            INSERT INTO payments
            (id, booking_id, payer_id, state, amount_minor, currency, created_at, pay_by, ask_at)
            VALUES (\(id.uuid), \(bookingID.uuid), \(payer.uuid), 'open', \(booking.totalMinor),
             \(booking.currency), clock_timestamp(), \(booking.payBy?.date),
             least(clock_timestamp() + make_interval(secs => \(timing.askAfter.inSeconds)),
              greatest(\(booking.payBy?.date)::timestamptz - interval '5 seconds',
               clock_timestamp() + make_interval(secs => \(timing.askAgainMin.inSeconds)))))
            ON CONFLICT DO NOTHING RETURNING *
            """)
        return try rows.first.map(PaymentRows.payment)
    }

    /// The attempt of a booking that is open or has succeeded.
    func standing(
        for booking: BookingID, in transaction: PostgresTransaction? = nil
    ) async throws -> PaymentV1.Payment? {
        let query: PostgresQuery =
            """
            SELECT * FROM payments
            WHERE booking_id = \(booking.uuid) AND state IN ('open', 'captured')
            ORDER BY state DESC, id DESC LIMIT 1
            """
        let rows =
            if let transaction {
                try await transaction.query(query)
            } else {
                try await pool.query(query)
            }
        return try rows.first.map(PaymentRows.payment)
    }

    /// The payment of an id.
    func payment(_ id: PaymentID) async throws -> PaymentV1.Payment? {
        let rows = try await pool.query("SELECT * FROM payments WHERE id = \(id.uuid)")
        return try rows.first.map(PaymentRows.payment)
    }

    /// Every attempt of a payer for a booking, oldest first.
    func payments(for booking: BookingID, payer: UserID) async throws -> [PaymentV1.Payment] {
        let rows = try await pool.query(
            """
            SELECT * FROM payments
            WHERE booking_id = \(booking.uuid) AND payer_id = \(payer.uuid) ORDER BY id LIMIT 1000
            """)
        return try rows.map(PaymentRows.payment)
    }

    /// Writes the provider's verdict on an attempt; harmless when it is written already.
    ///
    /// - Returns: the payment as it is then; nil where there is none.
    func settle(_ id: PaymentID, _ charge: ProviderCharge) async throws -> PaymentV1.Payment? {
        let settlement = try await pool.transaction { transaction in
            let settlement = try await settle(id, charge, in: transaction)
            if case .settled(_, let fact) = settlement {
                try await feed.append([fact], in: transaction)
            }
            return settlement
        }
        if case .settled(let payment, _) = settlement {
            feed.ring()
            PaymentMetrics.count(payment.state)
            return payment
        }
        return try await payment(id)
    }

    /// Ends an open attempt that the provider has refused or never will hear of.
    func fail(_ id: PaymentID, code: String) async throws -> PaymentV1.Payment? {
        try await settle(
            id, ProviderCharge(id: "", outcome: .declined(code: code), amountMinor: 0, currency: "")
        )
    }

    /// Writes a verdict in somebody's transaction; the caller tells the fact.
    func settle(
        _ id: PaymentID, _ charge: ProviderCharge, in transaction: PostgresTransaction
    ) async throws -> Settlement {
        let rows: PostgresRows
        switch charge.outcome {
        case .pending:
            try await transaction.query(
                """
                UPDATE payments SET provider_reference = \(charge.id)
                WHERE id = \(id.uuid) AND state = 'open'
                """)
            return .unchanged
        case .captured:
            // What the provider has taken counts, not what it was asked for: bookings compare.
            rows = try await transaction.query(
                """
                UPDATE payments SET state = 'captured', provider_reference = \(charge.id),
                 amount_minor = \(charge.amountMinor), currency = \(charge.currency),
                 settled_at = clock_timestamp()
                WHERE id = \(id.uuid) AND state = 'open' RETURNING *
                """)
        case .declined(let code):
            rows = try await transaction.query(
                """
                UPDATE payments SET state = 'declined', provider_reference = \(charge.id),
                 decline_code = \(code), settled_at = clock_timestamp()
                WHERE id = \(id.uuid) AND state = 'open' RETURNING *
                """)
        }
        guard let payment = try rows.first.map(PaymentRows.payment) else {
            return try await compare(id, charge, in: transaction)
        }
        let fact: PaymentV1.FeedEntry.Fact =
            charge.outcome == .captured
            ? .paymentCaptured(.with { $0.payment = payment })
            : .paymentDeclined(.with { $0.payment = payment })
        return .settled(payment, PaymentRows.entry(payment, fact))
    }

    private func compare(
        _ id: PaymentID, _ charge: ProviderCharge, in transaction: PostgresTransaction
    ) async throws -> Settlement {
        let rows = try await transaction.query(
            "SELECT state FROM payments WHERE id = \(id.uuid)")
        guard let state = try rows.first?.decode("state", as: String.self) else {
            return .unknown
        }
        let isDeclined = state == PaymentState.declined.rawValue
        return isDeclined == (charge.outcome != .captured) ? .unchanged : .contradiction
    }

    /// Open attempts that the provider must be asked about now. Each is put off first, so that
    /// nobody else asks meanwhile, and a crash on the way does not ask in a tight loop; the waits
    /// grow up to `timing.askMax`. Where the booking is about to expire it is asked before.
    func dueToAsk(limit: Int, _ timing: PaymentTiming) async throws -> [PaymentV1.Payment] {
        let rows = try await pool.query(
            """
            UPDATE payments SET asked = asked + 1, ask_at = least(
                clock_timestamp() + make_interval(secs => greatest(
                    \(timing.askAgainMin.inSeconds),
                    least(power(2, least(asked, 20)), \(timing.askMax.inSeconds)))),
                CASE WHEN pay_by - interval '5 seconds' > clock_timestamp()
                    + make_interval(secs => \(timing.askAgainMin.inSeconds))
                THEN pay_by - interval '5 seconds' END)
            WHERE id IN (
                SELECT id FROM payments WHERE state = 'open' AND ask_at <= clock_timestamp()
                ORDER BY ask_at LIMIT \(Int64(limit)) FOR UPDATE SKIP LOCKED
            ) RETURNING *
            """)
        return try rows.map(PaymentRows.payment)
    }

    /// How much is not settled yet.
    struct Backlog: Sendable {
        /// Attempts without a verdict.
        var attempts: Int64
        /// Refunds under way.
        var refunds: Int64
        /// Refunds that the provider refuses.
        var owed: Int64
    }

    /// Counts what is not settled yet.
    func backlog() async throws -> Backlog {
        let rows = try await pool.query(
            """
            SELECT (SELECT count(*) FROM payments WHERE state = 'open') AS attempts,
             (SELECT count(*) FROM refunds WHERE state = 'pending') AS refunds,
             (SELECT count(*) FROM refunds WHERE state = 'owed') AS owed
            """)
        guard let row = rows.first else {
            return Backlog(attempts: 0, refunds: 0, owed: 0)
        }
        return Backlog(
            attempts: try row.decode("attempts"), refunds: try row.decode("refunds"),
            owed: try row.decode("owed"))
    }
}
