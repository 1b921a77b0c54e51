import Contracts
import Postgres
import ServiceKit
import Testing
import Wire

@testable import BookingService

/// What becomes of the money of a booking that is given back.
@Suite("Refunds in the timeline")
struct RefundTimelineTests {
    /// Makes facts of the payment feed take effect, as its sink does.
    private func apply(
        _ fact: PaymentV1.FeedEntry.Fact, _ database: BookingDatabase
    ) async throws {
        let effects = PaymentEffects(store: database.store)
        try await database.pool.transaction { transaction in
            let facts = try await effects.apply(.with { $0.fact = fact }, in: transaction)
            try await database.store.feed.append(facts, in: transaction)
        }
    }

    /// A booking of two places that was paid and given back; the refund's id.
    private func givenBack(
        _ database: BookingDatabase
    ) async throws -> (BookingID, PaymentID, String) {
        let booked = try await database.writer.write([database.order([1, 2])])
        let id = try #require(BookingID(booked[0].booking?.bookingID ?? ""))
        let payment = PaymentID()
        try await apply(
            .paymentCaptured(
                .with {
                    $0.payment = .with {
                        $0.paymentID = payment.description
                        $0.bookingID = id.description
                        $0.amountMinor = 4_000
                        $0.currency = "EUR"
                    }
                }), database)
        let cancels = CancelStore(feed: database.store.feed)
        try await database.pool.transaction { transaction in
            let candidate = try #require(try await cancels.candidate(id, in: transaction))
            let cancellation = try CancelRules.decide(
                candidate.standing, [], by: .organiser, now: candidate.now)
            try await cancels.apply(
                [CancelStore.Step(candidate, cancellation, by: database.organiser)],
                by: .organiser, in: transaction)
        }
        let due = try await TimelineStore(pool: database.pool).entries(of: [id]).last
        return (id, payment, try #require(due?.refundID))
    }

    private func refunded(_ id: String) -> PaymentV1.FeedEntry.Fact {
        .paymentRefunded(
            .with {
                $0.refundID = id
                $0.amountMinor = 4_000
            })
    }

    private func owed(_ id: String, _ code: String) -> PaymentV1.FeedEntry.Fact {
        .paymentRefundOwed(
            .with {
                $0.refund = .with {
                    $0.refundID = id
                    $0.failureCode = code
                }
            })
    }

    @Test("a refund is due, refused by the provider, and settled: once each")
    func settles() async throws {
        try await BookingDatabase.with { database in
            let (id, payment, refund) = try await givenBack(database)
            let timeline = TimelineStore(pool: database.pool)
            let before = try await timeline.entries(of: [id])
            #expect(before.map(\.what) == ["created", "confirmed", "cancelled", "refund_due"])

            try await apply(owed(refund, "account_closed"), database)
            try await apply(refunded(refund), database)
            let after = try await timeline.entries(of: [id])
            #expect(after.dropLast(2).map(\.what) == before.map(\.what))
            let told = Array(after.suffix(2))
            #expect(told.map(\.what) == ["refund_owed", "refunded"])
            #expect(told.map(\.reason) == ["account_closed", "cancelled_by_organiser"])
            #expect(told.allSatisfy { $0.refundID == refund && $0.amountMinor == 4_000 })
            #expect(
                told.allSatisfy {
                    $0.paymentID == payment.description && $0.bookingID == id.description
                })

            // The place's timeline says so too; told twice, the first time counts.
            try await apply(owed(refund, "other"), database)
            try await apply(refunded(refund), database)
            let place = try await timeline.entries(of: 2, of: database.event)
            #expect(Array(place.suffix(2)) == told)
        }
    }

    @Test("refunds that bookings have not asked for are none of theirs")
    func others() async throws {
        try await BookingDatabase.with { database in
            let (id, _, _) = try await givenBack(database)
            let timeline = TimelineStore(pool: database.pool)
            let before = try await timeline.entries(of: [id])
            try await apply(refunded("rfd_feed12"), database)
            try await apply(refunded(RefundID().description), database)
            try await apply(owed("", ""), database)
            #expect(try await timeline.entries(of: [id]) == before)
        }
    }
}
