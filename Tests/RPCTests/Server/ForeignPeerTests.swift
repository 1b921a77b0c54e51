import PeerSupport
import RPC
import Testing
import Wire

/// What other languages' unmodified ttrpc does with our server, and our client with theirs.
@Suite("Foreign peers", .timeLimit(.minutes(10)))
struct ForeignPeerTests {
    @Test(
        "calls methods, reads errors and metadata, keeps its deadline, checks health",
        arguments: TtrpcPeer.Language.allCases)
    func calls(_ language: TtrpcPeer.Language) async throws {
        let peer = try await language.build()
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
                #expect(unknown.output.hasPrefix("code 12:"), "\(unknown.output)")
                let failed = try await peer.call(address, EchoService.name, "Fail", "0a0161")
                #expect(failed == TtrpcPeer.Result(status: 1, output: "code 9: no"))
                let metadata = try await peer.call(
                    address, EchoService.name, "Metadata", "0a036b6579",
                    options: ["-metadata", "Key=value"])
                #expect(metadata == TtrpcPeer.Result(status: 0, output: "0a0576616c7565"))
                // Our answer at the deadline, or its own clock, whichever is first.
                let late = try await peer.call(
                    address, EchoService.name, "Sleep", "", timeoutMS: 100)
                #expect(
                    late.output.hasPrefix("code 4:") || language.gaveUp(late), "\(late.output)")
            }
        }
    }

    @Test(
        "serves our client: replies, errors, metadata, deadlines, many calls at once",
        arguments: TtrpcPeer.Language.allCases)
    func serves(_ language: TtrpcPeer.Language) async throws {
        try await language.build().withServer { address, _ in
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
                (error as? RPCError)?.code == language.unknownMethod
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

/// Where they differ.
extension TtrpcPeer.Language {
    /// What its server says to a method that it does not have.
    fileprivate var unknownMethod: RPCCode {
        switch self {
        case .go: .unimplemented
        case .rust: .invalidArgument
        }
    }

    /// Whether its client ended the call by its own clock.
    fileprivate func gaveUp(_ result: TtrpcPeer.Result) -> Bool {
        switch self {
        case .go: result.status == 1 && result.output.hasSuffix("context deadline exceeded")
        case .rust: result.status == 3
        }
    }
}
