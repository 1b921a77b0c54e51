import Logging
import Redis
import ServiceLifecycle
import TestSupport
import Testing

@Suite struct RedisClientTests {
    let server: RedisServer
    let redis: RedisClient

    init() throws {
        server = try RedisServer.shared
        redis = RedisClient(configuration: server.configuration, logger: Logger(label: "test"))
    }

    @Test func everyKindOfReply() async throws {
        let lua =
            "return {1, 'two', false, redis.status_reply('OK'), {3}, redis.error_reply('E x')}"
        let reply = try await redis.send(["EVAL", .text(lua), 0])
        #expect(
            reply
                == .array([
                    .integer(1), .string(Array("two".utf8)), .null, .status("OK"),
                    .array([.integer(3)]), .error("E x"),
                ]))
    }

    @Test func bytesGoThroughUnchanged() async throws {
        let bytes = (0...255).map { UInt8($0) } + [13, 10, 0, 36]
        _ = try await redis.send(["SET", "client:bytes", .bytes(bytes)])
        #expect(try await redis.send(["GET", "client:bytes"]) == .string(bytes))
        _ = try await redis.send(["SET", "client:empty", ""])
        #expect(try await redis.send(["GET", "client:empty"]) == .string([]))
        #expect(try await redis.send(["GET", "client:absent"]).isNull)
    }

    @Test func largeValuesBothWays() async throws {
        let large = [UInt8](repeating: 7, count: 5 << 20)
        async let first = redis.send(["SET", "client:large1", .bytes(large)])
        async let second = redis.send(["SET", "client:large2", .bytes(large)])
        _ = try await (first, second)
        #expect(try await redis.send(["GET", "client:large1"]) == .string(large))
        #expect(try await redis.send(["STRLEN", "client:large2"]).int() == large.count)
    }

    @Test func anErrorOfRedisIsThrown() async throws {
        _ = try await redis.send(["SET", "client:text", "abc"])
        let error = await #expect(throws: RedisError.self) {
            try await redis.send(["LPUSH", "client:text", "x"])
        }
        #expect(error?.code == .server)
        #expect(error?.serverCode == "WRONGTYPE")
        await #expect(throws: RedisError.self) { try await redis.send([]) }
    }

    @Test func manyTasksShareTheConnection() async throws {
        let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    var last: Int64 = 0
                    for _ in 0..<50 {
                        last = try await redis.send(["INCR", "client:counter"]).integer()
                    }
                    return last
                }
            }
            return try await group.reduce(0) { max($0, $1) }
        }
        #expect(sum == 3_200)
    }

    @Test func aPipelineRunsInOrderAndKeepsErrorsApart() async throws {
        let replies = try await redis.pipeline([
            RedisCommand(["SET", "client:pipe", "1"]), RedisCommand(["LPUSH", "client:pipe", "x"]),
            RedisCommand(["INCR", "client:pipe"]),
        ])
        try #require(replies.count == 3)
        #expect(replies[0] == .status("OK"))
        guard case .error(let text) = replies[1] else {
            Issue.record("not an error: \(replies[1])")
            return
        }
        #expect(text.hasPrefix("WRONGTYPE"))
        #expect(replies[2] == .integer(2))
        #expect(try await redis.pipeline([]) == [])
    }

    @Test func theQueueIsBounded() async throws {
        var configuration = server.configuration
        configuration.queuedCommandsMax = 3
        let small = RedisClient(configuration: configuration, logger: Logger(label: "test"))
        let commands = Array(repeating: RedisCommand(["PING"]), count: 4)
        let error = await #expect(throws: RedisError.self) { try await small.pipeline(commands) }
        #expect(error?.code == .queueFull)
        #expect(error?.mayHaveRun == false)
    }

    @Test func afterShutdownNothingIsTaken() async throws {
        let client = RedisClient(
            configuration: server.configuration, logger: Logger(label: "test"))
        #expect(try await client.send(["PING"]) == .status("PONG"))
        await client.shutDown()
        let error = await #expect(throws: RedisError.self) { try await client.send(["PING"]) }
        #expect(error?.code == .closed)
        #expect(error?.mayHaveRun == false)
    }

    @Test func aServiceThatDrains() async throws {
        let client = RedisClient(
            configuration: server.configuration, logger: Logger(label: "test"))
        let group = ServiceGroup(services: [client], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            #expect(try await client.send(["PING"]) == .status("PONG"))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        await #expect(throws: RedisError.self) { try await client.send(["PING"]) }
    }
}
