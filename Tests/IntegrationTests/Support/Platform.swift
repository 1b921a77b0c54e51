import Foundation
import Synchronization

/// A platform of its own: `usher up` in a temporary folder, on free ports, gone with the tests.
final class Platform: Sendable {
    /// What `usher up` tells programs.
    struct Ready: Decodable, Sendable {
        var pid: Int32
        var url: String
        var adminURLs: [String: String]
        var sockets: [String: String]
        var databases: [String: String]
        var redisSocket: String
        var runFolder: String
        var dataFolder: String
        var secretsFolder: String
        var outboxFolder: String
        var logFolder: String
        var processes: [String: Int32]
    }

    /// Why no platform came up.
    struct NotReady: Error, CustomStringConvertible {
        let description: String
    }

    /// The platform that most tests share; it has the demo events.
    static func shared() async throws -> Platform {
        try await sharedPlatform.get()
    }

    /// One that guards nothing with Redis; a debug build alone can do that.
    static func withoutGuard() async throws -> Platform {
        try await unguardedPlatform.get()
    }

    private static let sharedPlatform = Lazy { try await Platform(demo: true) }
    private static let unguardedPlatform = Lazy {
        try await Platform(environment: ["USHER_SABOTAGE": "no-guard"])
    }

    /// Folder of the platform; `data`, `run` and `up.log` are in it.
    let folder: String
    private let environment: [String: String]
    private let current: Mutex<Ready>
    private let process: Mutex<Process?>
    private let lifeline: Mutex<Pipe?>

    /// What the platform said when it was last up.
    var ready: Ready {
        current.withLock { $0 }
    }

    /// Starts a platform and waits until it is up.
    ///
    /// - Parameters:
    ///   - demo: load the demo events.
    ///   - environment: besides the test process' own.
    init(demo: Bool = false, environment: [String: String] = [:]) async throws {
        folder = "/tmp/usher-it-" + UUID().uuidString.prefix(8).lowercased()
        var environment = environment
        environment["USHER_AUTH_PASSWORD_LOG2N"] = "10"
        if demo {
            environment["USHER_DEMO"] = "true"
        }
        self.environment = environment
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        process = Mutex(nil)
        lifeline = Mutex(nil)
        current = Mutex(
            Ready(
                pid: 0, url: "", adminURLs: [:], sockets: [:], databases: [:], redisSocket: "",
                runFolder: "", dataFolder: "", secretsFolder: "", outboxFolder: "",
                logFolder: "", processes: [:]))
        try await start()
    }

    /// Runs `usher up` on the folder, a second time too, and waits until it is up.
    func start() async throws {
        // The shell ends the platform, and removes its folder, when this process ends, however
        // it ends; a platform that is stopped by a test keeps its folder until then.
        let script = """
            "$1" up --data "$2/data" --run "$2/run" --port 0 --admin-port-base 0 \
                < /dev/null >> "$2/up.log" 2>&1 &
            pid=$!
            cat > /dev/null
            kill -TERM $pid 2> /dev/null
            wait $pid
            rm -rf "$2"
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, "sh", try Self.executable(), folder]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let lifeline = Pipe()
        process.standardInput = lifeline
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process.withLock { $0 = process }
        self.lifeline.withLock { $0 = lifeline }
        try await waitUntilReady()
    }

    private func waitUntilReady() async throws {
        let file = folder + "/run/ready.json"
        let deadline = ContinuousClock.now + .seconds(240)
        var looksWithoutIt = 0
        while ContinuousClock.now < deadline {
            if let data = FileManager.default.contents(atPath: file),
                let ready = try? JSONDecoder().decode(Ready.self, from: data),
                ready.pid != self.ready.pid
            {
                current.withLock { $0 = ready }
                return
            }
            looksWithoutIt = isRunning ? 0 : looksWithoutIt + 1
            if looksWithoutIt > 150 {
                throw NotReady(description: "usher up has ended:\n" + log)
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw NotReady(description: "usher up is not up after 240 s:\n" + log)
    }

    /// True while the shell has the program that it starts a moment after it.
    private var isRunning: Bool {
        guard let shell = process.withLock({ $0?.processIdentifier }) else { return false }
        return ProcessTable.children(of: shell).contains { pid in
            ProcessTable.arguments(of: pid).dropFirst().first == "up"
        }
    }

    /// Everything that `usher up` has printed.
    var log: String {
        (try? String(contentsOfFile: folder + "/up.log", encoding: .utf8)) ?? ""
    }

    /// Ends `usher up` at once, and nothing else.
    func killUp() {
        kill(ready.pid, SIGKILL)
    }

    /// Where the program under test is: beside the test program.
    static func executable() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let usher = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("usher").path
        guard FileManager.default.isExecutableFile(atPath: usher) else {
            throw NotReady(description: "there is no \(usher); build the package first")
        }
        return usher
    }

    /// Top folder of the project.
    static var projectFolder: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
    }
}

/// Something that is made once, by whoever needs it first.
actor Lazy<Value: Sendable> {
    private let make: @Sendable () async throws -> Value
    private var task: Task<Value, any Error>?

    init(_ make: @escaping @Sendable () async throws -> Value) {
        self.make = make
    }

    func get() async throws -> Value {
        if task == nil {
            let make = make
            task = Task { try await make() }
        }
        guard let task else {
            throw CancellationError()
        }
        return try await task.value
    }
}

/// Asks again until the answer is there.
///
/// - Parameters:
///   - what: for the error.
///   - seconds: when to give up; many times what it takes.
///   - look: nil = not yet.
func eventually<Value>(
    _ what: String, seconds: Int = 120, _ look: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if let value = try await look() {
            return value
        }
        try await Task.sleep(for: .milliseconds(250))
    }
    throw Platform.NotReady(description: "after \(seconds) s still not: \(what)")
}
