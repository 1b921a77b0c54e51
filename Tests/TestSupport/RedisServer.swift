package import Foundation
import Glibc
package import Redis
import Synchronization

/// A private redis-server: unix socket, no persistence, `noeviction`. One for each test process,
/// which it does not outlive; or one's own, to be stopped and started again.
package final class RedisServer: Sendable {
    /// Why there is no server.
    package struct StartFailure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Ends the server when the test process is gone. It asks, because a pipe that the end of the
    /// test process would close can leak into processes started at the same time.
    private static let watcher = """
        while kill -0 "$1" && kill -0 "$2"; do sleep 0.2; done 2>/dev/null
        kill -0 "$1" 2>/dev/null || { kill -KILL "$2"; rm -rf "$3"; }
        """

    private static let sharedResult = Result { try RedisServer() }

    /// The server that all tests of this process share. Keys need a prefix of their own.
    package static var shared: RedisServer {
        get throws { try sharedResult.get() }
    }

    /// Where the socket is, and a dump file if one is written.
    package let folder: URL
    private let redis = Mutex<Process?>(nil)

    /// Starts a server and returns when it listens.
    package init() throws {
        // A short path: a unix socket's has at most 107 bytes.
        let name = "usher-redis-" + UUID().uuidString.prefix(8).lowercased()
        folder = URL(fileURLWithPath: "/tmp").appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        try start()
    }

    deinit {
        redis.withLock { _ = $0.map { kill($0.processIdentifier, SIGKILL) } }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Path of the unix socket.
    package var socketPath: String { folder.path + "/redis.sock" }

    /// How to reach it.
    package var configuration: RedisConfiguration {
        var configuration = RedisConfiguration(address: .unix(path: socketPath))
        // The machine that runs the tests may be busy.
        configuration.commandTimeout = .seconds(20)
        configuration.connectTimeout = .seconds(10)
        return configuration
    }

    /// Starts the stopped server, in the same folder, with the dump file that is there.
    package func start() throws {
        let server = try Self.launch(
            "/usr/bin/env",
            [
                "redis-server", "--port", "0", "--unixsocket", socketPath,
                "--unixsocketperm", "700", "--dir", folder.path, "--save", "",
                "--appendonly", "no", "--maxmemory-policy", "noeviction",
            ])
        redis.withLock { $0 = server }
        let own = String(getpid())
        _ = try Self.launch(
            "/bin/sh",
            ["-c", Self.watcher, "sh", own, String(server.processIdentifier), folder.path])
        try Self.wait("redis-server did not start in \(folder.path)") {
            server.isRunning && FileManager.default.fileExists(atPath: socketPath)
        }
    }

    /// Ends the server as `kill -9` does; returns when it is gone. Its folder stays.
    package func stop() throws {
        guard let server = redis.withLock({ $0.take() }) else { return }
        kill(server.processIdentifier, SIGKILL)
        try Self.wait("redis-server does not end") { !server.isRunning }
        try FileManager.default.removeItem(atPath: socketPath)
    }

    /// Stops the server for a while: its connections stay open and nothing is answered.
    package func freeze() {
        redis.withLock { _ = $0.map { kill($0.processIdentifier, SIGSTOP) } }
    }

    /// Lets a frozen server go on.
    package func thaw() {
        redis.withLock { _ = $0.map { kill($0.processIdentifier, SIGCONT) } }
    }

    private static func launch(_ program: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func wait(_ failure: String, until condition: () -> Bool) throws {
        let deadline = Date().addingTimeInterval(20)
        while !condition() {
            guard Date() < deadline else { throw StartFailure(description: failure) }
            usleep(5_000)
        }
    }
}
