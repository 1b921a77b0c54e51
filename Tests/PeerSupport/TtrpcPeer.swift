import Foundation
package import RPC

/// Another language's ttrpc, built for the test that uses it: Tests/GoPeer or Tests/RustPeer, which
/// have the same command line.
package struct TtrpcPeer: Sendable {
    /// What a call came to: status 0 with the response in hexadecimal, else 1 with "code N: text".
    package typealias Result = PeerProcess.Result

    /// Whose ttrpc it is.
    package enum Language: String, CaseIterable, Sendable {
        case go = "Go"
        case rust = "Rust"

        /// Builds the peer.
        ///
        /// - Throws: `Failure` where a package is missing; it is named.
        package func build() async throws -> TtrpcPeer {
            switch self {
            case .go: try await .go()
            case .rust: try await .rust()
            }
        }
    }

    /// Why it cannot be built or run.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let executable: URL

    private static var path: String {
        "/usr/bin:/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    }

    /// A folder that is kept from test run to test run, so that what was compiled stays.
    private static func folder(_ name: String) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private static func sources(_ name: String) -> URL {
        URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: name)
    }

    /// Builds Tests/GoPeer; a missing package is named.
    package static func go() async throws -> TtrpcPeer {
        let folder = try folder("usher-gopeer")
        let executable = folder.appending(path: "gopeer-\(UUID().uuidString)")
        let environment = [
            "GO111MODULE": "off", "GOPATH": "/usr/share/gocode",
            "GOCACHE": folder.appending(path: "cache").path, "HOME": folder.path, "PATH": path,
        ]
        let build = try await PeerProcess.run(
            URL(filePath: "/usr/bin/env"), ["go", "build", "-o", executable.path, "."],
            environment: environment, folder: sources("GoPeer"))
        guard build.status == 0 else {
            throw Failure(
                description: """
                    the Go peer does not build; it needs the Debian packages golang-go and \
                    golang-github-containerd-ttrpc-dev (scripts/setup): \(build.output)
                    """)
        }
        return TtrpcPeer(executable: executable)
    }

    /// Builds Tests/RustPeer, one test process at a time; a missing package is named. The first
    /// build takes about half a minute.
    package static func rust() async throws -> TtrpcPeer {
        let folder = try folder("usher-rustpeer")
        let executable = folder.appending(path: "rustpeer-\(UUID().uuidString)")
        // Cargo writes beside its manifest.
        let script = """
            set -e
            rm -rf source && cp -r "$1" source && cd source
            cargo build --quiet --target-dir ../target
            cp ../target/debug/rustpeer "$2"
            """
        let environment = [
            "CARGO_HOME": folder.appending(path: "home").path, "HOME": folder.path, "PATH": path,
        ]
        let build = try await PeerProcess.run(
            URL(filePath: "/usr/bin/env"),
            [
                "flock", "lock", "sh", "-c", script, "sh", sources("RustPeer").path,
                executable.path,
            ], environment: environment, folder: folder)
        guard build.status == 0 else {
            throw Failure(
                description: """
                    the Rust peer does not build; it needs the Debian packages cargo and \
                    librust-ttrpc-dev (scripts/setup): \(build.output)
                    """)
        }
        return TtrpcPeer(executable: executable)
    }

    /// Calls a method with a payload in hexadecimal; the peer itself gives up after `timeoutMS`.
    package func call(
        _ address: RPCAddress, _ service: String, _ method: String, _ payload: String,
        timeoutMS: Int = 120_000, options: [String] = []
    ) async throws -> Result {
        let target =
            switch address {
            case .unix(let path): ["unix", path]
            case .tcp(let host, let port): ["tcp", "\(host):\(port)"]
            }
        return try await PeerProcess.run(
            executable,
            ["-timeout", "\(timeoutMS)ms"] + options + target + [service, method, payload])
    }

    /// Serves bench.Echo on a unix socket while `body` runs.
    package func withServer<R>(
        _ body: (RPCAddress, PeerProcess) async throws -> R
    ) async throws -> R {
        let path = "/tmp/usher-peer-\(UUID().uuidString.prefix(8)).sock"
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await PeerProcess.with(executable, ["-serve", "unix", path]) { process in
            let end = ContinuousClock.now + .seconds(60)
            while !FileManager.default.fileExists(atPath: path) {
                guard process.isRunning, .now < end else {
                    throw Failure(description: "the peer does not serve on \(path)")
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            return try await body(.unix(path), process)
        }
    }
}
