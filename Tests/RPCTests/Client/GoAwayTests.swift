import Foundation
import NIOCore
import ServiceLifecycle
import Testing
import Wire

@testable import RPC

/// Servers that go away while they are called.
@Suite("Go-away", .timeLimit(.minutes(5)))
struct GoAwayTests {
    private static let patience = Duration.seconds(120)

    @Test("no call fails while its server is replaced again and again")
    func restarts() async throws {
        let path = "/tmp/usher-goaway-\(UUID().uuidString.prefix(8)).sock"
        var configuration = RPCClientConfiguration()
        configuration.connectWait = .seconds(120)
        // Nothing is tried again: what is refused was not sent.
        configuration.attemptsMax = 1
        let client = RPCClient(address: .unix(path), configuration: configuration)
        let (answered, failed) = (CounterBox(), CounterBox())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for worker in 0..<8 {
                tasks.addTask {
                    var isDone = false
                    // Else the servers below would wait for ever, and nobody be told why.
                    defer { if !isDone { failed.add() } }
                    while answered.count < 2000 {
                        let method = worker % 2 == 0 ? EchoService.unary : EchoService.yielding
                        let reply = try await client.call(
                            method, StringValue("\(worker)"), timeout: Self.patience)
                        #expect(reply.value == "\(worker)")
                        answered.add()
                    }
                    isDone = true
                }
            }
            // The client's loop may stand still for long on a busy machine.
            var serving = RPCServerConfiguration()
            serving.drainTimeout = .seconds(120)
            serving.limits.goAwayWait = .seconds(60)
            for goal in [200, 400, 600, 800] {
                try await withEchoServer(path: path, configuration: serving) { _ in
                    while answered.count < goal, failed.count == 0 {
                        try await Task.sleep(for: .milliseconds(1))
                    }
                }
            }
            try await withEchoServer(path: path) { _ in try await tasks.waitForAll() }
        }
        await client.close()
    }

    @Test("calls that run end where they are, new ones go elsewhere")
    func elsewhere() async throws {
        let (started, opened) = (CounterBox(), CounterBox())
        var router = echoRouter()
        router.handle(EchoService.sleep) { _, _ in
            started.add()
            while opened.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
            return StringValue("slept")
        }
        // Running calls may go on for as long as the test takes on a busy machine.
        var configuration = RPCServerConfiguration()
        configuration.drainTimeout = .seconds(120)
        try await withEchoServer(configuration: configuration, router: router) { first in
            try await withEchoServer(router: router) { second in
                let client = RPCClient(addresses: [first.address, second.address])
                // The second one goes to the less busy server.
                var calls: [Task<StringValue, any Error>] = []
                for count in 1...2 {
                    calls.append(
                        Task {
                            try await client.call(
                                EchoService.sleep, StringValue(), timeout: Self.patience)
                        })
                    while started.count < count { try await Task.sleep(for: .milliseconds(1)) }
                }
                await first.group.triggerGracefulShutdown()
                while FileManager.default.fileExists(atPath: first.path) {
                    try await Task.sleep(for: .milliseconds(1))
                }
                for _ in 0..<50 {
                    _ = try await client.call(
                        EchoService.yielding, StringValue(), timeout: Self.patience)
                }
                opened.add()
                for call in calls { #expect(try await call.value.value == "slept") }
                await client.close()
            }
        }
    }
}
