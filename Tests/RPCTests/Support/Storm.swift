import Foundation
import Logging
import NIOCore
import RandomSupport
import Wire

@testable import RPC

/// Calls of every kind by two clients, one that asks for the extra frames and one that is plain,
/// four connections each, beside peers that break things, against a server that dies again and again
/// without a word, and comes back.
struct Storm {
    /// What a call does. UNAVAILABLE is for calls that were on their way when the server was
    /// killed.
    enum Kind: CaseIterable {
        case echo, hurried, sleeping, cancelled, failing, oversizeRequest, oversizeReply
        case down, up, conversation, cancelledStream, deserted, deaf, slow

        /// The codes that it may end with; a plain peer's stream may also be lost.
        func codes(isPlain: Bool) -> Set<RPCCode> {
            switch self {
            case .echo, .down, .up, .conversation: [.ok, .unavailable]
            case .hurried: [.ok, .deadlineExceeded, .unavailable]
            case .sleeping: [.deadlineExceeded, .unavailable]
            case .cancelled, .cancelledStream: [.cancelled, .unavailable]
            case .failing: [.failedPrecondition, .unavailable]
            case .oversizeRequest: [.resourceExhausted]
            case .oversizeReply: [.resourceExhausted, .unavailable]
            case .deserted:
                isPlain
                    ? [.ok, .resourceExhausted, .deadlineExceeded, .unavailable]
                    : [.ok, .deadlineExceeded, .unavailable]
            case .deaf:
                isPlain
                    ? [.resourceExhausted, .deadlineExceeded, .unavailable]
                    : [.deadlineExceeded, .unavailable]
            case .slow: isPlain ? [.ok, .resourceExhausted, .unavailable] : [.ok, .unavailable]
            }
        }

        /// Of a thousand calls so many are of this kind; the rest are echoes.
        private var share: Int {
            switch self {
            case .echo: 0
            case .hurried, .sleeping, .cancelled, .failing, .down, .up: 80
            case .conversation: 60
            case .cancelledStream: 30
            case .oversizeRequest, .oversizeReply, .deserted, .deaf, .slow: 4
            }
        }

        static func random(_ random: inout SplitMix64) -> Kind {
            var left = Int.random(in: 0..<1000, using: &random)
            for kind in allCases {
                left -= kind.share
                if left < 0 { return kind }
            }
            return .echo
        }
    }

    /// How the calls of one client have ended.
    typealias Tally = [Kind: [RPCCode: Int]]

    /// Where the clients find the server, by a relay.
    let path = "/tmp/usher-storm-\(UUID().uuidString.prefix(8)).sock"
    /// Half of them call by each client, one call at a time.
    static let workers = 100
    /// A multiple of 200.
    let calls: Int
    /// How often the server dies while there are calls.
    var deaths = 1
    let seed: UInt64
    /// Go-away frames that the clients were sent: none, since nobody has told the server.
    let goAways = CounterBox()

    /// Both clients' tallies, the plain one's last.
    func run() async throws -> [Tally] {
        let clients = [client(isPlain: false), client(isPlain: true)]
        let ended = CounterBox()
        let tallies = try await withThrowingTaskGroup(of: (Int, Tally)?.self) { group in
            group.addTask {
                for death in 1...deaths + 1 {
                    try await serve(diesAfter: { ended.count >= calls * death / (deaths + 1) })
                }
                return nil
            }
            for index in 0..<4 {
                group.addTask {
                    let peers = StormPeers(path: path)
                    try await peers.run(seed: seed &* 31 &+ UInt64(index)) { ended.count >= calls }
                    return nil
                }
            }
            for worker in 0..<Self.workers {
                group.addTask {
                    let tally = await work(worker, clients[worker % 2], ended)
                    return (worker % 2, tally)
                }
            }
            var tallies: [Tally] = [[:], [:]]
            for try await part in group {
                guard let (client, tally) = part else { continue }
                for (kind, codes) in tally {
                    tallies[client][kind, default: [:]].merge(codes, uniquingKeysWith: +)
                }
            }
            return tallies
        }
        for client in clients { await client.close() }
        return tallies
    }

    private func client(isPlain: Bool) -> RPCClient {
        var configuration = RPCClientConfiguration()
        configuration.connectionsPerAddress = 4
        configuration.callsPerConnectionMax = 400
        configuration.connectWait = .seconds(30)
        configuration.asksForExtension = !isPlain
        return RPCClient(address: .unix(path), configuration: configuration)
    }

    private func work(_ worker: Int, _ client: RPCClient, _ ended: CounterBox) async -> Tally {
        var random = SplitMix64(state: seed &* 1000 &+ UInt64(worker))
        var tally: Tally = [:]
        for _ in 0..<calls / Self.workers {
            let kind = Kind.random(&random)
            let number = Int.random(in: 0..<40, using: &random)
            let code = await StormCall(client: client, number: number).end(kind)
            tally[kind, default: [:]][code, default: 0] += 1
            ended.add()
        }
        return tally
    }

    /// A server that dies without a word: its connections have vanished when it is told to end.
    private func serve(diesAfter isOver: @escaping @Sendable () -> Bool) async throws {
        let serverPath = path + ".server"
        let server = RPCServer(
            router: echoRouter(), addresses: [.unix(serverPath)],
            logger: Logger(label: "storm") { _ in LogRecorder() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            _ = try await server.waitUntilListening()
            let relay = try await Relay.start(at: path, to: serverPath, goAways: goAways)
            while !isOver() { try await Task.sleep(for: .milliseconds(2)) }
            await relay.cut()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

/// One call of a storm.
struct StormCall {
    private static let large = StringValue(String(repeating: "x", count: 5 << 20))
    private static let patience = Duration.seconds(60)

    let client: RPCClient
    /// From 0 to 39; what it means depends on the kind.
    let number: Int

    private var value: StringValue { StringValue("\(number)") }

    /// How it ended.
    func end(_ kind: Storm.Kind) async -> RPCCode {
        do {
            try await attempt(kind)
            return .ok
        } catch let error as RPCError {
            return error.code
        } catch {
            return .unknown
        }
    }

    private func attempt(_ kind: Storm.Kind) async throws {
        switch kind {
        case .echo:
            let reply = try await unary(EchoService.yielding, value)
            try Self.require(reply.value == value.value)
        case .hurried:
            _ = try await unary(EchoService.unary, value, timeout: .microseconds(number * 50))
        case .sleeping:
            _ = try await unary(EchoService.sleep, value, timeout: .milliseconds(number))
        case .cancelled: try await cancelled { _ = try await unary(EchoService.sleep, value) }
        case .failing: _ = try await unary(EchoService.fail, value)
        case .oversizeRequest: _ = try await unary(EchoService.unary, Self.large)
        case .oversizeReply: _ = try await unary(EchoService.large, StringValue("\(5 << 20)"))
        case .down: try await down()
        case .up: try await up()
        case .conversation: try await conversation()
        case .cancelledStream: try await cancelled { try await listen() }
        case .deserted: try await deserted()
        case .deaf: try await deaf()
        case .slow: try await slow()
        }
    }

    private func unary(
        _ method: Method<StringValue, StringValue>, _ request: StringValue,
        timeout: Duration = patience
    ) async throws -> StringValue {
        try await client.call(method, request, timeout: timeout)
    }

    private func cancelled(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let call = Task { try await body() }
        try await Task.sleep(for: .milliseconds(number / 8))
        call.cancel()
        try await call.value
    }

    private func listen() async throws {
        try await client.withBidirectionalStream(EchoService.bidi, timeout: Self.patience) {
            requests, responses in
            try await requests.write(value)
            for try await _ in responses {}
        }
    }

    private func down() async throws {
        let count = try await client.withServerStream(
            EchoService.down, value, timeout: Self.patience
        ) { messages in
            try await messages.reduce(0) { count, _ in count + 1 }
        }
        try Self.require(count == 3)
    }

    private func up() async throws {
        let reply = try await client.withClientStream(EchoService.up, timeout: Self.patience) {
            requests in
            for _ in 0..<number { try await requests.write(value) }
        }
        try Self.require(reply.value == "\(number)")
    }

    private func conversation() async throws {
        try await client.withBidirectionalStream(EchoService.bidi, timeout: Self.patience) {
            requests, responses in
            var responses = responses.makeAsyncIterator()
            for index in 0..<number {
                try await requests.write(StringValue("\(index)"))
                try Self.require(try await responses.next()?.value == "\(index)")
            }
            requests.finish()
            try Self.require(try await responses.next() == nil)
        }
    }

    private func deserted() async throws {
        try await client.withServerStream(
            EchoService.flood, StringValue("1000"), timeout: .milliseconds(100)
        ) { messages in
            var messages = messages.makeAsyncIterator()
            for _ in 0..<number { _ = try await messages.next() }
        }
    }

    private func deaf() async throws {
        _ = try await client.withClientStream(EchoService.deaf, timeout: .milliseconds(100)) {
            requests in
            for _ in 0..<1000 { try await requests.write(value) }
        }
    }

    /// Reads a flood with pauses, several windows of it.
    private func slow() async throws {
        try await client.withServerStream(
            EchoService.flood, StringValue("10000"), timeout: Self.patience
        ) { messages in
            var messages = messages.makeAsyncIterator()
            for index in 0..<100 {
                if index % 20 == 0 { try await Task.sleep(for: .milliseconds(5)) }
                try Self.require(try await messages.next()?.value.utf8.count == 10_000)
            }
        }
    }

    private static func require(_ isTrue: Bool) throws {
        // A wrong reply shows as a code that no kind may end with.
        if !isTrue { throw RPCError(.dataLoss, "a wrong reply") }
    }
}

/// Peers that break things, one after the other.
struct StormPeers {
    private enum Mischief: CaseIterable {
        case oversize, halfClosed, halfFrame, deaf, pings, impatient
    }

    let path: String

    func run(seed: UInt64, until isOver: @Sendable () -> Bool) async throws {
        var random = SplitMix64(state: seed)
        while !isOver() {
            let mischief = Mischief.allCases.randomElement(using: &random) ?? .oversize
            // Nobody listens while the server is replaced.
            guard
                let peer = try? await RawPeer.connect(to: path, autoRead: mischief != .deaf)
            else {
                try await Task.sleep(for: .milliseconds(5))
                continue
            }
            // It fails when the server dies, and at what it is there for.
            try? await play(mischief, peer)
            try? await peer.close()
        }
    }

    private func play(_ mischief: Mischief, _ peer: RawPeer) async throws {
        switch mischief {
        case .oversize:
            var bytes = ByteBuffer()
            bytes.writeFrameHeader(FrameHeader(length: 5 << 20, streamID: 1, type: .request))
            bytes.writeRepeatingByte(0, count: 5 << 20)
            try await peer.send(bytes)
            _ = try await peer.receive()
        case .halfClosed:
            try await peer.send(requestFrame(streamID: 1, method: "Yielding", value: "a"))
            try await peer.closeOutput()
            _ = try await peer.receive()
        case .halfFrame:
            try await peer.send(ByteBuffer(bytes: [0, 0, 1]))
        case .deaf:
            var frame = requestFrame(streamID: 1, method: "Flood", value: "100000")
            frame.flags = .remoteClosed
            try await peer.send(frame)
            try await Task.sleep(for: .milliseconds(20))
        case .pings:
            var bytes = ByteBuffer()
            bytes.writeFrame(helloFrame())
            for _ in 0..<100 { bytes.writePingFrame() }
            try await peer.send(bytes)
            while true { _ = try await peer.receive() }
        case .impatient:
            var bytes = ByteBuffer()
            bytes.writeFrame(helloFrame())
            for index in 1...200 as ClosedRange<UInt32> {
                bytes.writeFrame(
                    requestFrame(streamID: index * 2 + 1, method: "Sleep", value: ""))
                bytes.writeCancelFrame(streamID: index * 2 + 1)
            }
            try await peer.send(bytes)
            _ = try await peer.receive()
        }
    }
}
