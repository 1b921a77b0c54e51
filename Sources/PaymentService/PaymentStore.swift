import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// States of a payment, as the database writes them.
enum PaymentState: String, Sendable {
    case open, captured, declined, refunding, refunded
    case refundOwed = "refund_owed"

    var contract: PaymentV1.PaymentState {
        switch self {
        case .open: .open
        case .captured: .captured
        case .declined: .declined
        case .refunding: .refunding
        case .refunded: .refunded
        case .refundOwed: .refundOwed
        }
    }
}

/// The SQL of this service.
struct PaymentStore: Sendable {
    let pool: PostgresPool
    let feed: FeedStore<PaymentV1.FeedEntry>

    /// Opens an attempt; nil where one is open, or has succeeded, already.
    ///
    /// - Parameter askAfter: when the provider is asked what became of it, should its answer
    ///   get lost.
    func open(
        _ id: PaymentID, of booking: BookingV1.Booking, _ bookingID: BookingID, payer: UserID,
        askAfter: Duration
    ) async throws -> PaymentV1.Payment? {
        let rows = try await pool.query(
            """
            INSERT INTO payments
            (id, booking_id, payer_id, state, amount_minor, currency, created_at, ask_at)
            VALUES (\(id.uuid), \(bookingID.uuid), \(payer.uuid), 'open', \(booking.totalMinor),
             \(booking.currency), clock_timestamp(),
             clock_timestamp() + make_interval(secs => \(Self.seconds(askAfter))))
            ON CONFLICT DO NOTHING RETURNING *
            """)
        return try rows.first.map(Self.payment)
    }

    /// The attempt of a booking that is open or has succeeded.
    func standing(for booking: BookingID) async throws -> PaymentV1.Payment? {
        let rows = try await pool.query(
            """
            SELECT * FROM payments
            WHERE booking_id = \(booking.uuid) AND state IN ('open', 'captured')
            """)
        return try rows.first.map(Self.payment)
    }

    /// The payment of an id.
    func payment(_ id: PaymentID) async throws -> PaymentV1.Payment? {
        let rows = try await pool.query("SELECT * FROM payments WHERE id = \(id.uuid)")
        return try rows.first.map(Self.payment)
    }

    /// Every attempt of a payer for a booking, oldest first.
    func payments(for booking: BookingID, payer: UserID) async throws -> [PaymentV1.Payment] {
        let rows = try await pool.query(
            """
            SELECT * FROM payments
            WHERE booking_id = \(booking.uuid) AND payer_id = \(payer.uuid) ORDER BY id LIMIT 1000
            """)
        return try rows.map(Self.payment)
    }

    /// Writes the provider's verdict on an open attempt; harmless when it is written already.
    func settle(_ id: PaymentID, _ charge: ProviderCharge) async throws -> PaymentV1.Payment? {
        switch charge.outcome {
        case .captured:
            try await move(
                id, from: .open, to: .captured, reference: charge.id, declineCode: "")
        case .declined(let code):
            try await move(
                id, from: .open, to: .declined, reference: charge.id, declineCode: code)
        }
    }

    /// Ends an open attempt that the provider has refused or never heard of.
    func fail(_ id: PaymentID, code: String) async throws -> PaymentV1.Payment? {
        try await move(id, from: .open, to: .declined, reference: "", declineCode: code)
    }

    private func move(
        _ id: PaymentID, from before: PaymentState, to after: PaymentState, reference: String,
        declineCode: String
    ) async throws -> PaymentV1.Payment? {
        let payment: PaymentV1.Payment? = try await pool.transaction { transaction in
            let rows = try await transaction.query(
                """
                UPDATE payments SET state = \(after.rawValue), provider_reference = \(reference),
                 decline_code = \(declineCode), settled_at = clock_timestamp()
                WHERE id = \(id.uuid) AND state = \(before.rawValue) RETURNING *
                """)
            guard let payment = try rows.first.map(Self.payment) else {
                return nil
            }
            let fact: PaymentV1.FeedEntry.Fact =
                after == .captured
                ? .paymentCaptured(.with { $0.payment = payment })
                : .paymentDeclined(.with { $0.payment = payment })
            try await feed.append([Self.entry(payment, fact)], in: transaction)
            return payment
        }
        feed.ring()
        if let payment {
            return payment
        }
        return try await self.payment(id)
    }

    /// Attempts whose outcome, and refunds whose success, the provider must be asked for now.
    /// Each is put off first, so that a crash on the way does not ask in a tight loop.
    func dueToAsk(limit: Int, askAgainAfter: Duration) async throws -> [PaymentV1.Payment] {
        let rows = try await pool.query(
            """
            UPDATE payments SET ask_at = clock_timestamp()
             + make_interval(secs => \(Self.seconds(askAgainAfter)))
            WHERE id IN (
                SELECT id FROM payments
                WHERE state IN ('open', 'refunding', 'refund_owed')
                 AND ask_at <= clock_timestamp()
                ORDER BY ask_at LIMIT \(Int64(limit)) FOR UPDATE SKIP LOCKED
            ) RETURNING *
            """)
        return try rows.map(Self.payment)
    }

    /// Marks a captured payment to be given back; done by the feed of bookings.
    func startRefund(
        _ id: PaymentID, reason: String, in transaction: PostgresTransaction
    ) async throws {
        try await transaction.query(
            """
            UPDATE payments SET state = 'refunding', refund_reason = \(reason),
             ask_at = clock_timestamp()
            WHERE id = \(id.uuid) AND state = 'captured'
            """)
    }

    /// The money is back with the payer.
    func finishRefund(_ id: PaymentID) async throws {
        try await pool.transaction { transaction in
            let rows = try await transaction.query(
                """
                UPDATE payments SET state = 'refunded', refunded_minor = amount_minor,
                 settled_at = clock_timestamp()
                WHERE id = \(id.uuid) AND state IN ('refunding', 'refund_owed') RETURNING *
                """)
            guard let row = rows.first else {
                return
            }
            let payment = try Self.payment(row)
            let reason = try row.decode("refund_reason", as: String.self)
            try await feed.append(
                [
                    Self.entry(
                        payment,
                        .paymentRefunded(
                            .with {
                                $0.payment = payment
                                $0.reason = reason
                            }))
                ], in: transaction)
        }
        feed.ring()
    }

    /// The provider refuses to give it back: shown, and tried again.
    func markRefundOwed(_ id: PaymentID, askAgainAfter: Duration) async throws {
        try await pool.query(
            """
            UPDATE payments SET state = 'refund_owed', ask_at = clock_timestamp()
             + make_interval(secs => \(Self.seconds(askAgainAfter)))
            WHERE id = \(id.uuid) AND state IN ('refunding', 'refund_owed')
            """)
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.milliseconds) / 1000
    }

    private static func entry(
        _ payment: PaymentV1.Payment, _ fact: PaymentV1.FeedEntry.Fact
    ) -> PaymentV1.FeedEntry {
        .with {
            $0.key = payment.bookingID
            $0.fact = fact
        }
    }

    private static func payment(_ row: PostgresRow) throws -> PaymentV1.Payment {
        var payment = PaymentV1.Payment()
        payment.paymentID = PaymentID(uuid: try row.decode("id")).description
        payment.bookingID = BookingID(uuid: try row.decode("booking_id")).description
        payment.payerID = UserID(uuid: try row.decode("payer_id")).description
        payment.state =
            PaymentState(rawValue: try row.decode("state", as: String.self))?.contract
            ?? .unspecified
        payment.amountMinor = try row.decode("amount_minor")
        payment.currency = try row.decode("currency")
        payment.providerReference = try row.decode("provider_reference")
        payment.declineCode = try row.decode("decline_code")
        payment.createdAt = Timestamp(try row.decode("created_at", as: Date.self))
        payment.settledAt = try row.decode("settled_at", as: Date?.self).map { Timestamp($0) }
        payment.refundedMinor = try row.decode("refunded_minor")
        return payment
    }
}
