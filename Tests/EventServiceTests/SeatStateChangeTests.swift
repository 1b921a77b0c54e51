import Testing

@testable import EventService

/// Holds that are changed, extended, or chosen inside the script.
@Suite struct SeatStateChangeTests {
    let fixture: SeatStateFixture

    init() throws {
        fixture = try SeatStateFixture()
    }

    private func change(
        _ hold: SeatHold, to seats: [Int], areas: [AreaRequest] = [], buyer: String = "usr_a",
        placesMax: Int = 100
    ) async throws -> HoldOutcome {
        var request = fixture.request(
            seats, areas: areas, buyer: buyer, hold: hold.holdID, placesMax: placesMax)
        request.isChange = true
        request.lines = [7]
        return try await fixture.seats.hold(event: fixture.event, request)
    }

    @Test func aChangeHoldsTheNewAndFreesTheOldAtOnce() async throws {
        try await fixture.install("ffffff")
        let old = try await fixture.hold([0, 1])
        let version = try await fixture.version()
        guard case .held(let new, _) = try await change(old, to: [1, 2]) else {
            Issue.record("not changed")
            return
        }
        #expect(new.holdID == old.holdID)
        #expect(new.deadlineMs == old.deadlineMs)
        #expect(new.fence > old.fence)
        #expect(new.seats == [1, 2])
        #expect(new.lines == [7])
        #expect(try await fixture.letters() == "fhhfff")
        // One change for whoever looks at the map.
        #expect(try await fixture.version() == version + 1)
        // The token of before is worth nothing, the new one redeems.
        #expect(try await fixture.redeem(old) == .changed)
        guard case .redeemed = try await fixture.redeem(new) else {
            Issue.record("not redeemed")
            return
        }
        #expect(try await fixture.letters() == "fccfff")
        #expect(try await change(new, to: [3]) == .ended(.redeemed))
    }

    @Test func aChangeThatIsRefusedLeavesTheHoldAsItIs() async throws {
        try await fixture.install("ffffss")
        let hold = try await fixture.hold([0, 1])
        _ = try await fixture.hold([3], buyer: "usr_b")
        let outcome = try await change(hold, to: [0, 3, 4])
        #expect(outcome == .unavailable(seats: [3: .held, 4: .sold], areas: []))
        #expect(
            try await change(hold, to: [0, 1, 2], placesMax: 2) == .limitReached(livePlaces: 0))
        #expect(try await fixture.letters() == "hhfhss")
        let error = await #expect(throws: SeatStateError.self) {
            try await change(hold, to: [2], buyer: "usr_b")
        }
        #expect(error?.code == .notYours)
        guard case .redeemed = try await fixture.redeem(hold) else {
            Issue.record("not redeemed")
            return
        }
    }

    @Test func aHoldThatIsOverIsNotChanged() async throws {
        try await fixture.install("ffff")
        let short = try await fixture.hold([0], ttl: .milliseconds(20))
        try await fixture.waitUntil(pastMs: short.deadlineMs)
        #expect(try await change(short, to: [1]) == .ended(.expired))
        let hold = try await fixture.hold([2])
        _ = try await fixture.seats.release(
            event: fixture.event, holdID: hold.holdID, buyerID: "usr_a")
        guard case .ended(.missing) = try await change(hold, to: [1]) else {
            Issue.record("changed")
            return
        }
    }

    @Test func anAreaKeepsThePlacesThatTheHoldHas() async throws {
        try await fixture.install("ffffff")
        let area = AreaRequest(first: 2, count: 4, quantity: 2)
        let hold = try await fixture.hold([0], areas: [area])
        #expect(hold.areas == [[2, 3]])
        let more = AreaRequest(first: 2, count: 4, quantity: 3)
        guard case .held(let changed, _) = try await change(hold, to: [1], areas: [more]) else {
            Issue.record("not changed")
            return
        }
        #expect(changed.areas == [[2, 3, 4]])
        #expect(try await fixture.letters() == "fhhhhf")
    }

    @Test func moreTimeUpToTheLimitAndOnlyOnceForOneDeadline() async throws {
        try await fixture.install("ff")
        let hold = try await fixture.hold([0], ttl: .seconds(60))
        func extend(from deadlineMs: Int64) async throws -> ExtendOutcome {
            try await fixture.seats.extend(
                event: fixture.event, holdID: hold.holdID, buyerID: "usr_a",
                deadlineMs: deadlineMs, step: .seconds(60), most: .seconds(90))
        }
        for _ in 0..<2 {
            guard case .extended(let more, _) = try await extend(from: hold.deadlineMs) else {
                Issue.record("not extended")
                return
            }
            #expect(more.deadlineMs == hold.deadlineMs + 60_000)
        }
        guard case .extended(let most, _) = try await extend(from: hold.deadlineMs + 60_000) else {
            Issue.record("not extended")
            return
        }
        #expect(most.deadlineMs == hold.deadlineMs + 90_000)
        #expect(try await extend(from: most.deadlineMs) == .limitReached)
        // The token of before still says what is held.
        guard case .redeemed = try await fixture.redeem(hold) else {
            Issue.record("not redeemed")
            return
        }
        #expect(try await extend(from: most.deadlineMs) == .ended(.redeemed))
    }

    @Test func theFirstChoiceThatIsWholeIsTaken() async throws {
        try await fixture.install("ffffffff")
        _ = try await fixture.hold([1], buyer: "usr_b")
        _ = try await fixture.hold([2], buyer: "usr_c")
        var request = fixture.request([0, 1])
        request.lines = [1]
        request.alternatives = [
            SeatAlternative(seats: [2, 3], lines: [2]), SeatAlternative(seats: [4, 5], lines: [3]),
            SeatAlternative(seats: [6, 7], lines: [4]),
        ]
        guard case .held(let hold, _) = try await fixture.seats.hold(event: fixture.event, request)
        else {
            Issue.record("not held")
            return
        }
        #expect(hold.seats == [4, 5])
        #expect(hold.lines == [3])
        #expect(try await fixture.letters() == "fhhfhhff")
        request.holdID = "hld_next"
        request.alternatives.removeLast()
        // None is whole: the reasons are those of the first.
        #expect(
            try await fixture.seats.hold(event: fixture.event, request)
                == .unavailable(seats: [1: .held], areas: []))
    }

    /// Many buyers with the same choices never get the same seats.
    @Test func choicesInARush() async throws {
        try await fixture.install(String(repeating: "f", count: 32))
        let holds = try await withThrowingTaskGroup(of: SeatHold?.self) { [fixture] group in
            for buyer in 0..<24 {
                group.addTask {
                    var request = fixture.request([0, 1], buyer: "usr_\(buyer)")
                    request.alternatives = (1..<16).map {
                        SeatAlternative(seats: [2 * $0, 2 * $0 + 1], lines: [])
                    }
                    let outcome = try await fixture.seats.hold(event: fixture.event, request)
                    guard case .held(let hold, _) = outcome else { return nil }
                    return hold
                }
            }
            return try await group.reduce(into: [SeatHold]()) { $0 += [$1].compactMap { $0 } }
        }
        #expect(holds.count == 16)
        #expect(Set(holds.flatMap(\.places)).count == 32)
    }

    @Test func aSeatIsNotLeftAloneWhereThatCanBeAvoided() async throws {
        try await fixture.install("ffffs")
        func hold(_ seats: [Int], _ edges: [SeatEdge]) async throws -> HoldOutcome {
            var request = fixture.request(seats)
            request.edges = edges
            return try await fixture.seats.hold(event: fixture.event, request)
        }
        // f [f f] f s: both sides would be left alone.
        let inside = [
            SeatEdge(seat: 0, beyond: nil, other: 3), SeatEdge(seat: 3, beyond: 4, other: 0),
        ]
        #expect(try await hold([1, 2], inside) == .leavesAlone([0, 3]))
        #expect(try await fixture.letters() == "ffffs")
        // [f f f] f s: one is left, whatever is taken of this run.
        let last = [SeatEdge(seat: 3, beyond: 4, other: nil)]
        guard case .held = try await hold([0, 1, 2], last) else {
            Issue.record("not held")
            return
        }
    }
}
