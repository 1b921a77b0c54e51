package import Foundation
import Synchronization

/// A program that a test runs beside itself. It is killed and not asked when the test has no more
/// use for it, however the test ends; its output goes to a file, so that it never waits for a reader.
package final class PeerProcess: Sendable {
    /// How a program has ended, and what it wrote to both outputs, without the last line's end.
    package struct Result: Equatable, Sendable {
        package let status: Int32
        package let output: String

        package init(status: Int32, output: String) {
            self.status = status
            self.output = output
        }
    }

    private let process: Process
    private let output: URL
    private let ended: AsyncStream<Void>

    private init(process: Process, output: URL, ended: AsyncStream<Void>) {
        self.process = process
        self.output = output
        self.ended = ended
    }

    /// Starts a program.
    package static func start(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:],
        folder: URL = URL(filePath: "/")
    ) throws -> PeerProcess {
        let output = FileManager.default.temporaryDirectory
            .appending(path: "usher-peer-\(UUID().uuidString).log")
        try Data().write(to: output)
        let file = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = file
        process.standardError = file
        let (ended, continuation) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in continuation.finish() }
        do {
            try process.run()
        } catch {
            try? FileManager.default.removeItem(at: output)
            throw error
        }
        try file.close()
        return PeerProcess(process: process, output: output, ended: ended)
    }

    /// Whether it has not ended yet.
    package var isRunning: Bool { process.isRunning }

    /// Its number, as long as it runs.
    package var id: Int32 { process.processIdentifier }

    /// Ends it at once. More than once is as good as once.
    package func kill() {
        if process.isRunning { _ = Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// Waits until it has ended; kills it when the waiting task is cancelled. Once.
    package func end() async -> Result {
        await withTaskCancellationHandler {
            // Cancellation ends the loop early; what was killed has ended soon.
            for await _ in ended {}
            process.waitUntilExit()
        } onCancel: {
            kill()
        }
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        try? FileManager.default.removeItem(at: output)
        return Result(
            status: process.terminationStatus,
            output: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Runs a program to its end.
    package static func run(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:],
        folder: URL = URL(filePath: "/")
    ) async throws -> Result {
        await (try start(executable, arguments, environment: environment, folder: folder)).end()
    }

    /// Runs a program while `body` runs, then kills it and waits for its end.
    package static func with<R>(
        _ executable: URL, _ arguments: [String], _ body: (PeerProcess) async throws -> R
    ) async throws -> R {
        let process = try start(executable, arguments)
        do {
            let result = try await body(process)
            process.kill()
            _ = await process.end()
            return result
        } catch {
            process.kill()
            _ = await process.end()
            throw error
        }
    }
}
