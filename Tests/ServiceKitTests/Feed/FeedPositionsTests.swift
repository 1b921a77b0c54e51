import Contracts
import Foundation
import Postgres
import RPC
import ServiceKit
import Testing
import Wire

/// A feed that was set back, and the operator who says where to go on.
@Suite("Positions of feeds")
struct FeedPositionsTests {
    /// A follower that has read 40 entries, of which `kept` are left in the feed since.
    private func withSetBack(
        kept: Int64, name: String = #function,
        _ body: (FeedFixture, FeedFixture.Operator) async throws -> Void
    ) async throws {
        try await FeedFixture.with(name) { fixture in
            try await fixture.append((1...40).map { "key_\($0)" })
            try await fixture.serve { address in
                let caller = fixture.caller(address)
                try await FeedFixture.run([caller.client, fixture.consumer(caller)]) {
                    try await fixture.waitForEffects(40)
                }
            }
            try await fixture.forget(after: kept)
            var timing = FeedTiming()
            timing.lostPause = .milliseconds(20)
            let served = FeedFixture(
                producer: fixture.producer, follower: fixture.follower,
                feed: FeedStore(pool: fixture.producer))
            try await served.serve { address in
                let caller = served.caller(address)
                let consumer = served.consumer(caller, timing: timing)
                try await FeedFixture.run([caller.client, consumer]) {
                    try await served.serveOperator(of: [consumer.operated]) { oper in
                        try await body(served, oper)
                    }
                }
            }
        }
    }

    private func position(_ oper: FeedFixture.Operator) async throws -> RPCV1.FeedPosition {
        let response = try await oper.call(
            RPCV1.Feeds.getPosition, .with { $0.feed = "payment" })
        return try #require(response.position)
    }

    private func set(
        _ number: UInt64, anyway: Bool = false, reason: String = "a test",
        _ oper: FeedFixture.Operator
    ) async throws -> RPCV1.SetPositionResponse {
        try await oper.call(
            RPCV1.Feeds.setPosition,
            .with {
                $0.feed = "payment"
                $0.position = number
                $0.reason = reason
                $0.anyway = anyway
            })
    }

    private func refusal(
        _ number: UInt64, anyway: Bool = false, reason: String = "a test",
        _ oper: FeedFixture.Operator
    ) async -> RPCError? {
        await #expect(throws: RPCError.self) {
            try await set(number, anyway: anyway, reason: reason, oper)
        }
    }

    @Test("the operator names the entry, and the feed is read on from there")
    func goesOn() async throws {
        try await withSetBack(kept: 30) { fixture, oper in
            let lost = try await position(oper)
            #expect(lost.lost && lost.position == 40 && lost.head == 30)
            // Other facts take the places of those that were lost, and more.
            try await fixture.append((1...20).map { "other_\($0)" })
            let grown = try await position(oper)
            #expect(grown.lost && grown.position == 40 && grown.head == 50)

            let answer = try await set(30, oper)
            #expect(answer.before == grown)
            #expect(answer.after?.position == 30 && answer.after?.lost == false)
            #expect(answer.after?.recordedAt != nil)
            try await fixture.waitForEffects(60)
            #expect(try await fixture.effects() == Array(1...40) + Array(31...50))
            #expect(try await position(oper).lost == false)
        }
    }

    @Test("a feed that was made anew is read from the start")
    func anew() async throws {
        try await withSetBack(kept: 0) { fixture, oper in
            let answer = try await set(0, oper)
            #expect(answer.after?.position == 0 && answer.after?.recordedAt == nil)
            try await fixture.append(["other"])
            try await fixture.waitForEffects(41)
            #expect(try await fixture.effects().last == 1)
        }
    }

    @Test("refused: beyond the feed's end, before parked entries, without a reason, by others")
    func refusals() async throws {
        try await withSetBack(kept: 30) { fixture, oper in
            let beyond = await refusal(31, oper)
            #expect(beyond?.code == .outOfRange)
            #expect(beyond?.detail?.code == "feed_position_unknown")
            #expect(beyond?.message.contains("30") == true)
            try await fixture.follower.query(
                """
                INSERT INTO feed_parked (feed, position, key, entry, reason)
                VALUES ('payment', 35, 'a', '', 'a test')
                """)
            let parked = await refusal(30, oper)
            #expect(parked?.code == .failedPrecondition)
            #expect(parked?.detail?.code == "entries_parked")
            #expect(await refusal(30, reason: "", oper)?.code == .invalidArgument)
            let other = await #expect(throws: RPCError.self) {
                try await oper.call(
                    RPCV1.Feeds.setPosition, .with { $0.feed = "payment" }, as: "booking")
            }
            #expect(other?.code == .permissionDenied)
            let looking = await #expect(throws: RPCError.self) {
                try await oper.call(
                    RPCV1.Feeds.getPosition, .with { $0.feed = "payment" }, as: "booking")
            }
            #expect(looking?.code == .permissionDenied)
            let unknown = await #expect(throws: RPCError.self) {
                try await oper.call(RPCV1.Feeds.getPosition, .with { $0.feed = "auth" })
            }
            #expect(unknown?.detail?.code == "feed_unknown")
            #expect(try await position(oper).position == 40)
        }
    }

    @Test("nothing is moved that is not lost, unless it is to be all the same")
    func known() async throws {
        try await withSetBack(kept: 40) { fixture, oper in
            #expect(try await position(oper).lost == false)
            #expect(await refusal(20, oper)?.detail?.code == "feed_position_known")
            let answer = try await set(20, anyway: true, oper)
            #expect(answer.before?.position == 40 && answer.after?.position == 20)
            // The next entry shows the follower that it is somewhere else.
            try await fixture.append(["next"])
            try await fixture.waitForEffects(61)
            #expect(try await fixture.effects() == Array(1...40) + Array(21...41))
        }
    }
}
