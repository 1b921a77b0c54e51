import Contracts
import Foundation
import Postgres
import Redis
import ServiceKit
import TestSupport
import Testing
import Wire

@testable import EventService

/// Who is offered what, on a real Redis and a real database.
@Suite("Waiting list")
struct WaitingListTests {
    private let one = WaitingWish(quantity: 1)
    private let pair = WaitingWish(quantity: 2, together: true)

    @Test("the breach: nothing is kept for the list, and whoever is quicker has the place")
    func breach() async throws {
        try await WaitingFixture.with("ss", sabotage: .listIsIgnored) { fixture in
            _ = try await fixture.join(one)
            _ = try await fixture.seats.seats.applyFeed(
                event: fixture.event.description, position: 1,
                changes: [FeedChange(place: 0, letter: .free, holdID: nil)])
            guard case .held = try await fixture.outsider([0]) else {
                Issue.record("the guard is off, and the place was kept all the same")
                return
            }
        }
    }

    @Test("what comes back goes to the first, then to the next, and to nobody else")
    func order() async throws {
        try await WaitingFixture.with("hss", offerSeconds: 600) { fixture in
            let first = try await fixture.join(one)
            let second = try await fixture.join(one)
            try await fixture.round()
            #expect(try await fixture.state(first) == .waiting)
            _ = try await fixture.seats.seats.applyFeed(
                event: fixture.event.description, position: 1,
                changes: [FeedChange(place: 2, letter: .free, holdID: nil)])
            #expect(
                try await fixture.outsider([2])
                    == .unavailable(seats: [2: .free], areas: []))
            try await fixture.round()
            #expect(try await fixture.state(first) == .offered)
            #expect(try await fixture.entry(first)?.places == [2])
            #expect(try await fixture.state(second) == .waiting)
            #expect(try await fixture.seats.letters() == "hsh")
            // Declined: the place is the next one's, at once.
            try await fixture.release(first)
            #expect(
                try await fixture.outsider([2])
                    == .unavailable(seats: [2: .free], areas: []))
            try await fixture.round()
            #expect(try await fixture.state(first) == .declined)
            #expect(try await fixture.state(second) == .offered)
            // Nobody waits any more: what comes back is anybody's.
            try await fixture.release(second)
            try await fixture.round()
            guard case .held = try await fixture.outsider([2]) else {
                Issue.record("kept for nobody")
                return
            }
            let facts = try await fixture.database.facts().compactMap { entry -> String? in
                if case .waitingOffered(let fact) = entry.fact { fact.buyerID } else { nil }
            }
            #expect(facts == [first.description, second.description])
        }
    }

    @Test("an offer that nobody takes expires, its buyer is told, and it cannot be extended")
    func expiry() async throws {
        try await WaitingFixture.with("ff", offerSeconds: 2) { fixture in
            let first = try await fixture.join(pair)
            try await fixture.round()
            let entry = try #require(try await fixture.entry(first))
            let hold = try #require(entry.hold)
            let until = try #require(entry.until)
            let deadline = Int64((until.timeIntervalSince1970 * 1_000).rounded())
            let longer = try await fixture.seats.seats.extend(
                event: fixture.event.description, holdID: hold.description,
                buyerID: first.description, deadlineMs: deadline, step: .seconds(60),
                most: .seconds(3_600))
            #expect(longer == .limitReached)
            let second = try await fixture.join(one)
            try await fixture.seats.waitUntil(pastMs: deadline)
            _ = try await fixture.seats.seats.sweep(event: fixture.event.description, limit: 10)
            try await fixture.round()
            #expect(try await fixture.state(first) == .expired)
            #expect(try await fixture.state(second) == .offered)
            let told = try await fixture.database.facts().compactMap { entry -> String? in
                if case .waitingEnded(let fact) = entry.fact { fact.reason } else { nil }
            }
            #expect(told == ["offer_expired"])
        }
    }

    @Test("whose wish cannot be met keeps nobody waiting, and what nobody can use is let go")
    func passing() async throws {
        try await WaitingFixture.with("sssss") { fixture in
            let family = try await fixture.join(WaitingWish(quantity: 4, together: true))
            let single = try await fixture.join(one)
            let free = { (places: [Int], position: UInt64) in
                _ = try await fixture.seats.seats.applyFeed(
                    event: fixture.event.description, position: position,
                    changes: places.map { FeedChange(place: $0, letter: .free, holdID: nil) })
            }
            try await free([0], 1)
            try await fixture.round()
            #expect(try await fixture.state(family) == .waiting)
            #expect(try await fixture.state(single) == .offered)
            // One seat is of no use to the family: anybody may have it.
            try await free([2], 2)
            try await fixture.round()
            guard case .held = try await fixture.outsider([2]) else {
                Issue.record("kept for nobody")
                return
            }
            #expect(try await fixture.state(family) == .waiting)
        }
    }

    @Test("no offers while the sale is paused, and what came back then is still kept")
    func paused() async throws {
        try await WaitingFixture.with("s") { fixture in
            let first = try await fixture.join(one)
            try await fixture.move(to: .paused)
            _ = try await fixture.seats.seats.applyFeed(
                event: fixture.event.description, position: 1,
                changes: [FeedChange(place: 0, letter: .free, holdID: nil)])
            try await fixture.round()
            #expect(try await fixture.state(first) == .waiting)
            try await fixture.move(to: .onSale)
            #expect(
                try await fixture.outsider([0])
                    == .unavailable(seats: [0: .free], areas: []))
            try await fixture.round()
            #expect(try await fixture.state(first) == .offered)
        }
    }

    @Test("with the event the list ends, and everybody is told")
    func cancelled() async throws {
        try await WaitingFixture.with("sf") { fixture in
            let first = try await fixture.join(one)
            try await fixture.round()
            #expect(try await fixture.state(first) == .offered)
            let second = try await fixture.join(one)
            try await fixture.move(to: .cancelled)
            try await fixture.round()
            for buyer in [first, second] {
                #expect(try await fixture.state(buyer) == .ended)
            }
            let told = try await fixture.database.facts().compactMap { entry -> String? in
                if case .waitingEnded(let fact) = entry.fact { fact.buyerID } else { nil }
            }
            #expect(Set(told) == [first.description, second.description])
            #expect(told.count == 2)
        }
    }

    @Test("a booking of what was offered ends the wait; joining twice is joining once")
    func accepted() async throws {
        try await WaitingFixture.with("f") { fixture in
            let first = try await fixture.join(one)
            #expect(try await fixture.join(one, first) == first)
            #expect(
                try await fixture.database.count("SELECT count(*) FROM waiting_entries") == 1)
            try await fixture.round()
            let hold = try #require(try await fixture.entry(first)?.hold)
            let fact = BookingV1.FeedEntry.with {
                $0.position = 1
                $0.fact = .bookingCreated(
                    .with { $0.booking = .with { $0.holdID = hold.description } })
            }
            for _ in 0..<2 {
                try await fixture.store.accept([fact])
            }
            try await fixture.round()
            #expect(try await fixture.state(first) == .accepted)
        }
    }

    @Test(
        "it dies after any step, and the next round makes it good: one offer, told of once",
        arguments: WaitingList.Step.allCases)
    func dying(step: WaitingList.Step) async throws {
        try await WaitingFixture.with("ff", name: "dying\(step)") { fixture in
            let first = try await fixture.join(pair)
            let second = try await fixture.join(one)
            fixture.dying.after(step)
            await #expect(throws: WaitingFixture.Died.self) { try await fixture.round() }
            try await fixture.round()
            #expect(try await fixture.state(first) == .offered)
            #expect(try await fixture.state(second) == .waiting)
            #expect(try await fixture.seats.letters() == "hh")
            let told = try await fixture.database.facts().count { entry in
                if case .waitingOffered = entry.fact { true } else { false }
            }
            #expect(told == 1)
        }
    }

    @Test("a Redis that forgot: the same places until the same time, and nothing for others before")
    func wiped() async throws {
        try await WaitingFixture.with("fff", server: try RedisServer()) { fixture in
            let first = try await fixture.join(pair)
            try await fixture.round()
            let before = try #require(try await fixture.entry(first))
            let second = try await fixture.join(pair)
            _ = try await fixture.seats.redis.send(["FLUSHALL"])
            // What the keeper does: what is free is kept until the list has looked.
            let (_, runID) = try await fixture.seats.present()
            let isAwaited = try await fixture.store.isAwaited(fixture.event)
            let outcome = try await fixture.seats.seats.install(
                event: fixture.event.description, replacing: nil,
                generation: SeatGeneration(number: 2, runID: runID), letters: Array("fff".utf8),
                feedPosition: 0, planVersion: 1, isAwaited: isAwaited)
            #expect(outcome == .installed)
            #expect(
                try await fixture.outsider([0]) == .unavailable(seats: [0: .free], areas: []))
            try await fixture.round()
            let after = try #require(try await fixture.entry(first))
            #expect(after.state == .offered && after.places == before.places)
            #expect(after.hold != before.hold)
            let (old, new) = (try #require(before.until), try #require(after.until))
            #expect(new <= old.addingTimeInterval(1))
            #expect(try await fixture.state(second) == .waiting)
            // The third place is of no use to the list now.
            let rest = try #require([0, 1, 2].first { !after.places.contains(Int32($0)) })
            guard case .held = try await fixture.outsider([rest]) else {
                Issue.record("kept for nobody")
                return
            }
            let told = try await fixture.database.facts().count { entry in
                if case .waitingOffered = entry.fact { true } else { false }
            }
            #expect(told == 1)
        }
    }
}
