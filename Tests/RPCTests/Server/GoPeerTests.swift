import Foundation
import RPC
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

/// Tests/GoPeer, built for the test that uses it.
struct GoPeer {
    struct Result: Equatable {
        let status: Int32
        let output: String
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let executable: URL

    static func build() async throws -> GoPeer {
        let sources = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "GoPeer")
        let folder = FileManager.default.temporaryDirectory.appending(path: "usher-gopeer")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let executable = folder.appending(path: "gopeer-\(UUID().uuidString)")
        let environment = [
            "GO111MODULE": "off", "GOPATH": "/usr/share/gocode",
            "GOCACHE": folder.appending(path: "cache").path, "HOME": folder.path,
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ]
        let build = try await run(
            URL(filePath: "/usr/bin/env"), ["go", "build", "-o", executable.path, "."],
            environment: environment, folder: sources)
        guard build.status == 0 else {
            throw Failure(
                description: """
                    the Go peer does not build; it needs the Debian packages golang-go and \
                    golang-github-containerd-ttrpc-dev: \(build.output)
                    """)
        }
        return GoPeer(executable: executable)
    }

    func call(
        _ address: RPCAddress, _ service: String, _ method: String, _ payload: String,
        options: [String] = []
    ) async throws -> Result {
        let target =
            switch address {
            case .unix(let path): ["unix", path]
            case .tcp(let host, let port): ["tcp", "\(host):\(port)"]
            }
        return try await Self.run(
            executable, options + target + [service, method, payload], environment: [:],
            folder: URL(filePath: "/"))
    }

    private static func run(
        _ executable: URL, _ arguments: [String], environment: [String: String], folder: URL
    ) async throws -> Result {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        return try await withCheckedThrowingContinuation { continuation in
            // Outputs are far shorter than a pipe's buffer, so reading at the end will do.
            process.terminationHandler = { process in
                let data = output.fileHandleForReading.readDataToEndOfFile()
                let text = String(decoding: data, as: UTF8.self)
                continuation.resume(
                    returning: Result(
                        status: process.terminationStatus,
                        output: text.trimmingCharacters(in: .whitespacesAndNewlines)))
            }
            do {
                try process.run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
