import Foundation
import Glibc
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import usher

/// With real processes: small shell scripts.
@Suite("Supervised process")
struct SupervisedProcessTests {
    /// What the operator was told.
    private final class Reports: Sendable {
        let lines = Mutex<[String]>([])
    }

    private func process(
        _ script: String, in folder: String, reports: Reports = Reports(),
        probe: @escaping @Sendable () async -> Bool = { true }
    ) -> SupervisedProcess {
        SupervisedProcess(
            ProcessSpec(
                name: "worker", executable: "/bin/sh", title: "worker", arguments: ["-c", script],
                environment: ["PATH": "/usr/bin:/bin"], patience: .seconds(20),
                startDeadline: .seconds(50), probe: probe),
            logFolder: folder, runFolder: folder,
            policy: .init(delayMin: .milliseconds(1), delayMax: .milliseconds(5), firstStartsMax: 3)
        ) { line in reports.lines.withLock { $0.append(line) } }
    }

    /// What a test does while the processes run; cancelled where they stop by themselves.
    private struct Operation: Service {
        let body: @Sendable () async throws -> Void

        func run() async throws {
            do {
                try await cancelWhenGracefulShutdown { try await body() }
            } catch  where Task.isShuttingDownGracefully {
                // Cancelled.
            }
        }
    }

    /// Runs a process until the operation is done, then stops it.
    private func running(
        _ process: SupervisedProcess, _ body: @Sendable @escaping () async throws -> Void
    ) async throws {
        let services: [any Service] = [process, Operation(body: body)]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
    }

    @Test("a killed process comes back, is reported, and ends with its supervisor")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            let reports = Reports()
            let process = process("echo started; exec sleep 1000", in: folder, reports: reports)
            try await running(process) {
                try await process.start()
                let first = try #require(process.pid)
                #expect(ProcessIdentity(line: text(folder + "/worker.pid"))?.pid == first)
                kill(first, SIGKILL)
                #expect(
                    try await eventually {
                        let pid = process.pid
                        return process.restarts == 1 && pid != nil && pid != first
                            && reports.lines.withLock { $0.count } == 2
                    })
            }
            let lines = reports.lines.withLock { $0 }
            #expect(lines.first == "was ended by signal 9; starting it again")
            #expect(lines.last?.hasPrefix("back after ") == true)
            #expect(process.pid == nil)
            #expect(!FileManager.default.fileExists(atPath: folder + "/worker.pid"))
            #expect(text(folder + "/worker.log") == "started\nstarted\n")
        }
    }

    @Test("asked to stop, it may finish what it does, and its last words are kept")
    func graceful() async throws {
        try await withTemporaryFolder { folder in
            let process = process(
                "trap 'echo finished; exit 0' TERM; echo started; while :; do sleep 0.05; done",
                in: folder,
                probe: { text(folder + "/worker.log").contains("started") })
            try await running(process) { try await process.start() }
            #expect(text(folder + "/worker.log") == "started\nfinished\n")
            #expect(process.restarts == 0)
        }
    }

    @Test("one that never works is given up with its last words")
    func givingUp() async throws {
        try await withTemporaryFolder { folder in
            let process = process("echo no such table; exit 3", in: folder, probe: { false })
            let error = await #expect(throws: StartError.self) {
                try await running(process) { try await process.start() }
            }
            #expect(error?.problem == "worker does not start: it ended with exit code 3.")
            #expect(error?.advice.contains("    no such table") == true)
            #expect(text(folder + "/worker.log") == "no such table\nno such table\nno such table\n")
        }
    }

    @Test("one that was never to start does not")
    func neverStarted() async throws {
        try await withTemporaryFolder { folder in
            let process = process("echo started", in: folder)
            try await running(process) {}
            #expect(!FileManager.default.fileExists(atPath: folder + "/worker.log"))
        }
    }

    @Test("a program that is not there is said to be so")
    func missing() async throws {
        try await withTemporaryFolder { folder in
            let process = SupervisedProcess(
                ProcessSpec(
                    name: "worker", executable: "/no/such/program", title: "worker", arguments: [],
                    environment: [:], probe: { false }), logFolder: folder, runFolder: folder,
                policy: .init(delayMin: .milliseconds(1), firstStartsMax: 2)
            ) { _ in }
            let error = await #expect(throws: StartError.self) {
                try await running(process) { try await process.start() }
            }
            #expect(error?.problem.contains("could not be run") == true)
        }
    }
}
