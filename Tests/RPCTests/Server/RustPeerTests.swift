import Foundation
import PeerSupport
import RPC
import Testing
import Wire

/// Unmodified Rust ttrpc calls our server, and is called by our client.
@Suite("Rust peer", .timeLimit(.minutes(10)))
struct RustPeerTests {
    @Test("Rust calls methods, reads errors and metadata, keeps its deadline, checks health")
    func calls() async throws {
        let peer = try await TtrpcPeer.rust()
        try await withEchoServer { server in
            for address in server.addresses {
                let echo = try await peer.call(
                    address, EchoService.name, "Unary", "0a0161", options: Self.patience)
                #expect(echo == TtrpcPeer.Result(status: 0, output: "0a0161"))
                let empty = try await peer.call(
                    address, EchoService.name, "Yielding", "", options: Self.patience)
                #expect(empty == TtrpcPeer.Result(status: 0, output: ""))
                let health = try await peer.call(
                    address, "usher.rpc.v1.Health", "Check", "", options: Self.patience)
                #expect(health == TtrpcPeer.Result(status: 0, output: "0801120130"))
                let unknown = try await peer.call(
                    address, EchoService.name, "Nope", "", options: Self.patience)
                #expect(unknown.status == 1)
                #expect(unknown.output.hasPrefix("code 12:"), "\(unknown.output)")
                let failed = try await peer.call(
                    address, EchoService.name, "Fail", "0a0161", options: Self.patience)
                #expect(failed == TtrpcPeer.Result(status: 1, output: "code 9: no"))
                let metadata = try await peer.call(
                    address, EchoService.name, "Metadata", "0a036b6579",
                    options: Self.patience + ["-metadata", "Key=value"])
                #expect(metadata == TtrpcPeer.Result(status: 0, output: "0a0576616c7565"))
                // Our answer at the deadline, or its own clock, whichever is first.
                let late = try await peer.call(
                    address, EchoService.name, "Sleep", "", options: ["-timeout", "100"])
                #expect(
                    late.status == 3 || late.output.hasPrefix("code 4:"), "\(late.output)")
            }
        }
    }

    private static let patience = ["-timeout", "120000"]

    @Test("our client calls a Rust server: replies, errors, metadata, deadlines, many at once")
    func serves() async throws {
        try await TtrpcPeer.rust().withServer { address, _ in
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
            // Where Go says UNIMPLEMENTED.
            await #expect {
                try await client.call(EchoService.large, StringValue("1"))
            } throws: { error in
                (error as? RPCError)?.code == .invalidArgument
            }
            await #expect {
                try await client.call(
                    EchoService.sleep, StringValue("1"), timeout: .milliseconds(100))
            } throws: { error in
                (error as? RPCError)?.code == .deadlineExceeded
            }
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

/// What serves for a test is gone when the test is, however that ends.
@Suite("Peer processes", .timeLimit(.minutes(5)))
struct PeerProcessTests {
    private struct Broken: Error {}

    private func isThere(_ id: Int32) -> Bool { kill(id, 0) == 0 }

    @Test("a process that heeds no signal but SIGKILL ends with a test that fails")
    func failing() async throws {
        var id: Int32 = 0
        await #expect(throws: Broken.self) {
            try await PeerProcess.with(
                URL(filePath: "/bin/sh"), ["-c", "trap '' TERM INT HUP; while :; do sleep 1; done"]
            ) { process in
                id = process.id
                #expect(isThere(id))
                throw Broken()
            }
        }
        #expect(id > 0)
        #expect(!isThere(id))
    }

    @Test("a process that a cancelled test waits for is ended")
    func cancelled() async throws {
        let process = try PeerProcess.start(
            URL(filePath: "/bin/sh"), ["-c", "trap '' TERM; while :; do sleep 1; done"])
        let waiting = Task { await process.end() }
        waiting.cancel()
        #expect(await waiting.value.status == SIGKILL)
        #expect(!process.isRunning)
    }

    @Test("more output than a pipe holds is read whole")
    func output() async throws {
        let result = try await PeerProcess.run(
            URL(filePath: "/bin/sh"), ["-c", "head -c 300000 /dev/zero | tr '\\0' x; exit 7"])
        #expect(result.status == 7)
        #expect(result.output.utf8.count == 300_000)
    }
}
