import Testing

@testable import EventService

@Suite struct SeatStateFeedTests {
    let fixture: SeatStateFixture

    init() throws {
        fixture = try SeatStateFixture()
    }

    private func apply(
        _ generation: SeatGeneration, _ position: UInt64, after: UInt64? = nil,
        _ changes: [(Int, SeatLetter, String?)]
    ) async throws -> ApplyOutcome {
        try await fixture.seats.applyFeed(
            event: fixture.event, generation: generation, after: after, position: position,
            changes: changes.map { FeedChange(place: $0.0, letter: $0.1, holdID: $0.2) })
    }

    @Test func anEntryIsAppliedOnceAndInOrder() async throws {
        let generation = try await fixture.install("fff", feed: 10)
        #expect(
            try await apply(generation, 10, [(0, .sold, nil)]) == .skipped(feedPosition: 10))
        #expect(try await apply(generation, 12, [(0, .sold, nil)]) == .applied(version: 2))
        #expect(
            try await apply(generation, 12, [(0, .free, nil)]) == .skipped(feedPosition: 12))
        #expect(
            try await apply(generation, 15, after: 13, [(1, .sold, nil)])
                == .behind(feedPosition: 12))
        #expect(
            try await apply(generation, 15, after: 12, [(1, .blocked, nil)])
                == .applied(version: 3))
        // Only the position moves.
        #expect(try await apply(generation, 20, []) == .applied(version: 3))
        let snapshot = try await fixture.seats.snapshot(event: fixture.event)
        #expect(snapshot.feedPosition == 20)
        #expect(try await fixture.letters() == "sbf")
    }

    @Test func anotherGenerationIsRefused() async throws {
        let old = try await fixture.install("fff", feed: 10)
        let new = try await fixture.install("fff", number: 2, feed: 11)
        let error = await #expect(throws: SeatStateError.self) {
            try await apply(old, 12, [(0, .sold, nil)])
        }
        #expect(error?.code == .rebuilding(current: new))
        #expect(try await fixture.letters() == "fff")
    }

    @Test func aRedemptionBecomesABooking() async throws {
        let generation = try await fixture.install("fff")
        let hold = try await fixture.hold([0, 1])
        guard
            case .redeemed(let untilMs) = try await fixture.redeem(hold, claim: .milliseconds(20))
        else {
            Issue.record("not redeemed")
            return
        }
        let id = hold.holdID
        #expect(
            try await apply(generation, 1, [(0, .claimed, id), (1, .claimed, id)])
                == .applied(version: 3))
        try await fixture.waitUntil(pastMs: untilMs)
        // The claim is the booking's now: no sweep and no other hold frees it.
        #expect(try await fixture.seats.sweep(event: fixture.event, limit: 10) == 0)
        #expect(try await fixture.letters() == "ccf")
        #expect(try await fixture.redeem(hold) == .redeemedBefore)
        #expect(
            try await fixture.seats.listHolds(event: fixture.event, buyerID: "usr_a").isEmpty)
        _ = try await apply(generation, 2, [(0, .sold, id), (1, .sold, id)])
        #expect(try await fixture.letters() == "ssf")
        _ = try await apply(generation, 3, [(0, .free, id), (1, .free, id)])
        #expect(try await fixture.letters() == "fff")
        #expect(try await fixture.seats.snapshot(event: fixture.event).freePlaces == 3)
    }

    @Test func aClaimOfSomebodyElseWinsOverAHoldAndARedemption() async throws {
        let generation = try await fixture.install("fffffff")
        let active = try await fixture.hold([0, 1])
        let redeemed = try await fixture.hold([2, 3], buyer: "usr_b")
        _ = try await fixture.redeem(redeemed)
        _ = try await apply(
            generation, 1, [(0, .blocked, nil), (2, .claimed, "hld_other")])
        // Their other places are free again at once.
        #expect(try await fixture.letters() == "bfcffff")
        #expect(try await fixture.redeem(active) == .lost)
        #expect(try await fixture.redeem(redeemed) == .lost)
        guard
            case .found(let found, _) = try await fixture.seats.get(
                event: fixture.event, holdID: active.holdID, buyerID: "usr_a")
        else {
            Issue.record("not found")
            return
        }
        #expect(found.state == .lost)
    }

    @Test func theEndOfAClaimDoesNotTouchWhatCameAfter() async throws {
        let generation = try await fixture.install("cfx", feed: 1)
        _ = try await apply(generation, 2, [(0, .free, "hld_old")])
        let hold = try await fixture.hold([0])
        _ = try await apply(generation, 3, [(0, .free, "hld_old"), (2, .free, nil)])
        #expect(try await fixture.letters() == "hfx")
        #expect(try await fixture.redeem(hold) != .lost)
    }

    @Test func changesAreNumberedWithoutGaps() async throws {
        let generation = try await fixture.install("ffff")
        let start = try await fixture.seats.snapshot(event: fixture.event).version
        let hold = try await fixture.hold([0, 1])
        _ = try await fixture.redeem(hold)
        _ = try await apply(generation, 1, [(3, .sold, nil)])
        guard
            case .changes(let updates) = try await fixture.seats.changes(
                event: fixture.event, after: start)
        else {
            Issue.record("a gap")
            return
        }
        let expected: [(UInt64, [(Int, SeatLetter)])] = [
            (2, [(0, .held), (1, .held)]), (3, [(0, .claimed), (1, .claimed)]), (4, [(3, .sold)]),
        ]
        #expect(
            updates.map(\.timeless)
                == expected.map { number, changes in
                    SeatUpdate(
                        generation: generation, from: number - 1, number: number, changedAtMs: 0,
                        changes: changes.map { SeatChange(place: $0.0, letter: $0.1) })
                })
        for number in 5...1_010 as ClosedRange<UInt64> {
            let letter: SeatLetter = number.isMultiple(of: 2) ? .sold : .free
            _ = try await apply(generation, number, [(2, letter, nil)])
        }
        #expect(try await fixture.seats.changes(event: fixture.event, after: start) == .gap)
        let current = try await fixture.seats.snapshot(event: fixture.event).version
        #expect(
            try await fixture.seats.changes(event: fixture.event, after: current) == .changes([]))
        let ahead = SeatStateVersion(generation: generation, number: current.number + 1)
        #expect(try await fixture.seats.changes(event: fixture.event, after: ahead) == .gap)
    }

    @Test func aListenerHearsEveryChange() async throws {
        var updates = fixture.seats.updates(bufferMax: 10_000).makeAsyncIterator()
        #expect(await updates.next() == .mayHaveMissed)
        let generation = try await fixture.install("ffff")
        _ = try await fixture.hold([2])
        var heard: [SeatUpdate] = []
        while heard.count < 2, let next = await updates.next() {
            if case .update(fixture.event, let update) = next { heard.append(update.timeless) }
        }
        #expect(
            heard == [
                SeatUpdate(
                    generation: generation, from: 0, number: 1, changedAtMs: 0, changes: nil),
                SeatUpdate(
                    generation: generation, from: 1, number: 2, changedAtMs: 0,
                    changes: [SeatChange(place: 2, letter: .held)]),
            ])
    }

    @Test func aChangeTooLargeForAMessageAsksForASnapshot() async throws {
        let count = 9_000
        let generation = try await fixture.install(String(repeating: "f", count: count))
        let start = try await fixture.seats.snapshot(event: fixture.event).version
        let all = (0..<count).map { ($0, SeatLetter.sold, String?.none) }
        #expect(try await apply(generation, 1, all) == .applied(version: 2))
        #expect(try await fixture.seats.changes(event: fixture.event, after: start) == .gap)
        #expect(try await fixture.seats.snapshot(event: fixture.event).freePlaces == 0)
    }

    @Test(arguments: [
        "", "1-a 1 2", "1-a 1 2 3f", "1-a 1 2 0 3q", "1-a 1 2 0 f", "1-a x 2 0 3f",
        "1-a 1 2 0 3f 4", " 1 2 0 3f", "1-a -1 2 0 3f", "1-a 1 9999999999999999 0 3f",
        "1-a 1 2 x 3f",
    ]) func whatIsNoChangeIsNotTakenForOne(text: String) {
        #expect(SeatUpdate(Array(text.utf8)) == nil)
    }
}

extension SeatUpdate {
    /// The same at no known time.
    fileprivate var timeless: SeatUpdate {
        SeatUpdate(
            generation: generation, from: from, number: number, changedAtMs: 0, changes: changes)
    }
}
