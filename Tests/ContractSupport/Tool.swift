package import Foundation

/// A program that the contract tests run: protoc, buf, or one found by env.
package struct Tool: Sendable {
    /// The program is not there; says what to install.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// How a run ended.
    package struct Result: Sendable {
        /// 0 = success.
        package let status: Int32
        /// Standard output and standard error, as they came.
        package let output: String
    }

    /// Path of the program.
    package let path: String

    /// env, which runs the program that its first argument names.
    package static let env = Tool(path: "/usr/bin/env")

    /// The proto compiler, from PATH.
    package static func protoc() throws -> Tool {
        guard let path = onPath("protoc") else {
            throw Missing(
                description: "protoc is not on PATH; install the Debian package protobuf-compiler")
        }
        return Tool(path: path)
    }

    /// buf: from USHER_BUF, else the repository's .cache/venv, else PATH.
    package static func buf() throws -> Tool {
        let environment = ProcessInfo.processInfo.environment
        let candidates: [String?] = [
            environment["USHER_BUF"], Repository.root.appending(path: ".cache/venv/bin/buf").path,
            onPath("buf"),
        ]
        let found = candidates.compactMap { $0 }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let found else {
            throw Missing(
                description: """
                    buf is neither at USHER_BUF nor in .cache/venv/bin nor on PATH; install the \
                    Python package buf-bin, e.g. python3 -m venv .cache/venv && \
                    .cache/venv/bin/pip install buf-bin
                    """)
        }
        return Tool(path: found)
    }

    /// Runs it to its end. Its output goes through a file, so no pipe can fill up.
    package func run(_ arguments: [String], in folder: URL) async throws -> Result {
        let scratch = try ScratchFolder()
        let log = scratch.url.appending(path: "output")
        try Data().write(to: log)
        let handle = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
        try handle.close()
        return Result(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: log), as: UTF8.self))
    }

    private static func onPath(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { $0 + "/" + name }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }
}

/// Where things are in the checkout that the tests were built from.
package enum Repository {
    /// The folder of Package.swift.
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// The contracts; only read by tests.
    package static let proto = root.appending(path: "proto")

    /// Paths of the .proto files from `proto`, sorted.
    package static func protoFiles() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: proto.path)
            .filter { $0.hasSuffix(".proto") }.sorted()
    }
}

/// A folder of one's own that goes away with its owner.
package final class ScratchFolder: Sendable {
    /// The folder.
    package let url: URL

    /// Makes it.
    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "usher-contracts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}
