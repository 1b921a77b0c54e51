import PeerSupport
import RPC
import Testing
import Wire

/// Unmodified Go ttrpc calls our server, and is called by our client.
@Suite("Go peer", .timeLimit(.minutes(3)))
struct GoPeerTests {
    @Test("Go calls methods, reads errors, and checks health")
    func calls() async throws {
        let peer = try await TtrpcPeer.go()
        try await withEchoServer { server in
            for address in server.addresses {
                let echo = try await peer.call(address, EchoService.name, "Unary", "0a0161")
                #expect(echo == TtrpcPeer.Result(status: 0, output: "0a0161"))
                let empty = try await peer.call(address, EchoService.name, "Yielding", "")
                #expect(empty == TtrpcPeer.Result(status: 0, output: ""))
                let health = try await peer.call(address, "usher.rpc.v1.Health", "Check", "")
                #expect(health == TtrpcPeer.Result(status: 0, output: "0801120130"))
                let unknown = try await peer.call(address, EchoService.name, "Nope", "")
                #expect(unknown.status == 1)
                #expect(unknown.output.hasPrefix("code 12:"))
                let failed = try await peer.call(address, EchoService.name, "Fail", "0a0161")
                #expect(failed == TtrpcPeer.Result(status: 1, output: "code 9: no"))
                let metadata = try await peer.call(
                    address, EchoService.name, "Metadata", "0a036b6579",
                    options: ["-metadata", "Key=value"])
                #expect(metadata == TtrpcPeer.Result(status: 0, output: "0a0576616c7565"))
            }
        }
    }

    @Test("our client calls a Go server: replies, errors, metadata, deadlines")
    func serves() async throws {
        try await TtrpcPeer.go().withServer { address, _ in
            var configuration = RPCClientConfiguration()
            configuration.timeout = .seconds(120)
            let client = RPCClient(address: address, configuration: configuration)
            let long = StringValue(String(repeating: "ü", count: 500_000))
            for value in [StringValue(), StringValue("a"), long] {
                let reply = try await client.call(EchoService.unary, value)
                #expect(reply.value == value.value)
            }
            let metadata = try await client.call(
                EchoService.metadata, StringValue(), metadata: ["Key": "value"])
            #expect(metadata.value == "value")
            await #expect(throws: RPCError(.failedPrecondition, "no")) {
                try await client.call(EchoService.fail, StringValue())
            }
            await #expect {
                try await client.call(EchoService.large, StringValue("1"))
            } throws: { error in
                (error as? RPCError)?.code == .unimplemented
            }
            await #expect {
                try await client.call(
                    EchoService.sleep, StringValue("1"), timeout: .milliseconds(100))
            } throws: { error in
                (error as? RPCError)?.code == .deadlineExceeded
            }
            // All of it at once, on one connection.
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<500 {
                    group.addTask {
                        try await client.call(EchoService.unary, StringValue("\(index)")).value
                            == "\(index)"
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            await client.close()
        }
    }
}
