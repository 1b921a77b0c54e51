import Contracts
import Foundation
import Logging
import Postgres
import Redis
import ServiceKit
import TestSupport
import Testing

@testable import EventService

/// What scripts write down of seats, and its way into the database.
@Suite("Trail of a seat")
struct TrailTests {
    private let ann = UserID()
    private let bob = UserID()

    private func request(
        _ fixture: SeatStateFixture, _ places: [Int], _ buyer: UserID,
        ttl: Duration = .seconds(600), placesMax: Int = 100
    ) -> HoldRequest {
        fixture.request(
            places, buyer: buyer.description, hold: HoldID().description, ttl: ttl,
            placesMax: placesMax)
    }

    private func hold(
        _ fixture: SeatStateFixture, _ places: [Int], _ buyer: UserID,
        ttl: Duration = .seconds(600)
    ) async throws -> SeatHold {
        let outcome = try await fixture.seats.hold(
            event: fixture.event, request(fixture, places, buyer, ttl: ttl))
        guard case .held(let hold, _) = outcome else {
            throw SeatStateFixture.Unexpected(outcome: "\(outcome)")
        }
        return hold
    }

    private func mover(_ fixture: SeatStateFixture, _ database: EventDatabase) -> TrailMover {
        TrailMover(
            events: database.events, seats: fixture.seats,
            store: TrailStore(pool: database.pool), days: 30, logger: Logger(label: "test"))
    }

    private func records(_ fixture: SeatStateFixture) async throws -> [TrailRecord] {
        try await fixture.seats.trail(event: fixture.event).map {
            try #require(TrailRecord(id: $0.id, text: $0.text))
        }
    }

    @Test("every script writes down what it did, to whom, until when")
    func scripts() async throws {
        let fixture = try SeatStateFixture()
        try await fixture.install("ffffsb")
        let first = try await hold(fixture, [0, 1], ann)
        _ = try await fixture.seats.hold(event: fixture.event, request(fixture, [1, 2, 4], bob))
        _ = try await fixture.seats.hold(
            event: fixture.event, request(fixture, [2, 3], ann, placesMax: 3))
        let extended = try await fixture.seats.extend(
            event: fixture.event, holdID: first.holdID, buyerID: ann.description,
            deadlineMs: first.deadlineMs, step: .seconds(60), most: .seconds(60))
        guard case .extended(let longer, _) = extended else {
            throw SeatStateFixture.Unexpected(outcome: "\(extended)")
        }
        var change = fixture.request(
            [1, 2], buyer: ann.description, hold: first.holdID)
        change.isChange = true
        _ = try await fixture.seats.hold(event: fixture.event, change)
        _ = try await fixture.seats.release(
            event: fixture.event, holdID: first.holdID, buyerID: ann.description)
        let short = try await hold(fixture, [0], bob, ttl: .milliseconds(1))
        try await fixture.waitUntil(pastMs: short.deadlineMs)
        _ = try await fixture.seats.sweep(event: fixture.event, limit: 10)
        _ = try await fixture.redeem(try await hold(fixture, [3], bob))

        let records = try await records(fixture)
        #expect(
            records.map(\.what) == [
                "state_rebuilt", "held", "refused", "refused", "extended", "released", "changed",
                "released", "held", "expired", "held", "redeemed",
            ])
        #expect(records[0].places.map(\.index) == [-1])
        #expect(records[1].hold?.description == first.holdID && records[1].buyer == ann)
        #expect(records[1].deadline == Date(timeIntervalSince1970: Double(first.deadlineMs) / 1e3))
        let refusal = records[2]
        #expect(refusal.buyer == bob && refusal.places.map(\.index) == [1, 4])
        #expect(refusal.places.map { refusal.reason(of: $0) } == ["held", "booked"])
        #expect(records[3].reason == "too_many_places")
        #expect(records[4].deadlineBefore == records[1].deadline)
        #expect(
            records[4].deadline == Date(timeIntervalSince1970: Double(longer.deadlineMs) / 1e3))
        #expect(records[5].reason == "changed" && records[5].places.map(\.index) == [0])
        #expect(records[6].places.map(\.index) == [1, 2])
        #expect(records[9].hold?.description == short.holdID)
    }

    @Test("moved once, however often a move is cut short; nothing stays behind")
    func moving() async throws {
        let fixture = try SeatStateFixture()
        try await fixture.install("fff")
        let event = try #require(EventID(fixture.event))
        try await EventDatabase.with { database in
            let mover = mover(fixture, database)
            let held = try await hold(fixture, [0, 1], ann)
            for _ in 0..<3 {
                _ = try await fixture.seats.hold(event: fixture.event, request(fixture, [1], bob))
            }
            // A mover that dies between the database and Redis.
            try await mover.store.insert(try await records(fixture), of: event)
            try await mover.move(event)
            try await mover.move(event)
            #expect(try await fixture.seats.trail(event: fixture.event).isEmpty)
            let entries = try await mover.store.entries(of: 1, of: event)
            // Asked three times in a batch, refused once.
            #expect(entries.map(\.what) == ["state_rebuilt", "held", "refused"])
            #expect(entries[1].holdID == held.holdID)
            #expect(entries[1].actorID == ann.description)
            #expect(entries[2].reason == "held" && entries[2].holderID == bob.description)
            let other = try await mover.store.entries(of: 2, of: event)
            #expect(other.map(\.what) == ["state_rebuilt"])
            #expect(try await mover.store.prune(olderThanDays: 1, limit: 100) == 0)
            try await database.pool.query("UPDATE seat_trail SET ms = ms - 86400001")
            #expect(try await mover.store.prune(olderThanDays: 1, limit: 100) == 4)
        }
    }

    @Test("a Redis that forgot loses what was not moved, and the trail says so")
    func wiped() async throws {
        let fixture = try SeatStateFixture(server: try RedisServer())
        try await fixture.install("ff")
        let event = try #require(EventID(fixture.event))
        try await EventDatabase.with { database in
            let mover = mover(fixture, database)
            _ = try await hold(fixture, [0], ann)
            try await mover.move(event)
            _ = try await hold(fixture, [1], ann)
            _ = try await fixture.redis.send(["FLUSHALL"])
            try await fixture.install("ff", number: 2)
            _ = try await hold(fixture, [1], bob)
            try await mover.move(event)
            let whats = { (place: Int) in
                try await mover.store.entries(of: place, of: event).map(\.what)
            }
            #expect(try await whats(0) == ["state_rebuilt", "held", "state_rebuilt"])
            #expect(try await whats(1) == ["state_rebuilt", "state_rebuilt", "held"])
        }
    }

    @Test("what this program did not write is not taken for something")
    func strange() {
        for text in ["", "held", "held a b c d e 1x2", "held - - - - - 1,2 3"] {
            #expect(TrailRecord(id: "1-0", text: text) == nil, "\(text)")
        }
        #expect(TrailRecord(id: "1", text: "held - - - - - 1") == nil)
        #expect(TrailRecord(id: "1-0", text: "held - - - - - 1")?.hold == nil)
    }
}
