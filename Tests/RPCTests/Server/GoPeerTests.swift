import RPC
import TestSupport
import Testing
import Wire

/// An unmodified Go ttrpc client calls our server.
@Suite("Go peer", .timeLimit(.minutes(3)))
struct GoPeerTests {
    @Test("Go calls methods, reads errors, and checks health")
    func calls() async throws {
        let peer = try await GoPeer.build()
        try await withEchoServer { server in
            for address in server.addresses {
                let echo = try await peer.call(address, EchoService.name, "Unary", "0a0161")
                #expect(echo == GoPeer.Result(status: 0, output: "0a0161"))
                let empty = try await peer.call(address, EchoService.name, "Yielding", "")
                #expect(empty == GoPeer.Result(status: 0, output: ""))
                let health = try await peer.call(address, "usher.rpc.v1.Health", "Check", "")
                #expect(health == GoPeer.Result(status: 0, output: "0801120130"))
                let unknown = try await peer.call(address, EchoService.name, "Nope", "")
                #expect(unknown.status == 1)
                #expect(unknown.output.hasPrefix("code 12:"))
                let failed = try await peer.call(address, EchoService.name, "Fail", "0a0161")
                #expect(failed == GoPeer.Result(status: 1, output: "code 9: no"))
                let metadata = try await peer.call(
                    address, EchoService.name, "Metadata", "0a036b6579",
                    options: ["-metadata", "Key=value"])
                #expect(metadata == GoPeer.Result(status: 0, output: "0a0576616c7565"))
            }
        }
    }
}
