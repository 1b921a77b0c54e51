import Foundation
import Logging
import Metrics
import MetricsTestKit
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing
import Wire

@testable import RPC

/// What two peers do beyond ttrpc, over real sockets.
@Suite("Extra frames", .timeLimit(.minutes(5)))
struct ExtensionTests {
    private static let patience = Duration.seconds(120)

    /// Waits as long as it takes; the suite's time limit is the bound.
    private func until(_ isTrue: () throws -> Bool) async throws {
        while try !isTrue() { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Handlers that wait until they are cancelled, and count that.
    private func waitingRouter(_ started: CounterBox, _ cancelled: CounterBox) -> CallRouter {
        @Sendable func wait() async throws {
            started.add()
            do {
                try await waitUntilCancelled()
            } catch {
                cancelled.add()
                throw error
            }
        }
        var router = echoRouter()
        router.handle(EchoService.sleep) { request, _ in
            try await wait()
            return request
        }
        router.handleServerStream(EchoService.flood) { request, responses, _ in
            try await responses.write(request)
            try await wait()
        }
        return router
    }

    @Test("a cancelled call cancels its handler and counts as cancelled, an abandoned stream too")
    func cancel() async throws {
        let (started, cancelled) = (CounterBox(), CounterBox())
        let metrics = TestMetrics()
        try await withEchoServer(router: waitingRouter(started, cancelled), metrics: metrics) {
            server in
            let client = patientClient(server.address)
            let call = Task {
                try await client.call(EchoService.sleep, StringValue(), timeout: Self.patience)
            }
            try await until { started.count == 1 }
            call.cancel()
            try await until { cancelled.count == 1 }
            try await client.withServerStream(
                EchoService.flood, StringValue("a"), timeout: Self.patience
            ) { messages in
                var messages = messages.makeAsyncIterator()
                let first = try await messages.next()
                #expect(first?.value == "a")
            }
            try await until { cancelled.count == 2 }
            for (type, method) in [("unary", "Sleep"), ("server_stream", "Flood")] {
                let counted = try metrics.expectCounter(
                    "grpc_server_handled_total",
                    [
                        ("grpc_type", type), ("grpc_service", EchoService.name),
                        ("grpc_method", method), ("grpc_code", "Canceled"),
                    ])
                // Counted just after the handler has ended.
                try await until { counted.totalValue == 1 }
            }
            await client.close()
        }
    }

    @Test("a call that is cancelled before the server has answered the Hello is told later")
    func earlyCancel() async throws {
        let (started, cancelled) = (CounterBox(), CounterBox())
        try await withEchoServer(router: waitingRouter(started, cancelled)) { server in
            for _ in 0..<50 {
                let client = patientClient(server.address)
                let before = started.count
                let call = Task {
                    try await client.call(
                        EchoService.sleep, StringValue(), timeout: Self.patience)
                }
                await Task.yield()
                call.cancel()
                _ = await call.result
                // Either it was never sent, or its handler ends.
                _ = try await client.call(EchoService.unary, StringValue())
                try await until { started.count == before || cancelled.count == started.count }
                await client.close()
            }
        }
    }

    @Test("a reader that stands still holds up its stream alone, and loses nothing")
    func slowReader() async throws {
        let written = CounterBox()
        var router = echoRouter()
        router.handleServerStream(EchoService.flood) { request, responses, _ in
            for index in 0..<3000 {
                try await responses.write(
                    StringValue("\(index) " + String(repeating: "x", count: 1000)))
                written.add()
            }
        }
        try await withEchoServer(router: router) { server in
            let client = patientClient(server.address)
            _ = try await client.call(EchoService.unary, StringValue(), timeout: Self.patience)
            try await client.withServerStream(
                EchoService.flood, StringValue(), timeout: Self.patience
            ) { messages in
                // 256 KiB of 1,130 each, and what one message is over.
                try await until { written.count >= 200 }
                for index in 0..<200 {
                    let reply = try await client.call(
                        EchoService.yielding, StringValue("\(index)"), timeout: Self.patience)
                    #expect(reply.value == "\(index)")
                }
                #expect(written.count <= 256 * 1024 / 1130 + 2)
                var count = 0
                for try await message in messages {
                    #expect(message.value.hasPrefix("\(count) "))
                    count += 1
                }
                #expect(count == 3000)
            }
            await client.close()
        }
    }

    @Test("a handler that stands still holds up its client alone, and loses nothing")
    func slowHandler() async throws {
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let written = CounterBox()
        var router = echoRouter()
        router.handleClientStream(EchoService.up) { requests, _ in
            for await _ in gate { break }
            var count = 0
            for try await request in requests {
                guard request.value.hasPrefix("\(count) ") else { break }
                count += 1
            }
            return StringValue("\(count)")
        }
        try await withEchoServer(router: router) { server in
            let client = patientClient(server.address)
            // The Hello is answered before this call is, so the window is agreed on.
            _ = try await client.call(EchoService.unary, StringValue(), timeout: Self.patience)
            async let reply = client.withClientStream(EchoService.up, timeout: Self.patience) {
                requests in
                for index in 0..<3000 {
                    try await requests.write(
                        StringValue("\(index) " + String(repeating: "x", count: 1000)))
                    written.add()
                }
            }
            try await until { written.count >= 200 }
            for _ in 0..<200 {
                _ = try await client.call(
                    EchoService.yielding, StringValue(), timeout: Self.patience)
            }
            #expect(written.count <= 256 * 1024 / 1130 + 2)
            opening.yield()
            #expect(try await reply.value == "3000")
            await client.close()
        }
    }

    @Test("messages longer than the window pass")
    func longMessages() async throws {
        try await withEchoServer { server in
            let client = patientClient(server.address)
            let text = String(repeating: "x", count: 3 << 20)
            try await client.withBidirectionalStream(EchoService.bidi, timeout: Self.patience) {
                requests, responses in
                var responses = responses.makeAsyncIterator()
                for _ in 0..<5 {
                    try await requests.write(StringValue(text))
                    #expect(try await responses.next()?.value == text)
                }
            }
            await client.close()
        }
    }

    @Test("a plain server never sees a frame that ttrpc does not know")
    func plainServer() async throws {
        let (hellos, sleeps, foreign) = (CounterBox(), CounterBox(), CounterBox())
        let server = try await FrameServer.start { frame, _ in
            if frame.type != .request, frame.type != .data { foreign.add() }
            if frame.isHello {
                hellos.add()
                var reply = ByteBuffer()
                let error = RPCError(.unimplemented, "no")
                reply.writeErrorFrame(streamID: frame.streamID, error: error, sizeMax: 1000)
                reply.moveReaderIndex(forwardBy: FrameHeader.size)
                return [Frame(streamID: frame.streamID, type: .response, payload: reply)]
            }
            // The sleeping ones stay without an answer; streams get 2,000 messages.
            let text = String(buffer: frame.payload)
            if text.contains("Sleep") { sleeps.add() }
            if text.contains("Sleep") || frame.type != .request { return [] }
            guard text.contains("Flood") else { return [frame.emptyReply()] }
            return (0..<200).map { _ in
                Frame(
                    streamID: frame.streamID, type: .data,
                    payload: ByteBuffer(repeating: 0, count: 0))
            } + [Frame(streamID: frame.streamID, type: .data, flags: [.remoteClosed, .noData])]
        }
        var configuration = RPCClientConfiguration()
        configuration.keepAlive = KeepAliveSettings(
            interval: .milliseconds(5), timeout: .milliseconds(5))
        let client = RPCClient(address: .unix(server.path), configuration: configuration)
        _ = try await client.call(EchoService.unary, StringValue())
        let call = Task {
            try await client.call(EchoService.sleep, StringValue(), timeout: Self.patience)
        }
        try await until { sleeps.count == 1 }
        call.cancel()
        _ = await call.result
        try await client.withServerStream(EchoService.flood, StringValue()) { messages in
            let count = try await messages.reduce(0) { count, _ in count + 1 }
            #expect(count == 200)
        }
        _ = try await client.withClientStream(EchoService.up) { requests in
            for _ in 0..<2000 {
                try await requests.write(StringValue(String(repeating: "x", count: 100)))
            }
        }
        // Long enough for several pings, if there were any.
        try await Task.sleep(for: .milliseconds(50))
        await client.close()
        try await server.stop()
        #expect(hellos.count == 1)
        #expect(foreign.count == 0)
    }

    @Test("calls do not wait for the Hello's answer, not even for one that never comes")
    func unansweredHello() async throws {
        let server = try await FrameServer.start { frame, _ in
            frame.isHello || frame.type != .request ? [] : [frame.emptyReply()]
        }
        var configuration = RPCClientConfiguration()
        configuration.connectTimeout = .milliseconds(50)
        let client = RPCClient(address: .unix(server.path), configuration: configuration)
        _ = try await client.call(EchoService.unary, StringValue(), timeout: Self.patience)
        // More than the smallest window: it goes on once the server counts as plain.
        let text = String(repeating: "x", count: 50_000)
        _ = try await client.withClientStream(EchoService.deaf, timeout: Self.patience) {
            requests in
            for _ in 0..<4 { try? await requests.write(StringValue(text)) }
        }
        await client.close()
        try await server.stop()
    }

    @Test("a Hello that is answered late counts: until then 64 KiB go, then the server's window")
    func lateHello() async throws {
        // 1,000 messages of 1,131 bytes of window each.
        let cost = StreamWindow.cost(1003)
        let received = CounterBox()
        let server = try await FrameServer.start { frame, _ in
            if frame.type == .data, frame.payload.readableBytes > 0 { received.add() }
            if frame.flags.contains(.remoteClosed) { return [frame.emptyReply()] }
            // Nothing is said before the first call of this method, long after Hello.
            guard frame.type == .request, String(buffer: frame.payload).contains("Yielding") else {
                return []
            }
            return frame.streamID == 5
                ? [helloAnswer(streamWindow: 100_000), frame.emptyReply()]
                : [numberFrame(.window, streamID: 3, 1 << 30), frame.emptyReply()]
        }
        var configuration = RPCClientConfiguration()
        configuration.connectTimeout = .milliseconds(20)
        configuration.keepAlive = nil
        let client = RPCClient(address: .unix(server.path), configuration: configuration)
        let text = String(repeating: "x", count: 1000)
        let writing = Task {
            try await client.withClientStream(EchoService.deaf, timeout: Self.patience) { writer in
                for _ in 0..<1000 { try await writer.write(StringValue(text)) }
            }
        }
        func expect(bytes: Int) async throws {
            // One message may begin within the window and end behind it.
            let count = (bytes + cost - 1) / cost
            try await until { received.count >= count }
            // Twenty times as long as the client waits for the answer.
            try await Task.sleep(for: .milliseconds(400))
            #expect(received.count == count)
        }
        try await expect(bytes: StreamWindow.sizeMin)
        _ = try await client.call(EchoService.yielding, StringValue(), timeout: Self.patience)
        try await expect(bytes: 100_000)
        _ = try await client.call(EchoService.yielding, StringValue(), timeout: Self.patience)
        _ = try await writing.value
        #expect(received.count == 1000)
        await client.close()
        try await server.stop()
    }

    @Test("a server that falls silent is noticed, and its connection replaced")
    func deadServer() async throws {
        // The first connection says Hello and then nothing.
        let server = try await FrameServer.start { frame, connection in
            if frame.isHello { return [helloAnswer(streamID: frame.streamID)] }
            guard connection > 1 else { return [] }
            if frame.type == .ping { return [Frame(streamID: 1, type: .pong)] }
            return frame.type == .request ? [frame.emptyReply()] : []
        }
        var configuration = RPCClientConfiguration()
        configuration.keepAlive = KeepAliveSettings(
            interval: .milliseconds(20), timeout: .milliseconds(200))
        let client = RPCClient(address: .unix(server.path), configuration: configuration)
        let lost = await #expect(throws: RPCError.self) {
            try await client.call(EchoService.yielding, StringValue(), timeout: Self.patience)
        }
        #expect(lost?.code == .unavailable)
        _ = try await client.call(EchoService.unary, StringValue(), timeout: Self.patience)
        await client.close()
        try await server.stop()
    }

    /// A client that has said Hello and waits for a handler.
    private func waitingPeer(_ path: String) async throws -> RawPeer {
        let peer = try await RawPeer.connect(to: path)
        var bytes = ByteBuffer()
        bytes.writeFrame(helloFrame())
        bytes.writeFrame(requestFrame(streamID: 3, method: "Sleep", value: ""))
        try await peer.send(bytes)
        #expect(try await peer.receive().streamID == 1)
        return peer
    }

    @Test("a client that falls silent loses its connection, its handlers are cancelled")
    func deadClient() async throws {
        let (started, cancelled) = (CounterBox(), CounterBox())
        var configuration = RPCServerConfiguration()
        configuration.limits.keepAlive = KeepAliveSettings(
            interval: .milliseconds(20), timeout: .milliseconds(50))
        try await withEchoServer(
            configuration: configuration, router: waitingRouter(started, cancelled)
        ) { server in
            let silent = try await waitingPeer(server.path)
            #expect(try await silent.receive().type == .ping)
            await #expect(throws: RawPeer.Closed.self) { try await silent.receive() }
            try await until { cancelled.count == 1 }
        }
    }

    @Test("a client that has said Hello and closes half has gone, its handlers are cancelled")
    func halfClosed() async throws {
        let (started, cancelled) = (CounterBox(), CounterBox())
        try await withEchoServer(router: waitingRouter(started, cancelled)) { server in
            let gone = try await waitingPeer(server.path)
            try await gone.closeOutput()
            try await until { cancelled.count == 1 }
            await #expect(throws: RawPeer.Closed.self) { try await gone.receive() }
        }
    }

    @Test(
        "a plain client is never sent a frame that ttrpc does not know, however long it is silent")
    func plainClient() async throws {
        var configuration = RPCServerConfiguration()
        configuration.limits.keepAlive = KeepAliveSettings(
            interval: .milliseconds(5), timeout: .milliseconds(5))
        try await withEchoServer(configuration: configuration) { server in
            let peer = try await RawPeer.connect(to: server.path)
            try await peer.send(unaryRequest(streamID: 1, value: "a"))
            #expect(try await peer.receive().type == .response)
            try await Task.sleep(for: .milliseconds(50))
            try await peer.send(unaryRequest(streamID: 3, value: "a"))
            #expect(try await peer.receive().streamID == 3)
            await server.group.triggerGracefulShutdown()
            await #expect(throws: RawPeer.Closed.self) { try await peer.receive() }
        }
    }

    @Test("a flood of pings closes its connection alone")
    func pingFlood() async throws {
        try await withEchoServer { server in
            let peer = try await RawPeer.connect(to: server.path)
            try await peer.send(helloFrame())
            #expect(try await peer.receive().type == .response)
            var bytes = ByteBuffer()
            for _ in 0..<1000 { bytes.writePingFrame() }
            peer.post(bytes)
            await #expect(throws: RawPeer.Closed.self) {
                for _ in 0..<1000 {
                    let frame = try await peer.receive()
                    #expect(frame.type == .pong)
                }
            }
            let client = patientClient(server.address)
            _ = try await client.call(EchoService.unary, StringValue("a"))
            await client.close()
        }
    }

    @Test("a method's limit holds for all connections, other methods go on")
    func methodLimit() async throws {
        let (started, cancelled) = (CounterBox(), CounterBox())
        var router = waitingRouter(started, cancelled)
        router.limit(EchoService.sleep, callsInFlightMax: 3)
        var configuration = RPCClientConfiguration()
        configuration.connectionsPerAddress = 2
        try await withEchoServer(router: router) { server in
            let client = RPCClient(address: server.address, configuration: configuration)
            let calls = (0..<3).map { _ in
                Task {
                    try await client.call(
                        EchoService.sleep, StringValue(), timeout: Self.patience)
                }
            }
            try await until { started.count == 3 }
            let refused = await #expect(throws: RPCError.self) {
                try await client.call(
                    EchoService.sleep, StringValue(), timeout: Self.patience)
            }
            #expect(refused?.code == .resourceExhausted)
            _ = try await client.call(EchoService.unary, StringValue(), timeout: Self.patience)
            for call in calls { call.cancel() }
            try await until { cancelled.count == 3 }
            await client.close()
        }
    }
}
