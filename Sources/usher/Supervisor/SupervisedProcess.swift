import Foundation
import Glibc
import ServiceLifecycle
import Subprocess
import Synchronization
import SystemPackage

/// Keeps one process running: starts it when told to, starts it again when it dies, stops it on
/// graceful shutdown.
final class SupervisedProcess: Service {
    let spec: ProcessSpec
    private let log: RotatingLog
    private let pidFile: String
    private let report: @Sendable (String) -> Void
    private let startGate = Latch()
    private let readyGate = Latch()
    private let state: Mutex<State>

    private struct State {
        var policy: RestartPolicy
        var scanner = LogScanner()
        var pid: pid_t?
        var restarts = 0
        var diedAt: ContinuousClock.Instant?
        var lastEnd = ""
    }

    /// - Parameters:
    ///   - spec: what to run.
    ///   - logFolder: NAME.log goes here.
    ///   - runFolder: NAME.pid goes here.
    ///   - policy: when it is started again.
    ///   - report: tells the operator something, one line without the process' name.
    init(
        _ spec: ProcessSpec, logFolder: String, runFolder: String,
        policy: RestartPolicy.Settings = .init(), report: @escaping @Sendable (String) -> Void
    ) {
        self.spec = spec
        self.report = report
        log = RotatingLog(path: "\(logFolder)/\(spec.name).log")
        pidFile = "\(runFolder)/\(spec.name).pid"
        state = Mutex(State(policy: RestartPolicy(settings: policy)))
    }

    /// Lets the process start, and waits until it does its work.
    ///
    /// - Throws: `StartError` where it is not ready within its deadline.
    func start() async throws {
        startGate.open()
        let isReady = try await withDeadline(spec.startDeadline) {
            try await self.readyGate.wait()
            return true
        }
        if isReady == nil {
            throw StartError(
                "\(spec.name) is not ready after \(spec.startDeadline.inSeconds).",
                advice: lastWords)
        }
    }

    /// Number of the running process; nil while there is none.
    var pid: pid_t? {
        state.withLock { $0.pid }
    }

    /// How often it was started again.
    var restarts: Int {
        state.withLock { $0.restarts }
    }

    /// Kills the process and its group at once.
    func killNow() {
        if let pid {
            kill(-pid, SIGKILL)
        }
    }

    func run() async throws {
        guard await shouldStart() else {
            return
        }
        while true {
            let began = ContinuousClock.now
            let end = await runOnce()
            if Task.isShuttingDownGracefully || Task.isCancelled {
                return
            }
            let lived = ContinuousClock.now - began
            let decision = state.withLock { state in
                state.diedAt = ContinuousClock.now
                state.lastEnd = end
                return state.policy.ended(afterRunning: lived, chance: .random(in: 0..<1))
            }
            switch decision {
            case .giveUp:
                throw StartError("\(spec.name) does not start: it \(end).", advice: lastWords)
            case .restart(let delay):
                if state.withLock({ $0.policy.isEstablished }) {
                    report("\(end); starting it again")
                }
                await cancelWhenGracefulShutdown { try? await Task.sleep(for: delay) }
                if Task.isShuttingDownGracefully || Task.isCancelled {
                    return
                }
                state.withLock { $0.restarts += 1 }
            }
        }
    }

    /// False where the platform stops before this process was to start.
    private func shouldStart() async -> Bool {
        await cancelWhenGracefulShutdown { [startGate] in
            (try? await startGate.wait()) != nil
        } && !Task.isShuttingDownGracefully
    }

    /// Runs the process until it ends.
    ///
    /// - Returns: how it ended, for people.
    private func runOnce() async -> String {
        var options = PlatformOptions()
        // A group of its own: Ctrl-C at the terminal is for `usher up` alone.
        options.processGroupID = 0
        let steps = [
            TeardownStep.send(signal: .terminate, allowedDurationToNextStep: spec.patience)
        ]
        options.teardownSequence = steps
        let environment = spec.environment.map { (Environment.Key(stringLiteral: $0), $1) }
        do {
            let result = try await Subprocess.run(
                spec.executable.contains("/")
                    ? .path(FilePath(spec.executable)) : .name(spec.executable),
                arguments: Arguments(
                    executablePathOverride: spec.title, remainingValues: spec.arguments),
                environment: .custom(Dictionary(uniqueKeysWithValues: environment)),
                platformOptions: options, input: .inputWriter, output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                let pid = execution.processIdentifier.value
                began(pid)
                defer { ended() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await self.watchReadiness() }
                    group.addTask {
                        try? await gracefulShutdown()
                        if Task.isShuttingDownGracefully {
                            await execution.teardown(using: steps)
                        }
                    }
                    // Here and not in a child task: the output ends when the process does, and
                    // then nothing is left to watch.
                    defer { group.cancelAll() }
                    for try await buffer in execution.standardOutput {
                        take(unsafe buffer.withUnsafeBytes { unsafe Array($0) })
                    }
                }
            }
            return result.terminationStatus.text
        } catch {
            return "could not be run (\(error))"
        }
    }

    private func began(_ pid: pid_t) {
        state.withLock { $0.pid = pid }
        if let identity = ProcessIdentity(pid: pid) {
            // Without the file the next start cannot stop a leftover, which its own pipes end too.
            try? Data(identity.line.utf8).write(to: URL(fileURLWithPath: pidFile))
        }
    }

    private func ended() {
        state.withLock { $0.pid = nil }
        unsafe unlink(pidFile)
    }

    private func watchReadiness() async {
        var pause = Duration.milliseconds(20)
        while !(await spec.probe()) {
            guard (try? await Task.sleep(for: pause)) != nil else {
                return
            }
            pause = min(pause * 1.5, .milliseconds(250))
        }
        guard !Task.isCancelled else {
            return
        }
        let downSince = state.withLock { state in
            state.policy.becameReady()
            defer { state.diedAt = nil }
            return state.diedAt
        }
        readyGate.open()
        if let downSince {
            report("back after \((ContinuousClock.now - downSince).inSeconds)")
        }
    }

    private func take(_ bytes: [UInt8]) {
        if let error = log.append(bytes) {
            report("its log cannot be written: \(error) (\(log.path))")
        }
        let problem = state.withLock { $0.scanner.scan(bytes, at: .now) }
        // What is said while everything stops needs nobody's attention.
        if let problem, !Task.isShuttingDownGracefully {
            report("\(problem) (see \(log.path))")
        }
    }

    /// How it ended last and what it logged before.
    private var lastWords: String {
        let (end, tail) = state.withLock { ($0.lastEnd, $0.scanner.tail) }
        var lines = end.isEmpty ? [] : ["It \(end)."]
        lines.append(tail.isEmpty ? "It logged nothing." : "The end of its log, \(log.path):")
        return (lines + tail.map { "    " + $0 }).joined(separator: "\n")
    }
}

extension TerminationStatus {
    /// For people, after "it".
    var text: String {
        switch self {
        case .exited(let code):
            return "ended with exit code \(code)"
        case .signaled(let signal):
            return "was ended by signal \(signal)"
        }
    }
}
