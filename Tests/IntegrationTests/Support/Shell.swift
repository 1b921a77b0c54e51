import Foundation
import Testing

/// Runs scripts and programs.
enum Shell {
    /// What a script said.
    struct Output: Sendable {
        var status: Int32
        /// Standard output and standard error together.
        var text: String
    }

    /// Runs a script in bash.
    static func run(
        _ script: String, in folder: String = "/tmp", environment: [String: String] = [:],
        input: [UInt8] = []
    ) async throws -> Output {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let files = try (0..<2).map { index in
            let file = folder + "/.shell-\(UUID().uuidString)-\(index)"
            _ = FileManager.default.createFile(
                atPath: file, contents: index == 0 ? Data(input) : nil)
            return try #require(FileHandle(forUpdatingAtPath: file).map { (file, $0) })
        }
        defer {
            for (file, _) in files {
                try? FileManager.default.removeItem(atPath: file)
            }
        }
        process.standardInput = files[0].1
        process.standardOutput = files[1].1
        process.standardError = files[1].1
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                done.resume(throwing: error)
            }
        }
        let text = (try? String(contentsOfFile: files[1].0, encoding: .utf8)) ?? ""
        return Output(status: process.terminationStatus, text: text)
    }
}
