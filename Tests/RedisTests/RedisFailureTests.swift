import Logging
import Redis
import TestSupport
import Testing

/// What callers see when Redis, or the way to it, fails. Each test has a server of its own.
@Suite struct RedisFailureTests {
    let server: RedisServer
    let redis: RedisClient

    init() throws {
        server = try RedisServer()
        redis = RedisClient(configuration: server.configuration, logger: Logger(label: "test"))
    }

    @Test func commandsWaitForAServerThatComesBack() async throws {
        #expect(try await redis.send(["PING"]) == .status("PONG"))
        try server.stop()
        let early = Task { [redis] in try await redis.send(["PING"]) }
        try server.start()
        switch await early.result {
        case .success(let reply): #expect(reply == .status("PONG"))
        // It went out on the old connection before that was known to be broken.
        case .failure(let error): #expect((error as? RedisError)?.code == .connectionLost)
        }
        #expect(try await redis.send(["PING"]) == .status("PONG"))
    }

    @Test func withoutAServerCommandsFailInTimeAndHaveNotRun() async throws {
        try server.stop()
        let error = await #expect(throws: RedisError.self) {
            try await redis.send(["PING"], timeout: .milliseconds(50))
        }
        #expect(error?.code == .notConnected)
        #expect(error?.mayHaveRun == false)
    }

    @Test func whatWasSentMayHaveRunWhenTheConnectionBreaks() async throws {
        #expect(try await redis.send(["PING"]) == .status("PONG"))
        // Redis takes the command and does not answer it.
        let blocked = Task { [redis] () throws(RedisError) in
            try await redis.send(["BLPOP", "failure:none", 0])
        }
        try await waitForBlockedClient()
        try server.stop()
        let result = await blocked.result
        guard case .failure(let error) = result, let error = error as? RedisError else {
            Issue.record("not an error: \(result)")
            return
        }
        #expect(error.code == .connectionLost)
        #expect(error.mayHaveRun)
    }

    @Test func aDeadlineThatPassesAfterSending() async throws {
        #expect(try await redis.send(["PING"]) == .status("PONG"))
        server.freeze()
        let error = await #expect(throws: RedisError.self) {
            try await redis.send(["INCR", "failure:late"], timeout: .seconds(2))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.mayHaveRun == true)
        server.thaw()
        // Its answer comes all the same and must not be taken for that of the next command.
        #expect(try await redis.send(["ECHO", "mine"]) == .string(Array("mine".utf8)))
        #expect(try await redis.send(["GET", "failure:late"]).int() == 1)
    }

    @Test func aCancelledTaskIsAnsweredAtOnce() async throws {
        #expect(try await redis.send(["PING"]) == .status("PONG"))
        let blocked = Task { [redis] in try await redis.send(["BLPOP", "failure:none", 0]) }
        try await waitForBlockedClient()
        blocked.cancel()
        let error = await #expect(throws: RedisError.self) { try await blocked.value }
        #expect(error?.code == .cancelled)
        #expect(error?.mayHaveRun == true)
        let never = Task { [redis] in
            while !Task.isCancelled { await Task.yield() }
            return try await redis.send(["PING"])
        }
        never.cancel()
        let second = await #expect(throws: RedisError.self) { try await never.value }
        #expect(second?.code == .cancelled)
        #expect(second?.mayHaveRun == false)
    }

    @Test func aSilentServerIsGivenUp() async throws {
        var configuration = server.configuration
        configuration.silenceLimit = .seconds(2)
        let impatient = RedisClient(configuration: configuration, logger: Logger(label: "test"))
        #expect(try await impatient.send(["PING"]) == .status("PONG"))
        server.freeze()
        let error = await #expect(throws: RedisError.self) { try await impatient.send(["PING"]) }
        server.thaw()
        #expect(error?.code == .connectionLost)
        #expect(error?.mayHaveRun == true)
    }

    @Test func theScriptIsSentWholeAfterARestart() async throws {
        let script = RedisScript(name: "test", source: "return ARGV[1] .. KEYS[1]")
        func run() async throws -> [RedisReply] {
            try await redis.pipeline([
                RedisCommand(["ECHO", "a"]),
                RedisCommand(script, keys: ["k"], arguments: ["x"]),
                RedisCommand(["ECHO", "b"]),
            ])
        }
        let expected: [RedisReply] = ["a", "xk", "b"].map { .string(Array($0.utf8)) }
        #expect(try await run() == expected)
        #expect(try await redis.send(["SCRIPT", "FLUSH"]) == .status("OK"))
        #expect(try await run() == expected)
        #expect(
            try await redis.send(["SCRIPT", "EXISTS", .text(script.sha1)])
                == .array([.integer(1)]))
        try server.stop()
        try server.start()
        let alone = await eventually {
            try await redis.evaluate(script, keys: ["k"], arguments: ["y"])
                == .string(Array("yk".utf8))
        }
        #expect(alone)
    }

    @Test func aWrongPasswordIsSaid() async throws {
        var configuration = server.configuration
        configuration.password = "wrong"
        configuration.commandTimeout = .milliseconds(100)
        let client = RedisClient(configuration: configuration, logger: Logger(label: "test"))
        let error = await #expect(throws: RedisError.self) { try await client.send(["PING"]) }
        #expect(error?.code == .notConnected)

        _ = try await redis.send(["CONFIG", "SET", "requirepass", "right"])
        configuration.password = "right"
        configuration.commandTimeout = .seconds(20)
        let other = RedisClient(configuration: configuration, logger: Logger(label: "test"))
        #expect(try await other.send(["PING"]) == .status("PONG"))
    }

    private func waitForBlockedClient() async throws {
        let observer = RedisClient(
            configuration: server.configuration, logger: Logger(label: "test"))
        let isBlocked = await eventually {
            try await observer.send(["INFO", "clients"]).text().contains("blocked_clients:1")
        }
        try #require(isBlocked)
    }
}

/// True as soon as the condition holds; false when it does not within the limit. What it throws
/// counts as not yet.
func eventually(_ condition: () async throws -> Bool) async -> Bool {
    let limit = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < limit {
        if (try? await condition()) == true { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return false
}
