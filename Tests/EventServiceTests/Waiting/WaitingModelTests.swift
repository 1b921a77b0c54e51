import Contracts
import Foundation
import Postgres
import RandomSupport
import ServiceKit
import Testing
import Wire

@testable import EventService

/// Random joins, leaves, releases, claims that end, outsiders, crashes after any step and wiped seat
/// states. After every step: no place is offered to two, nobody has two offers, the order is kept,
/// and what came back was nobody else's while somebody waited. A failing seed is in the test's name.
@Suite("Waiting list: random steps")
struct WaitingModelTests {
    private static let seatCount = 8
    private static let standing = 3
    private static let wishes = [
        WaitingWish(quantity: 1), WaitingWish(category: "A", quantity: 2, together: true),
        WaitingWish(category: "B", quantity: 2), WaitingWish(quantity: 3),
        WaitingWish(category: "A", quantity: 5, together: true),
    ]

    private struct Run {
        let fixture: WaitingFixture
        var random: SplitMix64
        var people: [UserID] = []
        var feed: UInt64 = 0
        var generation: Int64 = 1
        /// Who had an offer at the end of the round before.
        var offered: Set<UserID> = []

        mutating func step() async throws {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<30: try await join()
            case 30..<42: try await leave()
            case 42..<55: try await release()
            case 55..<72: try await comeBack()
            case 72..<80: try await takeOutside()
            case 80..<85: try await book()
            case 85..<93: try await die()
            default: try await wipe()
            }
            try await fixture.round()
            try await check()
        }

        private mutating func join() async throws {
            let wish = WaitingModelTests.wishes.randomElement(using: &random)
            people.append(try await fixture.join(wish ?? WaitingWish(quantity: 1)))
        }

        private mutating func leave() async throws {
            guard let buyer = people.randomElement(using: &random) else { return }
            if let hold = try await fixture.store.leave(fixture.event, buyer) {
                _ = try await fixture.seats.seats.release(
                    event: fixture.event.description, holdID: hold.description,
                    buyerID: buyer.description)
            }
        }

        private mutating func release() async throws {
            guard
                let buyer = offered.sorted(by: { $0.description < $1.description })
                    .randomElement(using: &random)
            else { return }
            try await fixture.release(buyer)
        }

        /// Claims end, of places that nobody holds.
        private mutating func comeBack() async throws {
            let letters = Array(try await fixture.seats.letters())
            let sold = letters.indices.filter { letters[$0] == "s" }.shuffled(using: &random)
            let places = Array(sold.prefix(Int.random(in: 1...3, using: &random)))
            let isAwaited = try await fixture.store.waiting(fixture.event).count > 0
            feed += 1
            _ = try await fixture.seats.seats.applyFeed(
                event: fixture.event.description, position: feed,
                changes: places.map { FeedChange(place: $0, letter: .free, holdID: nil) })
            // Somebody is quicker than the list.
            guard let place = places.first, isAwaited else { return }
            let outcome = try await fixture.outsider([place])
            #expect(outcome == .unavailable(seats: [place: .free], areas: []))
        }

        /// Somebody buys what the list has let go.
        private mutating func takeOutside() async throws {
            let letters = Array(try await fixture.seats.letters())
            let free = letters.indices.filter { letters[$0] == "f" }.shuffled(using: &random)
            feed += 1
            _ = try await fixture.seats.seats.applyFeed(
                event: fixture.event.description, position: feed,
                changes: free.prefix(2).map { FeedChange(place: $0, letter: .sold, holdID: nil) })
        }

        /// An offer is booked: the feed tells both the seats and the list.
        private mutating func book() async throws {
            guard
                let buyer = offered.sorted(by: { $0.description < $1.description })
                    .randomElement(using: &random), let entry = try await fixture.entry(buyer),
                let hold = entry.hold, entry.state == .offered
            else { return }
            feed += 1
            _ = try await fixture.seats.seats.applyFeed(
                event: fixture.event.description, position: feed,
                changes: entry.places.map {
                    FeedChange(place: Int($0), letter: .sold, holdID: hold.description)
                })
            try await fixture.store.accept([
                .with {
                    $0.fact = .bookingCreated(
                        .with { $0.booking = .with { $0.holdID = hold.description } })
                }
            ])
            #expect(try await fixture.state(buyer) == .accepted)
        }

        private mutating func die() async throws {
            people.append(try await fixture.join(WaitingWish(quantity: 1)))
            try await comeBack()
            fixture.dying.after(WaitingList.Step.allCases.randomElement(using: &random))
            do {
                try await fixture.round()
            } catch is WaitingFixture.Died {
                // The next round makes it good.
            }
            fixture.dying.after(nil)
        }

        /// A new seat state as the keeper makes it of the claims: holds are lost.
        private mutating func wipe() async throws {
            let letters = try await fixture.seats.letters().map { $0 == "h" ? "f" : $0 }
            let (current, runID) = try await fixture.seats.present()
            generation += 1
            let outcome = try await fixture.seats.seats.install(
                event: fixture.event.description, replacing: current,
                generation: SeatGeneration(number: generation, runID: runID),
                letters: letters.compactMap(\.asciiValue), feedPosition: feed, planVersion: 1,
                isAwaited: try await fixture.store.isAwaited(fixture.event))
            #expect(outcome == .installed)
        }

        private mutating func check() async throws {
            let offers = try await fixture.store.offers(fixture.event, after: 0, limit: 500)
            let waiting = try await fixture.store.waiting(fixture.event, after: 0, limit: 500)
            #expect(offers.allSatisfy { $0.state == .offered })
            let letters = Array(try await fixture.seats.letters())
            var places: Set<Int32> = []
            var buyers: Set<UserID> = []
            for offer in offers {
                #expect(buyers.insert(offer.buyer).inserted, "two offers to one")
                for place in offer.places {
                    #expect(places.insert(place).inserted, "place \(place) offered to two")
                    #expect(letters[Int(place)] == "h")
                }
                let live = try await fixture.seats.seats.listHolds(
                    event: fixture.event.description, buyerID: offer.buyer.description)
                #expect(live.count == 1)
            }
            #expect(letters.count { $0 == "h" } == places.count)
            #expect(buyers.isDisjoint(with: waiting.map(\.buyer)))
            // Nobody with the same wish was passed over by whoever has an offer since this round.
            for offer in offers where !offered.contains(offer.buyer) {
                #expect(
                    !waiting.contains { $0.wish == offer.wish && $0.number < offer.number },
                    "the order was broken")
            }
            offered = buyers
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func invariants(seed: UInt64) async throws {
        let letters = String(repeating: "s", count: Self.seatCount + Self.standing)
        try await WaitingFixture.with(letters, standing: Self.standing, name: "m\(seed)") {
            fixture in
            var run = Run(fixture: fixture, random: SplitMix64(state: seed))
            for _ in 0..<60 {
                try await run.step()
            }
            // The run has shown something.
            let offers = try await fixture.database.count(
                "SELECT count(*) FROM waiting_entries WHERE offer_hold IS NOT NULL")
            #expect(offers > 3)
        }
    }
}
