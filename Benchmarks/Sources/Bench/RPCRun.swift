import Foundation

/// Echoes 64 bytes over a unix socket, server and client in processes of their own. Usher's client
/// drives both ttrpc servers; grpc-swift has its own.
struct RPCRun {
    let folder: URL

    private struct Peer {
        let name: String
        let server: String
        let client: String
        let serve: @Sendable (String) -> [String]
        /// With 64 in flight; a thirtieth of it with one. As many for all that the same client loads.
        let count: Int
    }

    private static let peers = [
        Peer(
            name: "usher", server: "EchoUsher", client: "EchoUsher", serve: { ["serve", $0] },
            count: 120_000),
        Peer(
            name: "go ttrpc", server: "gopeer", client: "EchoUsher",
            serve: { ["-serve", "unix", $0] }, count: 120_000),
        Peer(
            name: "grpc-swift-2", server: "EchoGRPC", client: "EchoGRPC", serve: { ["serve", $0] },
            count: 12_800),
    ]

    private struct Result {
        var serverCPU = Samples()
        var wall = Samples()
        var clientCPU = Samples()
    }

    func run(rounds: Int) async throws {
        for (method, inFlight) in [
            ("Unary", 64), ("Suspending", 64), ("Woken", 64), ("Unary", 1), ("Suspending", 1),
            ("Woken", 1),
        ] {
            var results = [String: Result]()
            for round in 1...rounds {
                note("rpc: \(method), \(inFlight) in flight, round \(round) of \(rounds)")
                for peer in Self.peers {
                    let one = try await measure(peer, method, inFlight)
                    results[peer.name, default: Result()].serverCPU.values.append(one.serverCPU)
                    results[peer.name, default: Result()].wall.values.append(one.wall)
                    results[peer.name, default: Result()].clientCPU.values.append(one.clientCPU)
                }
            }
            show(method, inFlight, results)
        }
    }

    /// Microseconds per call.
    private func measure(
        _ peer: Peer, _ method: String, _ inFlight: Int
    ) async throws -> (serverCPU: Double, wall: Double, clientCPU: Double) {
        // A short path: 107 bytes is all that a socket may have.
        let path = NSTemporaryDirectory() + "usher-bench-\(getpid()).sock"
        try? FileManager.default.removeItem(atPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try start(folder.appending(path: peer.server), peer.serve(path))
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: path) {
            try await Task.sleep(for: .milliseconds(10))
        }
        let count = inFlight == 1 ? max(peer.count / 30, 1000) : peer.count
        let client = folder.appending(path: peer.client)
        // Once to warm the server; the client makes 2,000 calls more before it measures, which do
        // not count.
        let id = "\(server.processIdentifier)"
        _ = try numbers(client, ["load", path, method, "640", "64", id])
        let printed = try numbers(client, ["load", path, method, "\(count)", "\(inFlight)", id])
        guard printed.count == 3 else { throw Failure("\(peer.client) printed \(printed)") }
        return (serverCPU: printed[2], wall: printed[0], clientCPU: printed[1])
    }

    private func show(_ method: String, _ inFlight: Int, _ results: [String: Result]) {
        let own = results["usher"] ?? Result()
        let kind =
            switch method {
            case "Unary": "does not suspend"
            case "Suspending": "suspends once"
            default: "is woken by another thread"
            }
        print("\nthe handler \(kind), \(inFlight) in flight; µs per call")
        print("                  server CPU   (median)   × usher       wall  client CPU")
        for peer in Self.peers {
            guard let those = results[peer.name] else { continue }
            print(
                "  " + cell(peer.name, width: 14) + cell(those.serverCPU.least, 2, width: 12)
                    + cell(those.serverCPU.median, 2)
                    + cell(those.serverCPU.least / own.serverCPU.least, 1, width: 10)
                    + cell(those.wall.least, 2) + cell(those.clientCPU.least, 2, width: 12))
        }
    }
}
