import Foundation
import Glibc

/// The platform's own Redis: seat state and holds, in memory alone, through a unix socket alone.
struct RedisServer: Sendable {
    /// Of its process.
    static let name = "redis"
    let program: String
    let run: RunFolder

    /// Finds redis-server in PATH.
    ///
    /// - Throws: `StartError` where there is none.
    static func locate(run: RunFolder) throws -> RedisServer {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/bin", "/usr/local/bin"]
        let program = folders.map { "\($0)/redis-server" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let program else {
            throw StartError(
                "Redis is not installed.",
                advice: "Install it with `apt-get install redis-server`, or run scripts/setup.")
        }
        return RedisServer(program: program, run: run)
    }

    /// Its own file with its number, beside ours of the guard.
    var pidFile: String { run.redis + "/redis-server.pid" }

    /// How it is run.
    ///
    /// - Parameter executable: the usher program itself, for the guard.
    func spec(executable: String) -> ProcessSpec {
        let server = [
            program, "--port", "0", "--unixsocket", run.redisSocket, "--unixsocketperm", "600",
            "--save", "", "--appendonly", "no", "--maxmemory", "512mb",
            "--maxmemory-policy", "noeviction", "--dir", run.redis, "--pidfile", pidFile,
            "--daemonize", "no",
        ]
        return ProcessSpec(
            name: Self.name, executable: executable, title: "usher",
            arguments: ["guard", "--stop-signal", "term", "--patience", "10", "--"] + server,
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
                "LC_ALL": "C.UTF-8",
            ],
            patience: .seconds(15), startDeadline: .seconds(30),
            probe: { [run] in Self.accepts(run.redisSocket) })
    }

    /// Whether somebody listens on a unix socket.
    static func accepts(_ path: String) -> Bool {
        let socket = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
                | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else {
            return false
        }
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count <= RunFolder.socketPathBytesMax else {
            return false
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
