import NIOCore
import Testing

@testable import RPC

/// Which of several servers gets the calls of a client.
@Suite("Link picker", .timeLimit(.minutes(5)))
struct LinkPickerTests {
    private func server(
        _ requests: CounterBox, _ code: RPCCode = .ok
    ) async throws -> FrameServer {
        try await FrameServer.start { frame, _ in
            requests.add()
            return [code == .ok ? frame.emptyReply() : frame.errorReply(code)]
        }
    }

    private func client(_ servers: FrameServer...) -> RPCClient {
        var configuration = RPCClientConfiguration()
        configuration.asksForExtension = false
        configuration.timeout = .seconds(120)
        configuration.connectWait = .seconds(60)
        configuration.connectTimeout = .seconds(60)
        // What is out stays out, however slow the machine.
        configuration.ejection.pause = Backoff(initial: .hours(1), maximum: .hours(1))
        return RPCClient(
            addresses: servers.map { .unix($0.path) }, configuration: configuration)
    }

    @Test("a server that always fails is left out after five calls, its neighbour gets the rest")
    func ejection() async throws {
        let (bad, good) = (CounterBox(), CounterBox())
        let servers = (try await server(bad, .unavailable), try await server(good))
        let client = client(servers.0, servers.1)
        var failed = 0
        for _ in 0..<100 {
            do {
                // Not idempotent: nothing is tried again.
                _ = try await client.call(EchoService.yielding, StringValue())
            } catch {
                #expect(error.code == .unavailable)
                failed += 1
            }
        }
        #expect(failed == EjectionSettings().failuresMax)
        #expect(bad.count == failed)
        #expect(good.count == 100 - failed)
        await client.close()
        try await servers.0.stop()
        try await servers.1.stop()
    }

    @Test("two idle servers get the same number of calls")
    func turns() async throws {
        let counts = [CounterBox(), CounterBox()]
        let servers = (try await server(counts[0]), try await server(counts[1]))
        let client = client(servers.0, servers.1)
        for _ in 0..<100 { _ = try await client.call(EchoService.yielding, StringValue()) }
        #expect(counts.map(\.count).reduce(0, +) == 100)
        #expect(counts.allSatisfy { $0.count >= 40 }, "\(counts.map(\.count))")
        await client.close()
        try await servers.0.stop()
        try await servers.1.stop()
    }
}
