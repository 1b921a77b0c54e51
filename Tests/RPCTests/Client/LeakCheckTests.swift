import Foundation
import Glibc
import Testing

@testable import RPC

/// The check that the storms rely on finds what is planted, and nothing else.
extension StormTests {
    private static let prefix = "/tmp/usher-leak-\(UUID().uuidString.prefix(8))"

    private func check() async throws -> LeakCheck {
        try await LeakCheck(pathPrefix: Self.prefix, bytesMax: 64 << 20)
    }

    /// Waits until the check tells of `kinds`, which other tests may hide for a moment, and expects
    /// that it does so without end.
    private func expect(_ kinds: Set<LeakCheck.Kind>, _ check: LeakCheck) async throws {
        while try !check.leaks().isSuperset(of: kinds) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await check.settled(patience: .seconds(1)).isSuperset(of: kinds))
    }

    @Test("a planted descriptor is found, and missed no more when it is closed")
    func descriptor() async throws {
        let check = try await check()
        // More than other tests may close meanwhile.
        let planted = (0..<500).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        try await expect([.descriptors], check)
        for descriptor in planted { close(descriptor) }
        #expect(try await check.settled().contains(.descriptors) == false)
    }

    @Test("a planted connection is found, on both sides of a server")
    func connection() async throws {
        let check = try await check()
        try await withEchoServer(path: Self.prefix + ".sock") { server in
            let peer = try await RawPeer.connect(to: server.path)
            try await peer.send(unaryRequest(streamID: 1, value: "a"))
            _ = try await peer.receive()
            // The one that listens, and the one that was accepted. A list that is read while others
            // open and close theirs may be wrong for once.
            while try LeakCheck.holdings(pathPrefix: Self.prefix).connections != 2 {
                try await Task.sleep(for: .milliseconds(20))
            }
            try await expect([.connections], check)
            try await peer.close()
        }
        #expect(try await check.settled().contains(.connections) == false)
    }

    @Test(
        "planted memory is found, and missed no more when it is freed",
        .enabled(if: mallocTells, "AddressSanitizer keeps what is freed"))
    func memory() async throws {
        let check = try await check()
        var planted = (0..<256).map { _ in [UInt8](repeating: 1, count: 1 << 20) }
        try await expect([.memory], check)
        #expect(planted.count == 256)
        planted = []
        #expect(try await check.settled().contains(.memory) == false)
    }

    @Test("calls leave nothing")
    func nothing() async throws {
        func calls() async throws {
            try await withEchoServer(path: Self.prefix + ".sock") { server in
                let client = patientClient(server.address)
                for _ in 0..<200 {
                    _ = try await client.call(EchoService.yielding, StringValue("a"))
                }
                await client.close()
            }
        }
        try await calls()
        let check = try await check()
        try await calls()
        #expect(try await check.settled() == [])
    }
}
