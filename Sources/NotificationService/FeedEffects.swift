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
        case .bookingCancelled(let fact):
            try await cancelled(fact, entry, in: transaction)
        case .refundDue(let fact):
            // Whoever gives back is told so, and what comes of it, by that fact's mail.
            guard !MailTexts.cancellations.contains(fact.reason) else {
                break
            }
            guard let payer = UserID(fact.payerID) else {
                throw UnreadableFact("refund of \(fact.paymentID)")
            }
            let id = fact.refundID.isEmpty ? fact.paymentID : fact.refundID
            try await store.queueMail(
                "refund.\(id)@usher", to: payer, MailTexts.refundDue(fact), tickets: nil,
                in: transaction)
        case .bookingCreated, .bookingExpired, .placesBlocked, .placesUnblocked, .placesOffered,
            .offerEnded, nil:
            break
        }
    }

    /// Tickets of places that were given back open no door, and the buyer is told. Of a booking
    /// that its buyer gave up before paying, nobody needs to be told.
    private func cancelled(
        _ fact: BookingV1.BookingCancelled, _ entry: BookingV1.FeedEntry,
        in transaction: PostgresTransaction
    ) async throws {
        guard let booking = fact.booking, let buyer = UserID(booking.buyerID),
            let id = BookingID(booking.bookingID)
        else {
            throw UnreadableFact("booking \(entry.key)")
        }
        try await store.voidTickets(of: id, fact.places.map(\.place), in: transaction)
        guard booking.confirmedAt != nil || fact.reason != "cancelled_by_buyer" else {
            return
        }
        try await store.queueMail(
            "cancelled.\(id).\(entry.position)@usher", to: buyer, MailTexts.cancelled(fact),
            tickets: nil, in: transaction)
    }

    /// Makes one fact of the payment feed take effect: money that went back, or will not yet.
    func apply(_ entry: PaymentV1.FeedEntry, in transaction: PostgresTransaction) async throws {
        switch entry.fact {
        case .paymentRefunded(let fact):
            guard let payment = fact.payment, let payer = UserID(payment.payerID) else {
                throw UnreadableFact("refund of \(entry.key)")
            }
            let id = fact.refundID.isEmpty ? payment.paymentID : fact.refundID
            try await store.queueMail(
                "refunded.\(id)@usher", to: payer, MailTexts.refunded(fact, payment),
                tickets: nil, in: transaction)
        case .paymentRefundOwed(let fact):
            guard let refund = fact.refund, let payer = UserID(refund.payerID) else {
                throw UnreadableFact("refund of \(entry.key)")
            }
            // Once, however often the provider refuses.
            try await store.queueMail(
                "owed.\(refund.refundID)@usher", to: payer, MailTexts.refundOwed(fact),
                tickets: nil, in: transaction)
        case .paymentCaptured, .paymentDeclined, nil:
            break
        }
    }

    /// Makes one fact of the event feed take effect.
    func apply(_ entry: EventV1.FeedEntry, in transaction: PostgresTransaction) async throws {
        switch entry.fact {
        case .eventChanged(let fact):
            guard let event = fact.event else {
                return
            }
            guard let id = EventID(event.eventID), let organiser = UserID(event.organiserID)
            else {
                throw UnreadableFact("event \(event.eventID)")
            }
            try await store.upsert(organiser: organiser, of: id, in: transaction)
        case .waitingOffered(let fact):
            guard let buyer = UserID(fact.buyerID) else {
                throw UnreadableFact("offer \(fact.holdID)")
            }
            try await store.queueMail(
                "offer.\(fact.holdID)@usher", to: buyer, MailTexts.offered(fact), tickets: nil,
                in: transaction)
        case .waitingEnded(let fact):
            guard let buyer = UserID(fact.buyerID) else {
                throw UnreadableFact("entry \(fact.entryID) of a waiting list")
            }
            try await store.queueMail(
                "waiting.\(fact.entryID)@usher", to: buyer, MailTexts.waitingEnded(fact),
                tickets: nil, in: transaction)
        case nil:
            break
        }
    }
}
