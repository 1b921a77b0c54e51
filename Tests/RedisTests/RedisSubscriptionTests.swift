import Logging
import Redis
import TestSupport
import Testing

@Suite struct RedisSubscriptionTests {
    let server: RedisServer
    let redis: RedisClient

    init() throws {
        server = try RedisServer()
        redis = RedisClient(configuration: server.configuration, logger: Logger(label: "test"))
    }

    private func publish(_ channel: String, _ text: String) async throws {
        _ = try await redis.send(["PUBLISH", .text(channel), .text(text)])
    }

    @Test func messagesOfChannelsAndPatternsInOrder() async throws {
        var events = redis.subscribe(channels: ["a", "b"], patterns: ["p:{*}"]).makeAsyncIterator()
        #expect(await events.next() == .subscribed)
        try await publish("a", "1")
        try await publish("other", "2")
        try await publish("p:{x}", "3")
        try await publish("b", "4")
        #expect(await events.next() == .message(channel: "a", payload: [0x31]))
        #expect(await events.next() == .message(channel: "p:{x}", payload: [0x33]))
        #expect(await events.next() == .message(channel: "b", payload: [0x34]))
    }

    @Test func aReconnectIsTold() async throws {
        var events = redis.subscribe(channels: ["a"]).makeAsyncIterator()
        #expect(await events.next() == .subscribed)
        try server.stop()
        try server.start()
        #expect(await events.next() == .subscribed)
        let wasSent = await eventually {
            try await publish("a", "1")
            return true
        }
        #expect(wasSent)
        #expect(await events.next() == .message(channel: "a", payload: [0x31]))
    }

    @Test func aSlowReaderIsToldWhatItMissed() async throws {
        var events = redis.subscribe(channels: ["a"], bufferMax: 4).makeAsyncIterator()
        #expect(await events.next() == .subscribed)
        for _ in 0..<50 { try await publish("a", "x") }
        var before = 0
        var event = await events.next()
        while case .message = event {
            before += 1
            event = await events.next()
        }
        #expect(event == .overflowed)
        #expect(before >= 4)
        #expect(before < 50)
        // Nothing is dropped without a marker after it, so a lost "y" is known to be lost.
        let last = RedisSubscriptionEvent.message(channel: "a", payload: [0x79])
        while let found = event, found != last {
            if found == .overflowed { try await publish("a", "y") }
            event = await events.next()
        }
        #expect(event == last)
    }

    @Test func cancellingTheReaderEndsTheConnection() async throws {
        func subscribers() async throws -> RedisReply {
            try await redis.send(["PUBSUB", "NUMSUB", "a"])
        }
        let reader = Task { [redis] in
            var count = 0
            for await event in redis.subscribe(channels: ["a"]) where event == .subscribed {
                count += 1
            }
            return count
        }
        let one = RedisReply.array([.string([0x61]), .integer(1)])
        let none = RedisReply.array([.string([0x61]), .integer(0)])
        #expect(await eventually { try await subscribers() == one })
        reader.cancel()
        #expect(await reader.value == 1)
        #expect(await eventually { try await subscribers() == none })
    }
}
