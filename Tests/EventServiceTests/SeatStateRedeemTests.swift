import Testing

@testable import EventService

@Suite struct SeatStateRedeemTests {
    let fixture: SeatStateFixture

    init() throws {
        fixture = try SeatStateFixture()
    }

    @Test func aLiveHoldIsClaimedOnce() async throws {
        try await fixture.install("fff")
        let hold = try await fixture.hold([0, 2])
        let before = try await fixture.redisNowMs()
        guard case .redeemed(let untilMs) = try await fixture.redeem(hold) else {
            Issue.record("not redeemed")
            return
        }
        #expect(untilMs >= before + 600_000)
        #expect(try await fixture.letters() == "cfc")
        #expect(try await fixture.redeem(hold) == .redeemedBefore)
        #expect(try await fixture.version() == 3)
        #expect(
            try await fixture.seats.release(
                event: fixture.event, holdID: hold.holdID, buyerID: "usr_a") == .redeemed)
        #expect(try await fixture.letters() == "cfc")
    }

    @Test func onlyItsBuyerMay() async throws {
        try await fixture.install("fff")
        let hold = try await fixture.hold([0])
        let error = await #expect(throws: SeatStateError.self) {
            try await fixture.redeem(hold, buyer: "usr_b")
        }
        #expect(error?.code == .notYours)
        #expect(try await fixture.letters() == "hff")
    }

    @Test func afterTheDeadlineItIsTooLate() async throws {
        try await fixture.install("fff")
        let hold = try await fixture.hold([0], ttl: .milliseconds(20))
        try await fixture.waitUntil(pastMs: hold.deadlineMs)
        #expect(try await fixture.redeem(hold) == .expired)
        #expect(try await fixture.letters() == "fff")
        let released = try await fixture.hold([1])
        _ = try await fixture.seats.release(
            event: fixture.event, holdID: released.holdID, buyerID: "usr_a")
        #expect(try await fixture.redeem(released) == .expired)
    }

    @Test func aClaimWithoutABookingFallsFree() async throws {
        try await fixture.install("fff")
        let hold = try await fixture.hold([0, 1])
        guard
            case .redeemed(let untilMs) = try await fixture.redeem(hold, claim: .milliseconds(20))
        else {
            Issue.record("not redeemed")
            return
        }
        try await fixture.waitUntil(pastMs: untilMs)
        #expect(try await fixture.redeem(hold) == .expired)
        #expect(try await fixture.letters() == "fff")
        _ = try await fixture.hold([0], buyer: "usr_b")
    }

    @Test func aTokenOfAnOlderGenerationIsClaimedWhereThePlacesAreFree() async throws {
        try await fixture.install("ffff")
        let mine = try await fixture.hold([0, 1])
        let other = try await fixture.hold([2], buyer: "usr_b")
        try await fixture.install("ffff", number: 2)
        _ = try await fixture.hold([2], buyer: "usr_c")
        guard case .byTokenAlone(let untilMs) = try await fixture.redeem(mine) else {
            Issue.record("not claimed")
            return
        }
        #expect(untilMs != nil)
        #expect(try await fixture.letters() == "cchf")
        #expect(try await fixture.redeem(mine) == .redeemedBefore)
        #expect(try await fixture.redeem(other) == .lost)
        #expect(try await fixture.letters() == "cchf")
    }

    @Test func anOldTokenThatIsOverIsNotClaimed() async throws {
        try await fixture.install("ffff")
        let hold = try await fixture.hold([0], ttl: .milliseconds(20))
        try await fixture.install("ffff", number: 2)
        try await fixture.waitUntil(pastMs: hold.deadlineMs)
        #expect(try await fixture.redeem(hold) == .expired)
        #expect(try await fixture.letters() == "ffff")
    }

    @Test func aHoldOfALostStateIsLost() async throws {
        try await fixture.install("ffff")
        let hold = try await fixture.hold([0])
        let generation = try await fixture.install("ffff", number: 2)
        guard
            case .found(let found, _) = try await fixture.seats.get(
                event: fixture.event, holdID: hold.holdID, buyerID: "usr_a")
        else {
            Issue.record("not found")
            return
        }
        #expect(found.state == .lost)
        #expect(found.generation != generation)
        #expect(
            try await fixture.seats.listHolds(event: fixture.event, buyerID: "usr_a").isEmpty)
        // What is left of it does not stand in the buyer's way, nor touch the new state.
        _ = try await fixture.seats.release(
            event: fixture.event, holdID: hold.holdID, buyerID: "usr_a")
        let outcome = try await fixture.seats.hold(
            event: fixture.event, fixture.request([0], placesMax: 1))
        guard case .held = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }
}
