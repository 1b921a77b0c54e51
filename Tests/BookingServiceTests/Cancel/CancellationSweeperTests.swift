import Contracts
import Foundation
import Logging
import Postgres
import ServiceKit
import Testing
import Wire

@testable import BookingService

@Suite("The cancellation of an event", .serialized)
struct CancellationSweeperTests {
    private func sweeper(_ database: BookingDatabase) -> CancellationSweeper {
        .init(
            pool: database.pool, store: CancelStore(feed: database.store.feed),
            logger: Logger(label: "test"))
    }

    private func insertBookings(_ count: Int, _ database: BookingDatabase) async throws {
        try await database.pool.query(
            """
            WITH made AS (
                INSERT INTO bookings
                (id, event_id, buyer_id, hold_id, state, total_minor, currency, pay_by,
                 created_at, confirmed_at, payment_id, event_title, venue, starts_at, time_zone)
                SELECT gen_random_uuid(), id, gen_random_uuid(), gen_random_uuid(), 'confirmed',
                 4000, 'EUR', now(), now(), now(), gen_random_uuid(), title, venue, starts_at,
                 time_zone
                FROM events, generate_series(1, \(Int64(count)))
                RETURNING id, event_id
            ), numbered AS (
                SELECT id, event_id, 2 * number - 2 + side AS place
                FROM (SELECT *, row_number() OVER () AS number FROM made) made,
                 generate_series(0, 1) AS side
            ), places AS (
                INSERT INTO booking_places
                SELECT id, place, 'seat-' || place, '', 'Seat ' || place, 'Parkett', '', 2000
                FROM numbered
            )
            INSERT INTO claims (event_id, place, booking_id, claimed_at)
            SELECT event_id, place, id, now() FROM numbered
            """)
    }

    @Test("10,000 paid bookings, killed twice on the way: everybody is refunded exactly once")
    func tenThousand() async throws {
        try await BookingDatabase.with { database in
            try await insertBookings(10_000, database)
            try await database.pool.query("UPDATE events SET cancelled_at = clock_timestamp()")
            let started = ContinuousClock.now
            for killed in 1...2 {
                // Killed in the middle: the task ends at whatever statement it is.
                let run = Task { try await sweeper(database).run() }
                let refunds = "SELECT count(*) FROM refunds" as PostgresQuery
                while try await database.count(refunds) < killed * 3_000 {
                    try await Task.sleep(for: .milliseconds(10))
                }
                run.cancel()
                _ = await run.result
                #expect(try await database.count(refunds) < 10_000)
            }
            while try await sweeper(database).sweep(database.event) {}
            print(
                "print: 10,000 bookings of a cancelled event given back in",
                ContinuousClock.now - started)

            try await expectEverybodyRefundedOnce(database, 10_000)
            #expect(
                try await database.count(
                    "SELECT count(*) FROM events WHERE swept_at IS NOT NULL") == 1)
            let done = try await OrganiserStore(
                pool: database.pool, feed: database.store.feed
            ).cancellation(of: database.event)
            #expect(done?.bookingsDone == 10_000 && done?.bookingsLeft == 0)
            #expect(done?.refunds == 10_000 && done?.refundedMinor == 40_000_000)
        }
    }

    private func expectEverybodyRefundedOnce(
        _ database: BookingDatabase, _ count: Int
    ) async throws {
        #expect(
            try await database.count(
                """
                SELECT count(*) FROM bookings b
                WHERE b.state = 'cancelled' AND b.refunded_minor = 4000 AND 1 = (
                    SELECT count(*) FROM refunds r
                    WHERE r.booking_id = b.id AND r.amount_minor = 4000)
                """) == count)
        #expect(try await database.claimed() == [])
        // The feed tells of each once: a cancellation and a refund.
        var after: UInt64 = 0
        var due: [String: Int] = [:]
        var told: [String: Int] = [:]
        while true {
            let page: BookingV1.ReadFeedResponse = try await database.store.feed.read(
                BookingV1.ReadFeedRequest.with { ($0.after, $0.limit) = (after, 1_000) })
            guard let last = page.entries.last else {
                break
            }
            after = last.position
            for entry in page.entries {
                switch entry.fact {
                case .refundDue(let fact): due[fact.bookingID, default: 0] += 1
                case .bookingCancelled: told[entry.key, default: 0] += 1
                default: Issue.record("\(entry)")
                }
            }
        }
        #expect(due.count == count && due.values.allSatisfy { $0 == 1 })
        #expect(told.count == count && told.values.allSatisfy { $0 == 1 })
    }

    @Test("without the state's guard, two sweepers refund twice")
    func withoutGuard() async throws {
        try await BookingDatabase.with { database in
            try await insertBookings(1, database)
            let store = CancelStore(feed: database.store.feed)
            // Both have read the booking before either has moved it, as if its row were not
            // locked. The guarded transition is what is left to refuse the second.
            let candidate = try #require(
                try await database.pool.transaction {
                    try await store.candidates(of: database.event, limit: 1, in: $0).first
                })
            let refund = Refunds.Refund(
                id: RefundID(), booking: candidate.id,
                payment: try #require(candidate.payment), amountMinor: 4_000, currency: "EUR",
                reason: "event_cancelled")
            var second = refund
            second.id = RefundID()
            try await database.pool.transaction { try await Refunds.insert([refund], in: $0) }
            try await database.pool.transaction { try await Refunds.insert([second], in: $0) }
            // The breach: the money of one booking, twice.
            #expect(
                try await database.count("SELECT sum(amount_minor)::bigint FROM refunds") == 8_000)

            try await database.pool.query("DELETE FROM refunds")
            let step = CancelStore.Step(
                candidate,
                try CancelRules.decide(candidate.standing, [], by: .event, now: candidate.now))
            try await database.pool.transaction {
                try await store.apply([step], by: .event, in: $0)
            }
            await #expect(throws: BookingRowMissing.self) {
                try await database.pool.transaction {
                    try await store.apply([step], by: .event, in: $0)
                }
            }
            #expect(
                try await database.count("SELECT sum(amount_minor)::bigint FROM refunds") == 4_000)
        }
    }

    @Test("a place given back is free for the next, its price is not part of the booking")
    func inPart() async throws {
        try await BookingDatabase.with { database in
            try await insertBookings(1, database)
            let store = CancelStore(feed: database.store.feed)
            for places in [Set<UInt32>([1]), []] {
                try await database.pool.transaction { transaction in
                    let candidate = try #require(
                        try await store.candidates(
                            of: database.event, limit: 1, in: transaction
                        ).first)
                    let step = CancelStore.Step(
                        candidate,
                        try CancelRules.decide(
                            candidate.standing, places, by: .organiser, now: candidate.now))
                    try await store.apply([step], by: .organiser, in: transaction)
                }
                #expect(try await database.claimed() == (places.isEmpty ? [1] : [0]))
                if !places.isEmpty {
                    _ = try await database.writer.write([database.order([1])])
                    #expect(try await database.claimed() == [0, 1])
                    try await expectOnePlaceLeft(database)
                    try await database.pool.query(
                        "UPDATE bookings SET state = 'expired' WHERE payment_id IS NULL")
                }
            }
            let facts = try await database.facts().compactMap { entry in
                if case .bookingCancelled(let fact) = entry.fact { fact } else { nil }
            }
            #expect(facts.map(\.freedPlaces) == [[1], [0]])
            #expect(facts.map(\.refundMinor) == [2_000, 2_000])
            #expect(facts.map { $0.booking?.state } == [.confirmed, .cancelled])
            #expect(facts.last?.booking?.refundedMinor == 4_000)
        }
    }

    private func expectOnePlaceLeft(_ database: BookingDatabase) async throws {
        let rows = try await database.pool.query(
            "SELECT * FROM bookings WHERE payment_id IS NOT NULL")
        let booking = try await BookingPlaces.bookings(rows) {
            try await database.pool.query($0)
        }.first
        #expect(booking?.state == .confirmed)
        #expect(booking?.places.map(\.cancelled) == [false, true])
        #expect(booking?.refundedMinor == 2_000)
    }
}
