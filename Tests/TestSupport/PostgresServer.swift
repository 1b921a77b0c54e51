import Foundation
package import Postgres
import Synchronization

/// A private PostgreSQL server on a unix socket, durable like a real one. It stops, and its files
/// go, when the test process ends in whatever way.
package final class PostgresServer: Sendable {
    /// Why there is no server; the description says what to do.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private static let starting = OnceStarted()
    private static let port = 5432

    /// Folder of the unix socket.
    package let socketFolder: String
    private let folder: String
    private let binaries: String
    private let databasesMade = Mutex(0)
    /// Carries commands to the watchdog, which stops the server when it closes, at the latest with
    /// the process. One command at a time.
    private let watchdogInput: Mutex<FileHandle>
    private let watchdogOutput: FileHandle

    /// The one that all tests of the process share. Nobody may restart or stop it.
    package static var shared: PostgresServer {
        get async throws { try await starting.server() }
    }

    /// One of your own, for tests that stop it.
    package static func start() async throws -> PostgresServer {
        try await offThePool {
            let server = try PostgresServer()
            return server
        }.checked()
    }

    private init() throws {
        binaries = try Self.findBinaries()
        folder = "/tmp/usher-test-pg-\(UUID().uuidString.prefix(8).lowercased())"
        socketFolder = folder
        let pipe = Pipe()
        // Only this process may hold the writing end, or the watchdog would never see it close.
        let flags = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_GETFD)
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, flags | FD_CLOEXEC)
        watchdogInput = Mutex(pipe.fileHandleForWriting)
        let output = Pipe()
        watchdogOutput = output.fileHandleForReading

        let process = Process()
        let script = ["/bin/sh", "-c", Self.watchdog, "sh", folder, binaries, String(Self.port)]
        let command = ["/usr/bin/setsid"] + Self.asServerUser(script)
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
        process.standardInput = pipe.fileHandleForReading
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try? output.fileHandleForWriting.close()
        try waitForAnswer()
    }

    /// Reads until the watchdog has said that it is done.
    private func waitForAnswer() throws {
        var text = ""
        while !text.contains("usher: done\n") {
            let data = watchdogOutput.availableData
            guard !data.isEmpty else {
                throw Failure(description: "PostgreSQL did not start or stop:\n\(text)")
            }
            text += String(decoding: data, as: UTF8.self)
        }
    }

    /// A database of its own for a test. The name is only for people: a number makes it unique.
    package func makeDatabase(_ name: String = #function) async throws -> PostgresConfiguration {
        let number = databasesMade.withLock { made in
            made += 1
            return made
        }
        let plain = name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let database = "t\(number)_\(plain.prefix(40))"
        try await PostgresAdministration.execute(
            "CREATE DATABASE \(database)", on: configuration(database: "postgres"))
        var configuration = configuration(database: database)
        // Hundreds of tests share this server's disk: a lock is kept for as long as its flush takes.
        configuration.lockTimeout = .seconds(60)
        return configuration
    }

    /// How to reach a database of this server as its superuser.
    package func configuration(database: String) -> PostgresConfiguration {
        PostgresConfiguration(
            host: socketFolder, port: Self.port, user: "postgres", database: database)
    }

    /// Stops the server as a crash would.
    package func kill() async throws {
        try await control("-m immediate stop")
    }

    /// Stops the server the way an operator does: sessions are ended with 57P01.
    package func stop() async throws {
        try await control("-m fast stop")
    }

    /// Starts it again after `kill` or `stop`.
    package func startAgain() async throws {
        try await control("start")
    }

    private func control(_ command: String) async throws {
        try await Self.offThePool {
            try self.watchdogInput.withLock { input in
                try input.write(contentsOf: Data("\(command)\n".utf8))
                try self.waitForAnswer()
            }
        }
    }

    /// A server that does not wait for its disk would make tests of durability worthless.
    private func checked() async throws -> PostgresServer {
        let configuration = configuration(database: "postgres")
        for setting in ["fsync", "synchronous_commit"] {
            try await PostgresAdministration.execute(
                """
                DO $$ BEGIN
                    IF current_setting('\(setting)') <> 'on' THEN
                        RAISE EXCEPTION '\(setting) is not on';
                    END IF;
                END $$
                """, on: configuration)
        }
        return self
    }

    // MARK: Processes

    /// Owns the server: stops it and removes its files when its standard input closes.
    private static let watchdog = """
        folder=$1 bin=$2 port=$3
        umask 077
        mkdir "$folder" || exit 1
        finish() {
            "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1
            rm -rf "$folder"
        }
        trap finish EXIT
        # A reader that has gone must not end this before the server is stopped.
        trap '' PIPE
        trap 'exit 1' HUP INT TERM
        "$bin/initdb" -D "$folder/data" -U postgres --auth=trust --no-sync \
            --encoding=UTF8 --locale=C.UTF-8 >"$folder/initdb.log" 2>&1 \
            || { cat "$folder/initdb.log"; exit 1; }
        cat >>"$folder/data/postgresql.conf" <<END
        listen_addresses = ''
        unix_socket_directories = '$folder'
        port = $port
        fsync = on
        synchronous_commit = on
        full_page_writes = on
        max_connections = 400
        shared_buffers = 64MB
        END
        control() {
            "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w "$@" >/dev/null 2>&1 \
                || { cat "$folder/log"; exit 1; }
            echo "usher: done"
        }
        control start
        while read -r command; do
            control $command
        done
        """

    /// PostgreSQL refuses to run as root.
    private static func asServerUser(_ command: [String]) -> [String] {
        guard geteuid() == 0 else { return command }
        return [
            "/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
        ] + command
    }

    private static func findBinaries() throws -> String {
        var folders = [String]()
        let versions = "/usr/lib/postgresql"
        let installed = (try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []
        for version in installed.sorted(by: { (Int($0) ?? 0) > (Int($1) ?? 0) }) {
            folders.append("\(versions)/\(version)/bin")
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        folders += path.split(separator: ":").map(String.init)
        let found = folders.first { folder in
            ["initdb", "postgres", "pg_ctl"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
            }
        }
        guard let found else {
            throw Failure(
                description: """
                    These tests need a PostgreSQL server and found none in \(versions) or PATH. \
                    Install it: apt-get install postgresql
                    """)
        }
        return found
    }

    /// Blocking work on a thread of its own.
    private static func offThePool<T: Sendable>(
        _ body: @escaping @Sendable () throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try body() })
            }
        }
    }
}

/// Starts the shared server once, however many tests ask at the same time.
private actor OnceStarted {
    private var task: Task<PostgresServer, any Error>?

    func server() async throws -> PostgresServer {
        let task = task ?? Task { try await PostgresServer.start() }
        self.task = task
        return try await task.value
    }
}
