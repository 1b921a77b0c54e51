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
        /// With 64 in flight; a thirtieth of it with one.
        let count: Int
    }

    private static let peers = [
        Peer(
            name: "usher", server: "EchoUsher", client: "EchoUsher", serve: { ["serve", $0] },
            count: 192_000),
        Peer(
            name: "go ttrpc", server: "gopeer", client: "EchoUsher",
            serve: { ["-serve", "unix", $0] }, count: 96_000),
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
            ("Unary", 64), ("Suspending", 64), ("Unary", 1), ("Suspending", 1),
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
        // Go's goroutines and its one method serve for both.
        let called = peer.server == "gopeer" ? "Unary" : method
        let count = inFlight == 1 ? max(peer.count / 30, 1000) : peer.count
        let client = folder.appending(path: peer.client)
        // Once to warm the server; the client makes 2,000 calls more before it measures.
        _ = try numbers(client, ["load", path, called, "640", "64"])
        let before = try cpuMicroseconds(of: server)
        let printed = try numbers(client, ["load", path, called, "\(count)", "\(inFlight)"])
        let after = try cpuMicroseconds(of: server)
        guard printed.count == 2 else { throw Failure("\(peer.client) printed \(printed)") }
        return ((after - before) / Double(count + 2000), printed[0], printed[1])
    }

    /// CPU time of a process's threads, kernel included.
    private func cpuMicroseconds(of process: Process) throws -> Double {
        let tasks = "/proc/\(process.processIdentifier)/task"
        return try FileManager.default.contentsOfDirectory(atPath: tasks).reduce(0) { sum, task in
            let text = try String(contentsOfFile: "\(tasks)/\(task)/schedstat", encoding: .utf8)
            return sum + (Double(text.prefix { $0 != " " }) ?? 0) / 1000
        }
    }

    private func show(_ method: String, _ inFlight: Int, _ results: [String: Result]) {
        let own = results["usher"] ?? Result()
        let kind = method == "Unary" ? "does not suspend" : "suspends once"
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
