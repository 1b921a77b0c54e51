import Foundation
package import RPC

/// Tests/GoPeer, built for the test that uses it.
package struct GoPeer: Sendable {
    /// What a call came to: status 0 with the response in hexadecimal, else 1 with "code N: text".
    package struct Result: Equatable, Sendable {
        package let status: Int32
        package let output: String

        package init(status: Int32, output: String) {
            self.status = status
            self.output = output
        }
    }

    /// Why it cannot be built or run.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let executable: URL

    /// Builds it; a missing package is named.
    package static func build() async throws -> GoPeer {
        let sources = URL(filePath: #filePath).resolvingSymlinksInPath()
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

    /// Calls a method with a payload in hexadecimal.
    package func call(
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

    /// Serves bench.Echo on a unix socket while `body` runs.
    package func withServer<R>(_ body: (RPCAddress) async throws -> R) async throws -> R {
        let path = "/tmp/usher-go-\(UUID().uuidString.prefix(8)).sock"
        let process = Process()
        process.executableURL = executable
        process.arguments = ["-serve", "unix", path]
        process.environment = [:]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            try? FileManager.default.removeItem(atPath: path)
        }
        let end = ContinuousClock.now + .seconds(20)
        while !FileManager.default.fileExists(atPath: path) {
            guard process.isRunning, .now < end else {
                throw Failure(description: "the Go peer does not serve")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try await body(.unix(path))
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
