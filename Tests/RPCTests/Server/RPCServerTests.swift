import Foundation
import Logging
import NIOCore
import ServiceLifecycle
import Testing
import Wire

@testable import RPC

@Suite("RPC server", .timeLimit(.minutes(1)))
struct RPCServerTests {
    private func code(_ frame: Frame) -> RPCCode {
        switch ResponseEnvelope.decode(frame.payload) {
        case .success: .ok
        case .failure(let error): error.code
        }
    }

    @Test("garbage closes that connection and no other")
    func garbage() async throws {
        try await withEchoServer { server in
            let good = try await RawPeer.connect(to: server.path)
            for text in ["GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}", "\u{7F}"] {
                let bad = try await RawPeer.connect(to: server.path)
                try await bad.send(ByteBuffer(string: text))
                await #expect(throws: RawPeer.Closed.self) { try await bad.receive() }
            }
            try await good.send(unaryRequest(streamID: 1, value: "a"))
            #expect(try await good.receive().payload.hex == "12030a0161")
        }
    }

    @Test("a peer that has closed its side still gets its replies, then the connection ends")
    func halfClose() async throws {
        try await withEchoServer { server in
            let peer = try await RawPeer.connect(to: server.path)
            for id: UInt32 in [1, 3] {
                try await peer.send(requestFrame(streamID: id, method: "Yielding", value: "a"))
            }
            try await peer.closeOutput()
            let ids = try await [peer.receive().streamID, peer.receive().streamID]
            #expect(ids.sorted() == [1, 3])
            await #expect(throws: RawPeer.Closed.self) { try await peer.receive() }
        }
    }

    @Test("closing a connection cancels its handlers")
    func closeCancels() async throws {
        let (ended, continuation) = AsyncStream<String>.makeStream()
        struct Watcher: ServerInterceptor {
            let continuation: AsyncStream<String>.Continuation
            func intercept(
                _ request: ByteBuffer, context: CallContext, next: CallHandler
            ) async throws -> [UInt8] {
                continuation.yield("started")
                do {
                    return try await next(request, context)
                } catch {
                    continuation.yield("\(type(of: error))")
                    throw error
                }
            }
        }
        try await withEchoServer(interceptors: [Watcher(continuation: continuation)]) { server in
            let peer = try await RawPeer.connect(to: server.path)
            try await peer.send(requestFrame(streamID: 1, method: "Sleep", value: ""))
            var events = ended.makeAsyncIterator()
            #expect(await events.next() == "started")
            try await peer.close()
            #expect(await events.next() == "CancellationError")
        }
    }

    @Test("a reply too long for a frame fails its call alone")
    func oversizeReply() async throws {
        try await withEchoServer { server in
            let peer = try await RawPeer.connect(to: server.path)
            try await peer.send(requestFrame(streamID: 1, method: "Large", value: "4194304"))
            #expect(code(try await peer.receive()) == .resourceExhausted)
            try await peer.send(requestFrame(streamID: 3, method: "Large", value: "4194290"))
            let largest = try await peer.receive()
            #expect(code(largest) == .ok)
            #expect(largest.payload.readableBytes <= FrameHeader.payloadSizeMax)
        }
    }

    @Test("a peer that does not read is not read, and gets all its replies when it does")
    func slowReader() async throws {
        var configuration = RPCServerConfiguration()
        configuration.limits.outboundSizeMax = 64 << 10
        let count: UInt32 = 400
        struct Counter: ServerInterceptor {
            let add: @Sendable () -> Void
            func intercept(
                _ request: ByteBuffer, context: CallContext, next: CallHandler
            ) async throws -> [UInt8] {
                add()
                return try await next(request, context)
            }
        }
        let started = CounterBox()
        try await withEchoServer(
            configuration: configuration, interceptors: [Counter { started.add() }]
        ) { server in
            let slow = try await RawPeer.connect(to: server.path, autoRead: false)
            var requests = ByteBuffer()
            for index in 0..<count {
                requests.writeFrame(
                    requestFrame(streamID: index * 2 + 1, method: "Large", value: "50000"))
            }
            slow.post(requests)
            // Others notice nothing.
            let other = try await RawPeer.connect(to: server.path)
            for index: UInt32 in 0..<50 {
                try await other.send(unaryRequest(streamID: index * 2 + 1, value: "a"))
                #expect(code(try await other.receive()) == .ok)
            }
            // 20 MB of replies were asked for; limit and socket buffers hold only a part of them.
            #expect(started.count < 50 + Int(count) / 4)
            try await slow.startReading()
            var answered: Set<UInt32> = []
            for _ in 0..<count {
                let frame = try await slow.receive()
                #expect(frame.payload.readableBytes > 50_000)
                answered.insert(frame.streamID)
            }
            #expect(answered.count == Int(count))
            // Nothing came twice.
            try await slow.send(unaryRequest(streamID: 9999, value: "a"))
            #expect(try await slow.receive().streamID == 9999)
        }
    }

    @Test("errors that are no RPCError tell nothing to the caller and one line to the log")
    func handlerErrors() async throws {
        let log = LogRecorder()
        try await withEchoServer(log: log) { server in
            let client = patientClient(server.address)
            let hidden = await #expect(throws: RPCError.self) {
                try await client.call(EchoService.fail, StringValue("secret"))
            }
            #expect(hidden == RPCError(.internal, "internal error"))
            let shown = await #expect(throws: RPCError.self) {
                try await client.call(EchoService.fail, StringValue("detail"))
            }
            #expect(shown?.code == .failedPrecondition)
            #expect(shown?.detail(StringValue.self) == StringValue("detail"))
            await client.close()
        }
        #expect(log.lines.filter { $0 == "error RPC handler failed" }.count == 1)
    }

    @Test("a handler that was cancelled is nobody's fault, whatever it throws")
    func cancelledHandlers() async throws {
        let (log, started, ended) = (LogRecorder(), CounterBox(), CounterBox())
        var router = echoRouter()
        router.handle(EchoService.sleep) { _, _ in
            started.add()
            defer { ended.add() }
            try? await waitUntilCancelled()
            throw CocoaError(.fileNoSuchFile)
        }
        var configuration = RPCServerConfiguration()
        configuration.drainTimeout = .milliseconds(1)
        try await withEchoServer(configuration: configuration, router: router, log: log) { server in
            let client = patientClient(server.address)
            // By its peer, by its deadline, at shutdown.
            let cancelled = Task {
                try await client.call(EchoService.sleep, StringValue(), timeout: .seconds(240))
            }
            while started.count < 1 { try await Task.sleep(for: .milliseconds(1)) }
            cancelled.cancel()
            while ended.count < 1 { try await Task.sleep(for: .milliseconds(1)) }
            while started.count < 2 {
                _ = try? await client.call(
                    EchoService.sleep, StringValue(), timeout: .milliseconds(20))
            }
            let before = started.count
            let last = Task {
                try await client.call(EchoService.sleep, StringValue(), timeout: .seconds(240))
            }
            while started.count == before { try await Task.sleep(for: .milliseconds(1)) }
            await server.group.triggerGracefulShutdown()
            _ = await last.result
            await client.close()
        }
        while ended.count < started.count { try await Task.sleep(for: .milliseconds(1)) }
        #expect(!log.lines.contains { $0.hasPrefix("error") }, "\(log.lines)")
    }

    @Test("shutdown lets running calls end and refuses new connections")
    func drain() async throws {
        let (started, continuation) = AsyncStream<Void>.makeStream()
        let (release, releasing) = AsyncStream<Void>.makeStream()
        struct Gate: ServerInterceptor {
            let started: AsyncStream<Void>.Continuation
            let release: AsyncStream<Void>
            func intercept(
                _ request: ByteBuffer, context: CallContext, next: CallHandler
            ) async throws -> [UInt8] {
                started.yield()
                for await _ in release { break }
                return try await next(request, context)
            }
        }
        try await withEchoServer(interceptors: [Gate(started: continuation, release: release)]) {
            server in
            let peer = try await RawPeer.connect(to: server.path)
            try await peer.send(unaryRequest(streamID: 1, value: "a"))
            for await _ in started { break }
            await server.group.triggerGracefulShutdown()
            // The socket file goes before the calls end.
            while FileManager.default.fileExists(atPath: server.path) { await Task.yield() }
            releasing.yield()
            #expect(try await peer.receive().payload.hex == "12030a0161")
            await #expect(throws: RawPeer.Closed.self) { try await peer.receive() }
        }
    }

    @Test("calls that outlast the drain are cancelled")
    func drainDeadline() async throws {
        var configuration = RPCServerConfiguration()
        configuration.drainTimeout = .milliseconds(20)
        try await withEchoServer(configuration: configuration) { server in
            let peer = try await RawPeer.connect(to: server.path)
            try await peer.send(requestFrame(streamID: 1, method: "Sleep", value: ""))
            try await peer.send(unaryRequest(streamID: 3, value: "a"))
            #expect(try await peer.receive().streamID == 3)
            await server.group.triggerGracefulShutdown()
            await #expect(throws: RawPeer.Closed.self) { try await peer.receive() }
        }
    }

    @Test("a socket file is the owner's alone, and is replaced only when nobody answers on it")
    func socketFile() async throws {
        try await withEchoServer { server in
            let attributes = try FileManager.default.attributesOfItem(atPath: server.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let second = RPCServer(
                router: echoRouter(), addresses: [.unix(server.path)],
                logger: .init(label: "test") { _ in LogRecorder() })
            let error = await #expect(throws: RPCServerError.self) { try await second.run() }
            #expect(error?.code == .addressInUse)
            await #expect(throws: RPCServerError.self) { try await second.waitUntilListening() }
            // The first one was not disturbed.
            let peer = try await RawPeer.connect(to: server.path)
            try await peer.send(unaryRequest(streamID: 1, value: "a"))
            #expect(code(try await peer.receive()) == .ok)
        }
    }

    @Test("paths that are too long or not sockets are refused")
    func badPaths() async throws {
        let file = "/tmp/usher-rpc-\(UUID().uuidString)"
        #expect(FileManager.default.createFile(atPath: file, contents: Data("keep".utf8)))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let cases: [(String, RPCServerError.Code)] = [
            (file, .notASocket), ("/tmp/" + String(repeating: "x", count: 103), .socketPathTooLong),
        ]
        for (path, expected) in cases {
            let server = RPCServer(
                router: echoRouter(), addresses: [.unix(path)],
                logger: .init(label: "test") { _ in LogRecorder() })
            let error = await #expect(throws: RPCServerError.self) { try await server.run() }
            #expect(error?.code == expected)
        }
        #expect(FileManager.default.contents(atPath: file) == Data("keep".utf8))
    }

    @Test("connections are limited")
    func connections() async throws {
        var configuration = RPCServerConfiguration()
        configuration.connectionsMax = 1
        try await withEchoServer(configuration: configuration) { server in
            let first = try await RawPeer.connect(to: server.path)
            try await first.send(unaryRequest(streamID: 1, value: "a"))
            #expect(code(try await first.receive()) == .ok)
            let second = try await RawPeer.connect(to: server.path)
            await #expect(throws: RawPeer.Closed.self) { try await second.receive() }
        }
    }

    @Test("health answers about services, without interceptors")
    func health() async throws {
        struct Deny: ServerInterceptor {
            func intercept(
                _ request: ByteBuffer, context: CallContext, next: CallHandler
            ) async throws -> [UInt8] {
                throw RPCError(.unauthenticated, "no")
            }
        }
        var configuration = RPCServerConfiguration()
        configuration.version = "1.2.3"
        configuration.isReady = { $0 != "bench.Echo" }
        try await withEchoServer(configuration: configuration, interceptors: [Deny()]) { server in
            let client = patientClient(server.address)
            let expected: [(String, ServingState)] = [
                ("", .serving), ("bench.Echo", .notServing), ("usher.rpc.v1.Health", .serving),
                ("nope", .unknown),
            ]
            for (service, state) in expected {
                let answer = try await client.call(
                    HealthService.check, HealthCheckRequest.with { $0.service = service })
                #expect(answer.state == state)
                #expect(answer.version == "1.2.3")
            }
            let denied = await #expect(throws: RPCError.self) {
                try await client.call(EchoService.unary, StringValue("a"))
            }
            #expect(denied?.code == .unauthenticated)
            await client.close()
        }
    }
}
