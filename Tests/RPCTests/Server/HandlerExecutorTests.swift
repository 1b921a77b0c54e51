import Foundation
import NIOCore
import NIOPosix
import ServiceContextModule
import Testing
import Wire

@testable import RPC

/// Where handlers run.
@Suite("Handler executor", .timeLimit(.minutes(5)))
struct HandlerExecutorTests {
    private static var loop: String {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return "none" }
        return "\(ObjectIdentifier(loop))"
    }

    private actor Neighbour {
        var loop: String { HandlerExecutorTests.loop }
    }

    /// The threads that a handler has seen, one after the other.
    private func seen(_ handler: @escaping @Sendable () async throws -> [String]) async throws
        -> [String]
    {
        var router = echoRouter()
        router.handle(EchoService.unary) { _, _ in
            StringValue(try await handler().joined(separator: " "))
        }
        return try await withEchoServer(router: router) { server in
            let client = RPCClient(address: server.address)
            let reply = try await client.call(
                EchoService.unary, StringValue(), timeout: .seconds(120))
            await client.close()
            return reply.value.split(separator: " ").map(String.init)
        }
    }

    @Test("a handler stays on its connection's loop: after suspensions, in actors, in children")
    func stays() async throws {
        let neighbour = Neighbour()
        let seen = try await seen {
            var seen = [Self.loop]
            await Task.yield()
            seen.append(Self.loop)
            try await Task.sleep(for: .milliseconds(1))
            seen.append(Self.loop)
            seen.append(await neighbour.loop)
            async let child = Self.loop
            seen.append(await child)
            await withCheckedContinuation { continuation in
                Thread { continuation.resume() }.start()
            }
            seen.append(Self.loop)
            return seen
        }
        #expect(seen.count == 6)
        #expect(Set(seen).count == 1, "\(seen)")
        #expect(!seen.contains("none"))
    }

    @Test("work that takes long leaves the loop, and comes back")
    func offLoop() async throws {
        let seen = try await seen {
            let off = try await runOffLoop { Self.loop }
            return [off, Self.loop]
        }
        #expect(seen.first == "none")
        #expect(seen.last != "none")
    }

    @Test("a method that is kept off the loop is served, and so are its errors and its deadline")
    func keptOffLoop() async throws {
        var router = echoRouter()
        router.handle(EchoService.unary) { request, _ in
            if request.value == "fail" { throw RPCError(.notFound, "no") }
            if request.value == "sleep" { try await waitUntilCancelled() }
            return StringValue("\(Self.loop) \(CallContext.current?.method ?? "nothing")")
        }
        router.keepOffLoop(EchoService.unary)
        try await withEchoServer(router: router) { server in
            let client = RPCClient(address: server.address)
            let reply = try await client.call(
                EchoService.unary, StringValue(), timeout: .seconds(120))
            #expect(reply.value == "none Unary")
            await #expect(throws: RPCError(.notFound, "no")) {
                try await client.call(
                    EchoService.unary, StringValue("fail"), timeout: .seconds(120))
            }
            let late = await #expect(throws: RPCError.self) {
                try await client.call(
                    EchoService.unary, StringValue("sleep"), timeout: .milliseconds(20))
            }
            #expect(late?.code == .deadlineExceeded)
            await client.close()
        }
    }

    @Test("a handler that never stops suspending does not keep the loop from its other calls")
    func busy() async throws {
        var router = echoRouter()
        router.handle(EchoService.sleep) { request, _ in
            while !Task.isCancelled { await Task.yield() }
            return request
        }
        try await withEchoServer(router: router) { server in
            let client = RPCClient(address: server.address)
            let busy = Task {
                try await client.call(EchoService.sleep, StringValue(), timeout: .seconds(240))
            }
            for index in 0..<100 {
                let reply = try await client.call(
                    EchoService.yielding, StringValue("\(index)"), timeout: .seconds(120))
                #expect(reply.value == "\(index)")
            }
            busy.cancel()
            _ = await busy.result
            await client.close()
        }
    }

    @Test("streams that never end to peers that read them all do not keep others from their calls")
    func floods() async throws {
        try await withEchoServer { server in
            let received = CounterBox()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let peer = try await RawPeer.connect(to: server.path)
                        var frame = requestFrame(streamID: 1, method: "Flood", value: "10000")
                        frame.flags = .remoteClosed
                        try await peer.send(frame)
                        while !Task.isCancelled {
                            _ = try await peer.receive()
                            received.add()
                        }
                        try await peer.close()
                    }
                }
                while received.count < 100 { try await Task.sleep(for: .milliseconds(1)) }
                for index in 0..<50 {
                    let client = patientClient(server.address)
                    let reply = try await client.call(EchoService.yielding, StringValue("\(index)"))
                    #expect(reply.value == "\(index)")
                    await client.close()
                }
                group.cancelAll()
                while (try? await group.next()) != nil {}
            }
        }
    }

    @Test("handlers of many connections that wait for one event are answered all together")
    func together() async throws {
        let (waiting, gate) = (CounterBox(), CounterBox())
        var router = echoRouter()
        router.handle(EchoService.unary) { request, _ in
            waiting.add()
            while gate.count == 0 { try await Task.sleep(for: .milliseconds(2)) }
            return request
        }
        try await withEchoServer(router: router) { server in
            let clients = (0..<8).map { _ in RPCClient(address: server.address) }
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<800 {
                    group.addTask {
                        let reply = try await clients[index % 8].call(
                            EchoService.unary, StringValue("\(index)"), timeout: .seconds(240))
                        return reply.value == "\(index)"
                    }
                }
                while waiting.count < 800 { try await Task.sleep(for: .milliseconds(2)) }
                gate.add()
                for try await isRight in group { #expect(isRight) }
            }
            for client in clients { await client.close() }
        }
    }
}
