import NIOCore
import Testing
import Wire

@testable import RPC

/// Streams of our client on our server, over a real socket.
@Suite("Streams")
struct StreamTests {
    private func withClient<R>(
        server: RPCServerConfiguration = RPCServerConfiguration(), isPlain: Bool = false,
        _ body: (RPCClient) async throws -> R
    ) async throws -> R {
        try await withEchoServer(configuration: server) { server in
            // Longer than any machine is busy.
            var configuration = RPCClientConfiguration()
            configuration.timeout = .seconds(120)
            configuration.asksForExtension = !isPlain
            let client = RPCClient(address: server.address, configuration: configuration)
            let result: R
            do {
                result = try await body(client)
            } catch {
                await client.close()
                throw error
            }
            await client.close()
            return result
        }
    }

    private func code(_ body: () async throws -> Void) async -> RPCCode? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? RPCError)?.code
        }
    }

    @Test("a server stream, to its end")
    func serverStream() async throws {
        try await withClient { client in
            let values = try await client.withServerStream(EchoService.down, StringValue("a")) {
                messages in
                var values: [String] = []
                for try await message in messages { values.append(message.value) }
                return values
            }
            #expect(values == ["a", "a", "a"])
        }
    }

    @Test("a client stream of many messages, empty ones too", arguments: [0, 1, 10_000])
    func clientStream(count: Int) async throws {
        try await withClient { client in
            let reply = try await client.withClientStream(EchoService.up) { requests in
                for _ in 0..<count { try await requests.write(StringValue()) }
            }
            #expect(reply.value == "\(count)")
        }
    }

    @Test("both ways, each answer before the next message; 50 streams at once")
    func bidirectional() async throws {
        try await withClient { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for stream in 0..<50 {
                    group.addTask {
                        try await client.withBidirectionalStream(EchoService.bidi) {
                            requests, responses in
                            var responses = responses.makeAsyncIterator()
                            for index in 0..<100 {
                                try await requests.write(StringValue("\(stream) \(index)"))
                                #expect(
                                    try await responses.next()?.value == "\(stream) \(index)")
                            }
                            requests.finish()
                            #expect(try await responses.next() == nil)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("an error ends a stream after the messages before it")
    func failure() async throws {
        try await withClient { client in
            try await client.withBidirectionalStream(EchoService.breakOff) { _, responses in
                var responses = responses.makeAsyncIterator()
                for _ in 0..<2 {
                    let message = try await responses.next()
                    #expect(message?.value == "a")
                }
                let code = await code { _ = try await responses.next() }
                #expect(code == .aborted)
            }
        }
    }

    @Test("deadlines end streams on both sides")
    func deadline() async throws {
        try await withClient { client in
            let reading = await code {
                try await client.withBidirectionalStream(
                    EchoService.bidi, timeout: .milliseconds(50)
                ) { _, responses in
                    for try await _ in responses {}
                }
            }
            #expect(reading == .deadlineExceeded)
            let answer = await code {
                _ = try await client.withClientStream(
                    EchoService.deaf, timeout: .milliseconds(50)
                ) { _ in }
            }
            #expect(answer == .deadlineExceeded)
        }
    }

    @Test("cancelling the caller's task ends its stream with CANCELLED")
    func cancellation() async throws {
        try await withClient { client in
            let caller = Task {
                try await client.withBidirectionalStream(EchoService.bidi) { _, responses in
                    for try await _ in responses {}
                }
            }
            caller.cancel()
            let code = await code { try await caller.value }
            #expect(code == .cancelled)
            let after = try await client.call(EchoService.unary, StringValue("a"))
            #expect(after.value == "a")
        }
    }

    @Test("a method that is of another kind, or is not there, is refused at once")
    func refused() async throws {
        try await withClient { client in
            let unknown = Method<StringValue, StringValue>(
                EchoService.name, "Nope", kind: .bidirectional)
            let code = await code {
                try await client.withBidirectionalStream(unknown) { _, responses in
                    for try await _ in responses {}
                }
            }
            #expect(code == .unimplemented)
        }
    }

    @Test("a plain client that is faster than the method loses its stream, not its connection")
    func overflow() async throws {
        var configuration = RPCServerConfiguration()
        configuration.limits.stream.messagesMax = 16
        try await withClient(server: configuration, isPlain: true) { client in
            let code = await code {
                _ = try await client.withClientStream(EchoService.deaf) { requests in
                    while true { try await requests.write(StringValue("x")) }
                }
            }
            #expect(code == .resourceExhausted)
            let after = try await client.call(EchoService.unary, StringValue("a"))
            #expect(after.value == "a")
        }
    }

    @Test("a plain server that is faster than the reader loses that stream, not the connection")
    func clientOverflow() async throws {
        try await withClient(isPlain: true) { client in
            try await client.withServerStream(EchoService.flood, StringValue("100000")) {
                messages in
                // Nothing is read until unary calls have come back through the flood, each behind a
                // message or more, of which eleven are too many.
                for _ in 0..<50 {
                    _ = try await client.call(EchoService.unary, StringValue("a"))
                }
                let code = await code { for try await _ in messages {} }
                #expect(code == .resourceExhausted)
                let after = try await client.call(EchoService.unary, StringValue("a"))
                #expect(after.value == "a")
            }
        }
    }

    @Test("a message that fits no frame is refused where it is written")
    func oversize() async throws {
        try await withClient { client in
            let large = StringValue(String(repeating: "x", count: 5 << 20))
            let sent = await code {
                _ = try await client.withClientStream(EchoService.up) { requests in
                    try await requests.write(large)
                }
            }
            #expect(sent == .resourceExhausted)
            let received = await code {
                try await client.withServerStream(
                    EchoService.flood, StringValue("\(5 << 20)")
                ) { messages in
                    for try await _ in messages {}
                }
            }
            #expect(received == .resourceExhausted)
        }
    }

    @Test("a handler that floods a peer that does not read is stopped by its window")
    func slowReader() async throws {
        let log = LogRecorder()
        try await withEchoServer(log: log) { server in
            let deaf = try await RawPeer.connect(to: server.path, autoRead: false)
            for index in 0..<8 {
                var frame = requestFrame(
                    streamID: UInt32(index * 2 + 1), method: "Flood", value: "100000")
                frame.flags = .remoteClosed
                try await deaf.send(frame)
            }
            // Others on that server notice nothing.
            let client = patientClient(server.address)
            for _ in 0..<100 {
                let after = try await client.call(
                    EchoService.unary, StringValue("a"), timeout: .seconds(120))
                #expect(after.value == "a")
            }
            await client.close()
            // When it reads, everything goes on where it stood.
            try await deaf.startReading()
            for _ in 0..<200 { #expect(try await deaf.receive().type == .data) }
            try await deaf.close()
        }
        #expect(!log.lines.contains { $0.hasPrefix("error") })
    }
}
