import Contracts
import Foundation
import Postgres
import RPC
import ServiceKit
import Testing
import Wire

/// Feeds as consumers follow them, between real databases and over a real server.
@Suite("Feeds as streams")
struct FeedStreamTests {
    private static let keys = (1...40).map { "pay_\($0)" }

    @Test("a stream brings what is there and what comes, in order, and no page is read")
    func stream() async throws {
        try await FeedFixture.with { fixture in
            try await fixture.append(Self.keys)
            try await fixture.serve { address in
                let caller = fixture.caller(address)
                try await FeedFixture.run([caller.client, fixture.consumer(caller)]) {
                    try await fixture.waitForEffects(40)
                    for number in 41...60 {
                        try await fixture.append(["pay_\(number)"])
                    }
                    try await fixture.waitForEffects(60)
                }
            }
            #expect(try await fixture.effects() == Array(1...60))
            #expect(fixture.calls["FollowFeed"] == 1)
            #expect(fixture.calls["ReadFeed"] == 0)
        }
    }

    @Test("a peer without windows, on either side, is read by pages; so is one without streams")
    func pages() async throws {
        for (offers, asks, streams) in [
            (false, true, true), (true, false, true), (true, true, false),
        ] {
            try await FeedFixture.with { fixture in
                try await fixture.append(Self.keys)
                try await fixture.serve(hasExtension: offers, hasStreams: streams) { address in
                    let caller = fixture.caller(address, asksForExtension: asks)
                    try await FeedFixture.run([caller.client, fixture.consumer(caller)]) {
                        try await fixture.waitForEffects(40)
                        try await fixture.append(["pay_41"])
                        try await fixture.waitForEffects(41)
                    }
                }
                #expect(try await fixture.effects() == Array(1...41))
                #expect(fixture.calls["FollowFeed"] == (streams ? 1 : 0))
                #expect(fixture.calls["ReadFeed"] >= 2)
            }
        }
    }

    @Test("a server refuses a stream without windows, and names the way out")
    func windowMissing() async throws {
        try await FeedFixture.with { fixture in
            try await fixture.serve { address in
                let caller = fixture.caller(address, asksForExtension: false)
                let error = await #expect(throws: RPCError.self) {
                    try await caller.withServerStream(
                        PaymentV1.PaymentService.followFeed, .init()
                    ) { messages in
                        for try await _ in messages {}
                    }
                }
                #expect(error?.code == .unimplemented)
                #expect(error?.detail?.code == "window_missing")
                await caller.client.close()
            }
        }
    }

    @Test("entries of any size arrive: batches and pages keep within a frame")
    func sizes() async throws {
        for hasStreams in [true, false] {
            try await FeedFixture.with { fixture in
                for start in stride(from: 1, through: 41, by: 10) {
                    try await fixture.append(
                        (start..<start + 10).map { "pay_\($0)" }, padding: 200_000)
                }
                try await fixture.append(["pay_51"], padding: 3_000_000)
                try await fixture.serve(hasStreams: hasStreams) { address in
                    let caller = fixture.caller(address)
                    try await FeedFixture.run([caller.client, fixture.consumer(caller)]) {
                        try await fixture.waitForEffects(51)
                    }
                }
                #expect(try await fixture.effects() == Array(1...51))
            }
        }
    }

    @Test("streams end by themselves when the service stops, and it waits for none of them")
    func drain() async throws {
        try await FeedFixture.with { fixture in
            try await fixture.append(Self.keys)
            // The server would wait ten minutes for a stream that does not end.
            let (caller, reader) = try await fixture.serve { address in
                let caller = fixture.caller(address)
                let isOpen = FeedFixture.Counts()
                let reader = Task {
                    try await caller.withServerStream(
                        PaymentV1.PaymentService.followFeed, .init(), timeout: .seconds(600)
                    ) { messages in
                        var entries = 0
                        for try await batch in messages {
                            entries += batch.entries.count
                            isOpen.add("message")
                        }
                        return entries
                    }
                }
                try await FeedFixture.eventually("a first message") { isOpen["message"] > 0 }
                return (caller, reader)
            }
            #expect(try await reader.value == 40)
            await caller.client.close()
        }
    }

    @Test("a follower goes on where it was when the server comes back")
    func resume() async throws {
        try await FeedFixture.with { fixture in
            for round in 0..<3 {
                try await fixture.append((1...20).map { "pay_\(round * 20 + $0)" })
                // Another server, at another address, of the same database.
                let served = FeedFixture(
                    producer: fixture.producer, follower: fixture.follower,
                    feed: FeedStore(pool: fixture.producer))
                try await served.serve { address in
                    let caller = served.caller(address)
                    try await FeedFixture.run([caller.client, served.consumer(caller)]) {
                        try await served.waitForEffects((round + 1) * 20)
                    }
                }
            }
            #expect(try await fixture.effects() == Array(1...60))
        }
    }

    // MARK: Feeds that have lost something

    @Test("a position beyond the end of the feed is refused, by pages and by streams")
    func beyondTheEnd() async throws {
        try await FeedFixture.with { fixture in
            try await fixture.append(Self.keys)
            try await fixture.serve { address in
                let caller = fixture.caller(address)
                let page = await #expect(throws: RPCError.self) {
                    try await caller.call(
                        PaymentV1.PaymentService.readFeed, .with { $0.after = 41 })
                }
                #expect(page?.code == .outOfRange)
                #expect(page?.detail?.code == "feed_position_unknown")
                let stream = await #expect(throws: RPCError.self) {
                    try await caller.withServerStream(
                        PaymentV1.PaymentService.followFeed, .with { $0.after = 41 }
                    ) { messages in
                        for try await _ in messages {}
                    }
                }
                #expect(stream?.code == .outOfRange)
                #expect(stream?.detail?.code == "feed_position_unknown")
                await caller.client.close()
            }
        }
    }

    @Test("a feed that was set back is not read on, not even once it is as long as before")
    func setBack() async throws {
        try await FeedFixture.with { fixture in
            try await fixture.append(Self.keys)
            try await fixture.serve { address in
                let caller = fixture.caller(address)
                try await FeedFixture.run([caller.client, fixture.consumer(caller)]) {
                    try await fixture.waitForEffects(40)
                }
            }
            try await fixture.forget(after: 30)
            var timing = FeedTiming()
            timing.lostPause = .milliseconds(20)
            let served = FeedFixture(
                producer: fixture.producer, follower: fixture.follower,
                feed: FeedStore(pool: fixture.producer))
            try await served.serve { address in
                let caller = served.caller(address)
                try await FeedFixture.run([
                    caller.client, served.consumer(caller, timing: timing),
                ]) {
                    try await FeedFixture.eventually("refusals") { served.calls["FollowFeed"] >= 3 }
                    // Other facts take the places of those that were lost, and more.
                    try await served.append((1...20).map { "other_\($0)" })
                    let before = served.calls["FollowFeed"]
                    try await FeedFixture.eventually("more refusals") {
                        served.calls["FollowFeed"] >= before + 3
                    }
                }
            }
            #expect(try await fixture.effects() == Array(1...40))
            #expect(try await served.sink().position().number == 40)
        }
    }
}
