import Contracts
import Metrics
import Postgres
import ServiceKit

/// What the feeds of other services do here.
struct FeedEffects: Sendable {
    let store: NotificationStore

    private let issued = Counter(label: "tickets_issued_total")

    init(store: NotificationStore) {
        self.store = store
    }

    /// Makes one fact of the auth feed take effect.
    func apply(_ entry: AuthV1.FeedEntry, in transaction: PostgresTransaction) async throws {
        if case .userChanged(let fact) = entry.fact, let user = fact.user {
            try await store.upsert(user, in: transaction)
        }
    }

    /// Makes one fact of the booking feed take effect.
    func apply(_ entry: BookingV1.FeedEntry, in transaction: PostgresTransaction) async throws {
        switch entry.fact {
        case .bookingConfirmed(let fact):
            guard let booking = fact.booking, let buyer = UserID(booking.buyerID),
                let id = BookingID(booking.bookingID)
            else {
                throw UnreadableFact("booking \(entry.key)")
            }
            try await store.issueTickets(of: booking, in: transaction)
            try await FailPoint.notificationAfterTickets.reach(booking.bookingID)
            issued.increment(by: booking.places.count)
            try await store.queueMail(
                "confirmed.\(id)@usher", to: buyer, MailTexts.confirmed(booking), tickets: id,
                in: transaction)
        case .refundDue(let fact):
            guard let payer = UserID(fact.payerID) else {
                throw UnreadableFact("refund of \(fact.paymentID)")
            }
            try await store.queueMail(
                "refund.\(fact.paymentID)@usher", to: payer, MailTexts.refundDue(fact),
                tickets: nil, in: transaction)
        case .bookingCreated, .bookingExpired, .bookingCancelled, .placesBlocked,
            .placesUnblocked, .placesOffered, .offerEnded, nil:
            break
        }
    }
}
