import Redis
import TestSupport
import Testing

@testable import EventService

/// Redis forgets, or remembers wrongly. Each test has a server of its own.
@Suite struct SeatStateRebuildTests {
    let fixture: SeatStateFixture

    init() throws {
        fixture = try SeatStateFixture(server: RedisServer())
    }

    private func expectRebuilding(_ current: SeatGeneration? = nil) async {
        let error = await #expect(throws: SeatStateError.self) {
            try await fixture.seats.hold(event: fixture.event, fixture.request([0]))
        }
        #expect(error?.code == .rebuilding(current: current))
    }

    @Test func withoutAStateNothingIsHeld() async throws {
        await expectRebuilding()
        #expect(try await fixture.present().0 == nil)
    }

    @Test func aWipeInTheMiddleOfASale() async throws {
        try await fixture.install("ffff", feed: 5)
        let hold = try await fixture.hold([0, 1])
        _ = try await fixture.redis.send(["FLUSHALL"])
        await expectRebuilding()
        // The signed token is enough while nothing else is known.
        #expect(try await fixture.redeem(hold) == .byTokenAlone(untilMs: nil))
        let generation = try await fixture.install("ccsf", number: 2, feed: 8)
        #expect(generation != hold.generation)
        let lookup = try await fixture.seats.get(
            event: fixture.event, holdID: hold.holdID, buyerID: "usr_a")
        guard case .missing(let startedMs) = lookup else {
            Issue.record("\(lookup)")
            return
        }
        #expect(startedMs <= (try await fixture.redisNowMs()))
        #expect(startedMs > hold.deadlineMs - 600_000)
        _ = try await fixture.hold([3])
        #expect(try await fixture.letters() == "ccsh")
    }

    @Test func withoutAStateATokenThatIsOverIsWorthNothing() async throws {
        try await fixture.install("ffff")
        let hold = try await fixture.hold([0], ttl: .milliseconds(20))
        _ = try await fixture.redis.send(["FLUSHALL"])
        try await fixture.waitUntil(pastMs: hold.deadlineMs)
        #expect(try await fixture.redeem(hold) == .expired)
    }

    @Test func losingOneKeyIsLosingTheState() async throws {
        let generation = try await fixture.install("ffff")
        _ = try await fixture.redis.send(["DEL", .text("seat:{\(fixture.event)}:state")])
        await expectRebuilding()
        let (leftover, _) = try await fixture.present()
        #expect(leftover == generation)
        try await fixture.install("ffff", number: 2)
        _ = try await fixture.hold([0])
    }

    @Test func ofManyInstallersOneWins() async throws {
        let (_, runID) = try await fixture.present()
        let outcomes = try await withThrowingTaskGroup(of: InstallOutcome.self) {
            [fixture] group in
            for number in 1...16 {
                group.addTask {
                    try await fixture.seats.install(
                        event: fixture.event, replacing: nil,
                        generation: SeatGeneration(number: Int64(number), runID: runID),
                        letters: Array("ffff".utf8), feedPosition: UInt64(number), planVersion: 1)
                }
            }
            return try await group.reduce(into: [InstallOutcome]()) { $0.append($1) }
        }
        let (winner, _) = try await fixture.present()
        #expect(outcomes.count { $0 == .installed } == 1)
        #expect(outcomes.count { $0 == .beaten(by: winner) } == 15)
    }

    @Test func aSlowInstallerDoesNotUndoHolds() async throws {
        let (none, runID) = try await fixture.present()
        try await fixture.install("ffff", number: 2, feed: 9)
        let hold = try await fixture.hold([0])
        let slow = try await fixture.seats.install(
            event: fixture.event, replacing: none,
            generation: SeatGeneration(number: 1, runID: runID), letters: Array("ffff".utf8),
            feedPosition: 3, planVersion: 1)
        #expect(slow == .beaten(by: hold.generation))
        let older = try await fixture.seats.install(
            event: fixture.event, replacing: hold.generation,
            generation: SeatGeneration(number: 3, runID: runID), letters: Array("ffff".utf8),
            feedPosition: 8, planVersion: 1)
        #expect(older == .older(feedPosition: 9))
        #expect(try await fixture.letters() == "hfff")
    }

    @Test func aStateRestoredFromAFileIsNotBelieved() async throws {
        try await fixture.install("ffff", feed: 5)
        let hold = try await fixture.hold([0])
        _ = try await fixture.redis.send(["SAVE"])
        _ = try await fixture.hold([1], buyer: "usr_b")
        try fixture.server.stop()
        try fixture.server.start()
        let isBack = await reachable()
        #expect(isBack)
        // The file's keys are there, in the name of a process that is gone.
        #expect(try await fixture.redis.send(["DBSIZE"]).int() > 0)
        await expectRebuilding()
        guard
            case .missing(let leftover, let runID) = try await fixture.seats.probe(
                event: fixture.event)
        else {
            Issue.record("a valid state")
            return
        }
        #expect(leftover == hold.generation)
        #expect(!hold.generation.text.hasSuffix(runID))
        #expect(try await fixture.redeem(hold) == .byTokenAlone(untilMs: nil))
        // A generation named before the restart is refused, a new one replaces the leftover.
        let foreign = try await fixture.seats.install(
            event: fixture.event, replacing: leftover,
            generation: SeatGeneration("2-" + hold.generation.text.suffix(8)),
            letters: Array("ffff".utf8), feedPosition: 6, planVersion: 1)
        #expect(foreign == .foreign(runID: runID))
        try await fixture.install("ffff", number: 3, feed: 6)
        #expect(try await fixture.letters() == "ffff")
        _ = try await fixture.hold([0, 1], buyer: "usr_c")
    }

    /// The first calls may still go out on the connection that broke.
    private func reachable() async -> Bool {
        let limit = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < limit {
            if (try? await fixture.redis.send(["PING"])) != nil { return true }
        }
        return false
    }
}
