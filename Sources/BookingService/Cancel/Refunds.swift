import Foundation
import Postgres
import ServiceKit

/// Refunds that the feed tells of.
enum Refunds {
    /// One refund.
    struct Refund: Sendable {
        var id: RefundID
        var booking: BookingID
        var payment: PaymentID
        var amountMinor: Int64
        var currency: String
        var reason: String
    }

    static func insert(
        _ refunds: [Refund], in transaction: PostgresTransaction
    ) async throws {
        guard !refunds.isEmpty else {
            return
        }
        try await transaction.query(
            """
            INSERT INTO refunds (id, booking_id, payment_id, amount_minor, currency, reason)
            SELECT * FROM unnest(
                \(refunds.map(\.id.uuid)), \(refunds.map(\.booking.uuid)),
                \(refunds.map(\.payment.uuid)), \(refunds.map(\.amountMinor)),
                \(refunds.map(\.currency)), \(refunds.map(\.reason)))
            """)
    }

    /// The money has gone back. Other ids than those that bookings give are none of ours: refunds of
    /// before there were ids.
    static func settled(_ id: String, in transaction: PostgresTransaction) async throws {
        guard let id = RefundID(id) else {
            return
        }
        try await transaction.query(
            """
            UPDATE refunds SET settled_at = clock_timestamp()
            WHERE id = \(id.uuid) AND settled_at IS NULL
            """)
    }

    /// The provider refuses; `code` is its own, stable.
    static func owed(
        _ id: String, code: String, in transaction: PostgresTransaction
    ) async throws {
        guard let id = RefundID(id) else {
            return
        }
        try await transaction.query(
            """
            UPDATE refunds SET owed_at = clock_timestamp(), owed_code = \(code)
            WHERE id = \(id.uuid) AND owed_at IS NULL
            """)
    }
}
