import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceContextModule
import ServiceLifecycle
import Testing
import Wire

@testable import RPC

@Suite("RPC client", .timeLimit(.minutes(5)))
struct RPCClientTests {
    private func error(
        _ client: RPCClient, _ method: Method<StringValue, StringValue>, _ value: String = "",
        timeout: Duration? = nil
    ) async -> RPCError? {
        await #expect(throws: RPCError.self) {
            try await client.call(method, StringValue(value), timeout: timeout)
        }
    }

    @Test("a thousand calls at once on one connection, over unix and TCP")
    func manyCalls() async throws {
        try await withEchoServer { server in
            for address in server.addresses {
                let client = patientClient(address)
                let sum = try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for index in 0..<1000 {
                        tasks.addTask {
                            let method =
                                index % 2 == 0 ? EchoService.unary : EchoService.yielding
                            let reply = try await client.call(method, StringValue("\(index)"))
                            return Int(reply.value) ?? -1
                        }
                    }
                    return try await tasks.reduce(0, +)
                }
                #expect(sum == 999 * 1000 / 2)
                await client.close()
            }
        }
    }

    @Test("long messages both ways go through full buffers whole, each once")
    func longMessages() async throws {
        var configuration = RPCClientConfiguration()
        configuration.outboundSizeMax = 64 << 10
        configuration.timeout = .seconds(120)
        configuration.connectWait = .seconds(60)
        try await withEchoServer { server in
            let client = RPCClient(address: server.address, configuration: configuration)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for index in 0..<100 {
                    tasks.addTask {
                        let text = String(repeating: "\(index % 10)", count: 300_000 + index)
                        let method = index % 2 == 0 ? EchoService.unary : EchoService.yielding
                        let reply = try await client.call(method, StringValue(text))
                        #expect(reply.value == text)
                    }
                }
                try await tasks.waitForAll()
            }
            await client.close()
        }
    }

    @Test("metadata and trace context reach the handler, beyond suspensions")
    func metadata() async throws {
        try await withEchoServer { server in
            let client = patientClient(server.address)
            var metadata: Metadata = ["Key": "a"]
            metadata.append("b", for: "key")
            let values = try await client.call(
                EchoService.metadata, StringValue("KEY"), metadata: metadata)
            #expect(values.value == "a,b")
            var context = ServiceContext.topLevel
            context.traceParent = TraceParent(
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            let trace = try await ServiceContext.withValue(context) {
                try await client.call(EchoService.trace, StringValue(""))
            }
            #expect(trace.value == "0af7651916cd43dd8448eb211c80319c")
            let none = try await client.call(EchoService.trace, StringValue(""))
            #expect(none.value == "none")
            await client.close()
        }
    }

    @Test("deadlines end calls, the connection goes on")
    func deadline() async throws {
        try await withEchoServer { server in
            let client = patientClient(server.address)
            let late = await error(client, EchoService.sleep, timeout: .milliseconds(20))
            #expect(late?.code == .deadlineExceeded)
            let never = await error(client, EchoService.unary, timeout: .milliseconds(-1))
            #expect(never?.code == .deadlineExceeded)
            let reply = try await client.call(EchoService.unary, StringValue("a"))
            #expect(reply.value == "a")
            await client.close()
        }
    }

    @Test("a call made on behalf of another ends with it")
    func inheritedDeadline() async throws {
        try await withEchoServer { server in
            let client = patientClient(server.address)
            let outer = CallContext(service: "s", method: "m", timeout: .milliseconds(20))
            for timeout: Duration? in [nil, .seconds(600)] {
                let late = await CallContext.$current.withValue(outer) {
                    await error(client, EchoService.sleep, timeout: timeout)
                }
                #expect(late?.code == .deadlineExceeded)
            }
            await client.close()
        }
    }

    @Test("cancellation ends the call and frees its place")
    func cancellation() async throws {
        var configuration = RPCClientConfiguration()
        configuration.callsInFlightMax = 1
        try await withEchoServer { server in
            let client = RPCClient(address: server.address, configuration: configuration)
            for _ in 0..<20 {
                let call = Task { await error(client, EchoService.sleep) }
                call.cancel()
                #expect(await call.value?.code == .cancelled)
            }
            let reply = try await client.call(EchoService.unary, StringValue("a"))
            #expect(reply.value == "a")
            await client.close()
        }
    }

    @Test("requests too long for a frame fail by themselves, replies too")
    func oversize() async throws {
        try await withEchoServer { server in
            let client = patientClient(server.address)
            let long = String(repeating: "x", count: FrameHeader.payloadSizeMax)
            #expect(await error(client, EchoService.unary, long)?.code == .resourceExhausted)
            let reply = await error(client, EchoService.large, "4194304")
            #expect(reply?.code == .resourceExhausted)
            let fitting = String(repeating: "x", count: 4_000_000)
            let echo = try await client.call(EchoService.unary, StringValue(fitting))
            #expect(echo.value.utf8.count == 4_000_000)
            await client.close()
        }
    }

    @Test("without a server calls fail with UNAVAILABLE, at their deadline if that is earlier")
    func noServer() async {
        var configuration = RPCClientConfiguration()
        configuration.connectWait = .milliseconds(50)
        let client = RPCClient(
            address: .unix("/tmp/usher-rpc-nobody.sock"), configuration: configuration)
        #expect(await error(client, EchoService.unary)?.code == .unavailable)
        let late = await error(client, EchoService.unary, timeout: .milliseconds(1))
        #expect(late?.code == .deadlineExceeded)
        await client.close()
        #expect(await error(client, EchoService.unary)?.code == .unavailable)
    }

    @Test("a client waits for a server that comes late, and finds it again after a restart")
    func restart() async throws {
        let path = "/tmp/usher-rpc-\(UUID().uuidString.prefix(8)).sock"
        var configuration = RPCClientConfiguration()
        configuration.connectWait = .seconds(60)
        configuration.timeout = .seconds(120)
        let client = RPCClient(address: .unix(path), configuration: configuration)
        async let early = client.call(EchoService.unary, StringValue("early"))
        for round in 0..<2 {
            let server = RPCServer(
                router: echoRouter(), addresses: [.unix(path)],
                logger: .init(label: "test") { _ in LogRecorder() })
            let running = Task { try await server.run() }
            _ = try await server.waitUntilListening()
            // Sent again where the client has not seen yet that the server is gone.
            let reply = try await client.call(EchoService.unary, StringValue("\(round)"))
            #expect(reply.value == "\(round)")
            running.cancel()
            try await running.value
        }
        #expect(try await early.value == "early")
        await client.close()
    }

    @Test("a server that dies in the middle, without a word, ends every call exactly once")
    func serverKilled() async throws {
        let path = "/tmp/usher-rpc-\(UUID().uuidString.prefix(8)).sock"
        let goAways = CounterBox()
        var configuration = RPCClientConfiguration()
        configuration.timeout = .seconds(120)
        let client = RPCClient(address: .unix(path), configuration: configuration)
        try await withEchoServer { server in
            let relay = try await Relay.start(at: path, to: server.path, goAways: goAways)
            let codes = try await withThrowingTaskGroup(of: RPCCode.self) { tasks in
                for _ in 0..<200 {
                    tasks.addTask {
                        await error(client, EchoService.sleep)?.code ?? .ok
                    }
                }
                // Answered behind them on the same connection: all have been started.
                _ = try await client.call(EchoService.unary, StringValue("a"))
                await relay.cut()
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count == 200)
            #expect(codes.allSatisfy { $0 == .unavailable })
            #expect(goAways.count == 0)

            // One that ends in order does say a word, which the relay would have seen.
            let next = try await Relay.start(at: path, to: server.path, goAways: goAways)
            _ = try await client.call(EchoService.unary, StringValue("a"))
            await server.group.triggerGracefulShutdown()
            while goAways.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
            await client.close()
            await next.cut()
        }
    }

    @Test("idempotent calls are tried again when their connection breaks, others are not")
    func retries() async throws {
        let breaker = try await BreakingServer.start(connectionsToBreak: 2)
        var configuration = RPCClientConfiguration()
        configuration.timeout = .seconds(120)
        configuration.connectWait = .seconds(60)
        configuration.asksForExtension = false
        let client = RPCClient(address: .unix(breaker.path), configuration: configuration)
        #expect(await error(client, EchoService.yielding)?.code == .unavailable)
        #expect(breaker.requests.count == 1)
        let reply = try await client.call(EchoService.unary, StringValue("a"))
        #expect(reply.value == "")
        #expect(breaker.requests.count == 3)
        await client.close()
        try await breaker.stop()
    }

    @Test("connections are replaced before their stream ids run out")
    func retirement() async throws {
        var configuration = RPCClientConfiguration()
        configuration.callsPerConnectionMax = 3
        try await withEchoServer { server in
            let client = RPCClient(address: server.address, configuration: configuration)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for index in 0..<50 {
                    tasks.addTask {
                        let reply = try await client.call(
                            EchoService.yielding, StringValue("\(index)"))
                        #expect(reply.value == "\(index)")
                    }
                }
                try await tasks.waitForAll()
            }
            await client.close()
        }
    }

    @Test("the other address takes over when one is dead")
    func failover() async throws {
        var configuration = RPCClientConfiguration()
        configuration.connectWait = .milliseconds(50)
        try await withEchoServer { server in
            let client = RPCClient(
                addresses: [.unix("/tmp/usher-rpc-nobody.sock"), server.address],
                configuration: configuration)
            for _ in 0..<10 {
                let reply = try await client.call(EchoService.yielding, StringValue("a"))
                #expect(reply.value == "a")
            }
            await client.close()
        }
    }
}
