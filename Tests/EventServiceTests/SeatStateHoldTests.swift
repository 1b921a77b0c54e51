import Testing

@testable import EventService

@Suite struct SeatStateHoldTests {
    let fixture: SeatStateFixture

    init() throws {
        fixture = try SeatStateFixture()
    }

    @Test func allPlacesOrNone() async throws {
        try await fixture.install("ffffff")
        let hold = try await fixture.hold([4, 1])
        #expect(hold.seats == [4, 1])
        #expect(hold.state == .active)
        #expect(hold.fence == 1)
        #expect(try await fixture.letters() == "fhffhf")
        let outcome = try await fixture.seats.hold(
            event: fixture.event, fixture.request([0, 1, 2], buyer: "usr_b"))
        #expect(outcome == .unavailable(seats: [1: .held], areas: []))
        #expect(try await fixture.letters() == "fhffhf")
        #expect(try await fixture.version() == 2)
    }

    @Test func aReasonForEachSeat() async throws {
        try await fixture.install("fcsbxf")
        _ = try await fixture.hold([5])
        let outcome = try await fixture.seats.hold(
            event: fixture.event, fixture.request([0, 1, 2, 3, 4, 5, 6], buyer: "usr_b"))
        let reasons: [Int: SeatLetter?] = [
            1: .claimed, 2: .sold, 3: .blocked, 4: .removed, 5: .held, 6: nil,
        ]
        #expect(outcome == .unavailable(seats: reasons, areas: []))
        #expect(try await fixture.letters() == "fcsbxh")
    }

    /// 64 buyers go for overlapping rows of three at the same time.
    @Test func noPlaceIsHeldTwiceInARush() async throws {
        try await fixture.install(String(repeating: "f", count: 40))
        let holds = try await Self.rush(fixture, on: fixture.seats)
        let places = holds.flatMap(\.places)
        #expect(Set(places).count == places.count)
        #expect(holds.count >= 10)
        let letters = try await fixture.letters()
        let held = letters.enumerated().filter { $0.element == "h" }.map(\.offset)
        #expect(held == places.sorted())
        #expect(Set(holds.map(\.fence)).count == holds.count)
    }

    #if DEBUG
        /// The rush does collide: with the guard off, the same test sees places held twice.
        @Test func theRushTestNoticesAMissingGuard() async throws {
            try await fixture.install(String(repeating: "f", count: 40))
            let broken = try SeatState(redis: fixture.redis, sabotage: .everyPlaceIsFree)
            let holds = try await Self.rush(fixture, on: broken)
            let places = holds.flatMap(\.places)
            #expect(Set(places).count < places.count)
        }
    #endif

    private static func rush(
        _ fixture: SeatStateFixture, on seats: SeatState
    ) async throws -> [SeatHold] {
        try await withThrowingTaskGroup(of: [SeatHold].self) { group in
            for buyer in 0..<64 {
                group.addTask {
                    var won: [SeatHold] = []
                    for attempt in 0..<8 {
                        let first = (buyer * 7 + attempt * 11) % 38
                        let request = fixture.request(
                            [first, first + 1, first + 2], buyer: "usr_\(buyer)")
                        let outcome = try await seats.hold(event: fixture.event, request)
                        if case .held(let hold, _) = outcome { won.append(hold) }
                    }
                    return won
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    @Test func anAreaGivesItsFirstFreePlacesUntilItIsExhausted() async throws {
        try await fixture.install("ffffbfff")
        let area = AreaRequest(first: 2, count: 6, quantity: 2)
        let first = try await fixture.hold([0], areas: [area, area])
        #expect(first.seats == [0])
        #expect(first.areas == [[2, 3], [5, 6]])
        #expect(first.places == [0, 2, 3, 5, 6])
        #expect(try await fixture.letters() == "hfhhbhhf")
        let short = try await fixture.seats.hold(
            event: fixture.event, fixture.request([1], areas: [area], buyer: "usr_b"))
        #expect(short == .unavailable(seats: [:], areas: [1]))
        #expect(try await fixture.letters() == "hfhhbhhf")
        // An area's place that is also asked for by number is given once.
        let last = AreaRequest(first: 2, count: 6, quantity: 1)
        let both = try await fixture.seats.hold(
            event: fixture.event, fixture.request([7], areas: [last], buyer: "usr_b"))
        #expect(both == .unavailable(seats: [:], areas: [0]))
    }

    @Test func manyBuyersNeverGetMoreThanAnAreaHas() async throws {
        try await fixture.install("s" + String(repeating: "f", count: 50) + "s")
        let area = AreaRequest(first: 1, count: 50, quantity: 3)
        let holds = try await withThrowingTaskGroup(of: SeatHold?.self) { [fixture] group in
            for buyer in 0..<40 {
                group.addTask {
                    let request = fixture.request([], areas: [area], buyer: "usr_\(buyer)")
                    let outcome = try await fixture.seats.hold(event: fixture.event, request)
                    guard case .held(let hold, _) = outcome else { return nil }
                    return hold
                }
            }
            return try await group.reduce(into: [SeatHold]()) { $0 += [$1].compactMap { $0 } }
        }
        #expect(holds.count == 16)
        #expect(Set(holds.flatMap(\.places)).count == 48)
        #expect(try await fixture.letters().filter { $0 == "f" }.count == 2)
    }

    @Test func anExpiredHoldIsMovedOutOfTheWay() async throws {
        try await fixture.install("ffff")
        let old = try await fixture.hold([0, 1], ttl: .milliseconds(20))
        try await fixture.waitUntil(pastMs: old.deadlineMs)
        let new = try await fixture.hold([1, 2], buyer: "usr_b")
        #expect(try await fixture.letters() == "fhhf")
        #expect(new.fence > old.fence)
        #expect(try await fixture.redeem(old) == .expired)
        let area = AreaRequest(first: 0, count: 4, quantity: 2)
        let third = try await fixture.hold(
            [], areas: [area], buyer: "usr_c", ttl: .milliseconds(20))
        #expect(third.places == [0, 3])
        try await fixture.waitUntil(pastMs: third.deadlineMs)
        #expect(try await fixture.hold([], areas: [area], buyer: "usr_d").places == [0, 3])
    }

    @Test func theSweepFreesInBoundedSteps() async throws {
        try await fixture.install("ffffff")
        var last: Int64 = 0
        for place in 0..<5 {
            // Each of another buyer, whose next hold would reclaim the last one.
            let hold = try await fixture.hold(
                [place], buyer: "usr_\(place)", ttl: .milliseconds(20))
            last = hold.deadlineMs
        }
        _ = try await fixture.hold([5])
        try await fixture.waitUntil(pastMs: last)
        #expect(try await fixture.seats.sweep(event: fixture.event, limit: 2) == 2)
        #expect(try await fixture.letters().filter { $0 == "f" }.count == 2)
        #expect(try await fixture.seats.sweep(event: fixture.event, limit: 100) == 3)
        #expect(try await fixture.seats.sweep(event: fixture.event, limit: 100) == 0)
        #expect(try await fixture.letters() == "fffffh")
        #expect(try await fixture.seats.snapshot(event: fixture.event).freePlaces == 5)
    }

    @Test func aBuyerHasALimit() async throws {
        try await fixture.install("ffffff")
        let short = try await fixture.hold([0, 1], ttl: .milliseconds(20))
        var request = fixture.request([2, 3], placesMax: 3)
        let early = try await fixture.seats.hold(event: fixture.event, request)
        if case .held = early {
            // The short hold was over already: a slow machine.
        } else {
            #expect(early == .limitReached(livePlaces: 2))
            try await fixture.waitUntil(pastMs: short.deadlineMs)
            let held = try await fixture.seats.hold(event: fixture.event, request)
            guard case .held = held else {
                Issue.record("\(held)")
                return
            }
        }
        request = fixture.request([4, 5], placesMax: 3)
        let second = try await fixture.seats.hold(event: fixture.event, request)
        #expect(second == .limitReached(livePlaces: 2))
        _ = try await fixture.hold([4], buyer: "usr_b")
    }

    @Test func theSameHoldIdIsTheSameHold() async throws {
        try await fixture.install("fff")
        let request = fixture.request([0, 2], hold: "hld_same")
        guard case .held(let hold, _) = try await fixture.seats.hold(event: fixture.event, request)
        else {
            Issue.record("not held")
            return
        }
        let again = try await fixture.seats.hold(event: fixture.event, request)
        let generation = hold.generation
        let version = SeatStateVersion(generation: generation, number: 2)
        #expect(again == .replayed(hold, version: version))
        let error = await #expect(throws: SeatStateError.self) {
            try await fixture.seats.hold(
                event: fixture.event, fixture.request([1], buyer: "usr_b", hold: "hld_same"))
        }
        #expect(error?.code == .notYours)
        #expect(try await fixture.letters() == "hfh")
    }

    @Test func anIdempotencyKeyHoldsOnce() async throws {
        try await fixture.install("ffff")
        var request = fixture.request([0])
        request.idempotency = ("key-1", [1, 2])
        guard case .held(let hold, _) = try await fixture.seats.hold(event: fixture.event, request)
        else {
            Issue.record("not held")
            return
        }
        request.holdID = "hld_other"
        guard
            case .replayed(let same, _) = try await fixture.seats.hold(
                event: fixture.event, request)
        else {
            Issue.record("not replayed")
            return
        }
        #expect(same == hold)
        var other = fixture.request([1])
        other.idempotency = ("key-1", [9])
        let error = await #expect(throws: SeatStateError.self) {
            try await fixture.seats.hold(event: fixture.event, other)
        }
        #expect(error?.code == .keyReused)
        // Once released, the key still does not hold again.
        _ = try await fixture.seats.release(
            event: fixture.event, holdID: hold.holdID, buyerID: "usr_a")
        guard
            case .replayed(let over, _) = try await fixture.seats.hold(
                event: fixture.event, request)
        else {
            Issue.record("not replayed")
            return
        }
        #expect(over.state == .released)
        #expect(try await fixture.letters() == "ffff")
        // Another buyer's key of the same name is another key.
        var foreign = fixture.request([1], buyer: "usr_b")
        foreign.idempotency = ("key-1", [9])
        guard case .held = try await fixture.seats.hold(event: fixture.event, foreign) else {
            Issue.record("not held")
            return
        }
    }

    @Test func everyDeviceSeesTheSameHold() async throws {
        try await fixture.install("ffff")
        var request = fixture.request([3], areas: [AreaRequest(first: 0, count: 2, quantity: 1)])
        request.lines = [0, 255, 10]
        guard case .held(let hold, _) = try await fixture.seats.hold(event: fixture.event, request)
        else {
            Issue.record("not held")
            return
        }
        #expect(hold.lines == [0, 255, 10])
        let found = try await fixture.seats.get(
            event: fixture.event, holdID: hold.holdID, buyerID: "usr_a")
        let version = SeatStateVersion(generation: hold.generation, number: 2)
        #expect(found == .found(hold, version: version))
        let second = try await fixture.hold([1])
        let list = try await fixture.seats.listHolds(event: fixture.event, buyerID: "usr_a")
        #expect(list == [hold, second])
        #expect(
            try await fixture.seats.listHolds(event: fixture.event, buyerID: "usr_b").isEmpty)
        let error = await #expect(throws: SeatStateError.self) {
            try await fixture.seats.get(
                event: fixture.event, holdID: hold.holdID, buyerID: "usr_b")
        }
        #expect(error?.code == .notYours)
    }

    @Test func aReleaseFreesAndIsIdempotent() async throws {
        try await fixture.install("fff")
        let hold = try await fixture.hold([0, 1])
        let error = await #expect(throws: SeatStateError.self) {
            try await fixture.seats.release(
                event: fixture.event, holdID: hold.holdID, buyerID: "usr_b")
        }
        #expect(error?.code == .notYours)
        #expect(try await fixture.letters() == "hhf")
        for _ in 0..<2 {
            let outcome = try await fixture.seats.release(
                event: fixture.event, holdID: hold.holdID, buyerID: "usr_a")
            #expect(outcome == .released)
        }
        #expect(try await fixture.letters() == "fff")
        #expect(try await fixture.version() == 3)
        let lookup = try await fixture.seats.get(
            event: fixture.event, holdID: hold.holdID, buyerID: "usr_a")
        guard case .missing = lookup else {
            Issue.record("\(lookup)")
            return
        }
    }

    @Test func whatBreaksALimitIsRefused() async throws {
        try await fixture.install("fff")
        let requests = [
            fixture.request([]), fixture.request([1, 1]), fixture.request([-1]),
            fixture.request([0], ttl: .zero), fixture.request([0], hold: "hld a"),
            fixture.request([0], buyer: ""),
            fixture.request([], areas: [AreaRequest(first: 0, count: 3, quantity: 0)]),
            fixture.request([], areas: [AreaRequest(first: 0, count: 3, quantity: 1_001)]),
        ]
        for request in requests {
            let error = await #expect(throws: SeatStateError.self) {
                try await fixture.seats.hold(event: fixture.event, request)
            }
            #expect(error?.code == .invalid)
        }
        let error = await #expect(throws: SeatStateError.self) {
            try await fixture.seats.hold(event: "evt_}{", fixture.request([0]))
        }
        #expect(error?.code == .invalid)
        #expect(try await fixture.letters() == "fff")
    }
}
