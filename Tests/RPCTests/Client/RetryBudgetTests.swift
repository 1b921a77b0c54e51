import NIOCore
import Testing

@testable import RPC

/// What a client spends on retries.
@Suite("Retry budget", .timeLimit(.minutes(5)))
struct RetryBudgetTests {
    @Test("a server that fails gets few calls twice; ten successes earn one retry back")
    func budget() async throws {
        let (requests, answering) = (CounterBox(), CounterBox())
        let server = try await FrameServer.start { frame, _ in
            requests.add()
            return [answering.count == 1 ? frame.emptyReply() : frame.errorReply(.unavailable)]
        }
        var configuration = RPCClientConfiguration()
        configuration.asksForExtension = false
        configuration.timeout = .seconds(120)
        configuration.connectWait = .seconds(60)
        configuration.retryBudget = 3
        let client = RPCClient(address: .unix(server.path), configuration: configuration)
        func failures(_ count: Int) async {
            for _ in 0..<count {
                let error = await #expect(throws: RPCError.self) {
                    try await client.call(EchoService.unary, StringValue())
                }
                #expect(error?.code == .unavailable)
            }
        }
        await failures(10)
        #expect(requests.count == 10 + 3)
        answering.add()
        for _ in 0..<10 { _ = try await client.call(EchoService.unary, StringValue()) }
        answering.add()
        #expect(requests.count == 13 + 10)
        await failures(5)
        #expect(requests.count == 23 + 5 + 1)
        await client.close()
        try await server.stop()
    }
}
