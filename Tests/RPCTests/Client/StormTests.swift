import Foundation
import Logging
import NIOCore
import RandomSupport
import Testing
import Wire

@testable import RPC

/// Ten thousand calls of every kind over eight connections, with a server that is killed in the
/// middle: each ends exactly once, with a code that its kind may end with.
@Suite("Storm", .timeLimit(.minutes(5)))
struct StormTests {
    /// What a call does, and the codes that it may end with. UNAVAILABLE is for calls that were on
    /// their way when the server was killed.
    private enum Kind: CaseIterable {
        case echo, hurried, sleeping, cancelled, failing, oversizeRequest, oversizeReply
        case down, up, conversation, deserted, deaf

        var codes: Set<RPCCode> {
            switch self {
            case .echo, .down, .up, .conversation: [.ok, .unavailable]
            case .hurried: [.ok, .deadlineExceeded, .unavailable]
            case .sleeping: [.deadlineExceeded, .unavailable]
            case .cancelled: [.cancelled, .unavailable]
            case .failing: [.failedPrecondition, .unavailable]
            case .oversizeRequest: [.resourceExhausted]
            case .oversizeReply: [.resourceExhausted, .unavailable]
            case .deserted: [.ok, .resourceExhausted, .deadlineExceeded, .unavailable]
            case .deaf: [.resourceExhausted, .deadlineExceeded, .unavailable]
            }
        }

        /// Of a thousand calls so many are of this kind; the rest are echoes.
        var share: Int {
            switch self {
            case .echo: 0
            case .hurried, .sleeping, .cancelled, .failing, .down, .up: 80
            case .conversation: 60
            case .oversizeRequest, .oversizeReply, .deserted, .deaf: 3
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

    private static let large = StringValue(String(repeating: "x", count: 5 << 20))
    private static let patience = Duration.seconds(60)

    @Test("every call ends once, as it may, while the server dies and comes back")
    func storm() async throws {
        let path = "/tmp/usher-storm-\(UUID().uuidString.prefix(8)).sock"
        var configuration = RPCClientConfiguration()
        configuration.connectionsPerAddress = 8
        configuration.callsPerConnectionMax = 400
        configuration.connectWait = .seconds(30)
        let client = RPCClient(address: .unix(path), configuration: configuration)
        let ended = CounterBox()

        let tally = try await withThrowingTaskGroup(of: [Kind: [RPCCode: Int]].self) { group in
            group.addTask {
                try await serve(on: path, killedAfter: { ended.count >= 5000 })
                try await serve(on: path, killedAfter: { ended.count >= 10_000 })
                return [:]
            }
            for worker in 0..<100 {
                group.addTask {
                    var random = SplitMix64(state: UInt64(worker))
                    var tally: [Kind: [RPCCode: Int]] = [:]
                    for _ in 0..<100 {
                        let kind = Kind.random(&random)
                        let code = await Self.call(client, kind, &random)
                        tally[kind, default: [:]][code, default: 0] += 1
                        ended.add()
                    }
                    return tally
                }
            }
            var total: [Kind: [RPCCode: Int]] = [:]
            for try await part in group {
                for (kind, codes) in part {
                    total[kind, default: [:]].merge(codes, uniquingKeysWith: +)
                }
            }
            return total
        }
        await client.close()

        #expect(tally.values.reduce(0) { $0 + $1.values.reduce(0, +) } == 10_000)
        for kind in Kind.allCases {
            let codes = tally[kind] ?? [:]
            #expect(Set(codes.keys).isSubset(of: kind.codes), "\(kind): \(codes)")
            // The storm is one: each kind was seen to end as it does when nobody dies.
            #expect(codes.contains { $0.key != .unavailable }, "\(kind): \(codes)")
        }
        let unavailable = tally.values.reduce(0) { $0 + ($1[.unavailable] ?? 0) }
        #expect(unavailable < 1000, "more than were on their way when the server died")
        // No socket of it is left.
        let sockets = try String(contentsOfFile: "/proc/net/unix", encoding: .utf8)
        #expect(!sockets.contains(path))
    }

    /// A server that dies without a word.
    private func serve(
        on path: String, killedAfter isOver: @escaping @Sendable () -> Bool
    ) async throws {
        let server = RPCServer(
            router: echoRouter(), addresses: [.unix(path)],
            logger: Logger(label: "storm") { _ in LogRecorder() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            while !isOver() { try await Task.sleep(for: .milliseconds(2)) }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private static func call(
        _ client: RPCClient, _ kind: Kind, _ random: inout SplitMix64
    ) async -> RPCCode {
        let number = Int.random(in: 0..<40, using: &random)
        do {
            try await attempt(client, kind, number)
            return .ok
        } catch let error as RPCError {
            return error.code
        } catch {
            return .unknown
        }
    }

    private static func attempt(_ client: RPCClient, _ kind: Kind, _ number: Int) async throws {
        let value = StringValue("\(number)")
        switch kind {
        case .echo:
            let reply = try await client.call(EchoService.yielding, value, timeout: patience)
            try require(reply.value == value.value)
        case .hurried:
            _ = try await client.call(
                EchoService.unary, value, timeout: .microseconds(number * 50))
        case .sleeping:
            _ = try await client.call(EchoService.sleep, value, timeout: .milliseconds(number))
        case .cancelled:
            let call = Task {
                try await client.call(EchoService.sleep, value, timeout: patience)
            }
            try await Task.sleep(for: .milliseconds(number / 8))
            call.cancel()
            _ = try await call.value
        case .failing:
            _ = try await client.call(EchoService.fail, value, timeout: patience)
        case .oversizeRequest:
            _ = try await client.call(EchoService.unary, large, timeout: patience)
        case .oversizeReply:
            _ = try await client.call(
                EchoService.large, StringValue("\(5 << 20)"), timeout: patience)
        case .down:
            let count = try await client.withServerStream(
                EchoService.down, value, timeout: patience
            ) { messages in
                try await messages.reduce(0) { count, _ in count + 1 }
            }
            try require(count == 3)
        case .up:
            let reply = try await client.withClientStream(EchoService.up, timeout: patience) {
                requests in
                for _ in 0..<number { try await requests.write(value) }
            }
            try require(reply.value == "\(number)")
        case .conversation:
            try await client.withBidirectionalStream(EchoService.bidi, timeout: patience) {
                requests, responses in
                var responses = responses.makeAsyncIterator()
                for index in 0..<number {
                    try await requests.write(StringValue("\(index)"))
                    try require(try await responses.next()?.value == "\(index)")
                }
                requests.finish()
                try require(try await responses.next() == nil)
            }
        case .deserted:
            try await client.withServerStream(
                EchoService.flood, StringValue("1000"), timeout: .milliseconds(100)
            ) { messages in
                var messages = messages.makeAsyncIterator()
                for _ in 0..<number { _ = try await messages.next() }
            }
        case .deaf:
            _ = try await client.withClientStream(
                EchoService.deaf, timeout: .milliseconds(100)
            ) { requests in
                for _ in 0..<1000 { try await requests.write(value) }
            }
        }
    }

    private static func require(_ isTrue: Bool) throws {
        // A wrong reply shows as a code that no kind may end with.
        if !isTrue { throw RPCError(.dataLoss, "a wrong reply") }
    }
}
