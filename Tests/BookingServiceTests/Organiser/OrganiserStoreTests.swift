import Contracts
import Postgres
import RPC
import ServiceKit
import Testing

@testable import BookingService

@Suite("What organisers do with places")
struct OrganiserStoreTests {
    private func with(
        _ name: String = #function, _ body: (BookingDatabase, OrganiserStore) async throws -> Void
    ) async throws {
        try await BookingDatabase.with(name) { database in
            try await database.pool.query("UPDATE events SET place_count = 10")
            try await body(
                database, OrganiserStore(pool: database.pool, feed: database.store.feed))
        }
    }

    private func block(
        _ places: Set<UInt32>, _ database: BookingDatabase, _ store: OrganiserStore
    ) async throws -> [UInt32] {
        try await database.pool.transaction {
            try await store.block(places, of: database.event, by: database.organiser, in: $0)
        }
    }

    @Test("a blocked place cannot be booked, and a freed one can")
    func blockAndUnblock() async throws {
        try await with { database, store in
            #expect(try await block([3, 4], database, store) == [3, 4])
            #expect(try await block([4, 5], database, store) == [5])
            let refused = try await database.writer.write([database.order([2, 3])])[0]
            guard case .taken([3]) = refused else {
                Issue.record("\(refused)")
                return
            }
            let snapshot = try await database.store.snapshot(of: database.event)
            #expect(snapshot.blockedPlaces == [3, 4, 5])

            let freed = try await database.pool.transaction {
                try await store.unblock(
                    [3, 9], of: database.event, by: database.organiser, in: $0)
            }
            #expect(freed == [3])
            _ = try await database.writer.write([database.order([2, 3])])
            #expect(try await database.claimed() == [2, 3, 4, 5])
            let after = try await database.store.snapshot(of: database.event)
            #expect(after.blockedPlaces == [4, 5] && after.pendingPlaces == [2, 3])
            #expect(after.position == 4)
        }
    }

    @Test("booked places are not blocked, and nothing is where one of them is booked")
    func booked() async throws {
        try await with { database, store in
            _ = try await database.writer.write([database.order([1])])
            let error = await #expect(throws: RPCError.self) {
                try await block([0, 1, 2], database, store)
            }
            #expect(error?.detail?.reasons.map(\.subject) == ["1"])
            let outside = await #expect(throws: RPCError.self) {
                try await block([9, 10], database, store)
            }
            #expect(outside?.code == .invalidArgument)
            #expect(try await database.claimed() == [1])
            #expect(try await database.facts().count == 1)
        }
    }

    @Test("complimentary and box-office bookings are confirmed at once; sales tell them apart")
    func sales() async throws {
        try await with { database, store in
            try await database.pool.query("UPDATE events SET places_per_buyer_max = 1")
            var gift = database.order([0, 1], price: 0)
            (gift.kind, gift.madeBy) = (.complimentary, database.organiser)
            var cash = database.order([2])
            (cash.kind, cash.madeBy) = (.boxOffice, database.organiser)
            let outcomes = try await database.writer.write([gift, cash, database.order([3])])
            #expect(outcomes.map { $0.booking?.state } == [.confirmed, .confirmed, .pending])
            #expect(outcomes[0].booking?.madeBy == database.organiser.description)
            _ = try await block([7], database, store)

            let sales = try await store.sales(of: database.event)
            #expect(sales.lines.map(\.kind) == [.boxOffice, .complimentary])
            #expect(sales.lines.map(\.places) == [1, 2])
            #expect(sales.lines.map(\.priceMinor) == [2_000, 0])
            #expect(sales.pendingPlaces == 1 && sales.blockedPlaces == 1)

            let confirmed = try await store.bookings(
                of: database.event, state: .confirmed, before: nil, limit: 10)
            #expect(confirmed.count == 2)
            let all = try await store.bookings(
                of: database.event, state: .unspecified, before: nil, limit: 2)
            let rest = try await store.bookings(
                of: database.event, state: .unspecified, before: BookingID(all[1].bookingID),
                limit: 2)
            #expect(Set((all + rest).map(\.bookingID)).count == 3)
        }
    }

    @Test("why did I lose seat 2? The place's timeline tells, and the booking's")
    func timeline() async throws {
        try await with { database, store in
            let timeline = TimelineStore(pool: database.pool)
            let winner = UserID()
            let loser = UserID()
            _ = try await block([2], database, store)
            try await database.pool.transaction {
                _ = try await store.unblock(
                    [2], of: database.event, by: database.organiser, in: $0)
            }
            let booked = try await database.writer.write([database.order([1, 2], by: winner)])
            _ = try await database.writer.write([database.order([2, 3], by: loser)])
            let id = try #require(BookingID(booked[0].booking?.bookingID ?? ""))
            let cancels = CancelStore(feed: database.store.feed)
            try await database.pool.transaction { transaction in
                let candidate = try #require(try await cancels.candidate(id, in: transaction))
                let cancellation = try CancelRules.decide(
                    candidate.standing, [], by: .buyer, now: candidate.now)
                try await cancels.apply(
                    [CancelStore.Step(candidate, cancellation, by: winner)], by: .buyer,
                    in: transaction)
            }

            let place = try await timeline.entries(of: 2, of: database.event)
            #expect(
                place.map(\.what) == [
                    "blocked", "unblocked", "created", "refused", "cancelled",
                ])
            let organiser = database.organiser.description
            #expect(
                place.map(\.actorID) == [
                    organiser, organiser, winner.description, loser.description,
                    winner.description,
                ])
            #expect(place.map(\.reason).suffix(2) == ["seats_unavailable", "cancelled_by_buyer"])
            #expect(try await timeline.entries(of: 3, of: database.event).isEmpty)
            let booking = try await timeline.entries(of: [id])
            #expect(booking.map(\.what) == ["created", "cancelled"])
            #expect(booking.map(\.places) == [[1, 2], [1, 2]])
        }
    }
}
