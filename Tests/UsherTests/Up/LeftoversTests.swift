import Foundation
import Testing

@testable import usher

@Suite("Leftovers")
struct LeftoversTests {
    private func sleeper(_ script: String = "exec sleep 1000") throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        // Whatever outlives a test must not keep the runner's output open.
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test("a process of an earlier start is found by its file and stopped")
    func stop() async throws {
        try await withTemporaryFolder { folder in
            let process = try sleeper()
            let identity = try #require(ProcessIdentity(pid: process.processIdentifier))
            try Data(identity.line.utf8).write(to: URL(fileURLWithPath: folder + "/auth.pid"))
            let leftovers = Leftovers(
                data: DataFolder(path: folder), run: RunFolder(path: folder))
            let found = leftovers.find()
            #expect(found.map(\.name) == ["auth"])
            #expect(found.map(\.identity) == [identity])
            try await leftovers.stop(found)
            #expect(!identity.isAlive)
            #expect(leftovers.find().isEmpty)
        }
    }

    @Test("one that does not listen is killed")
    func deaf() async throws {
        try await withTemporaryFolder { folder in
            let process = try sleeper(
                "trap '' TERM; echo > \(folder)/deaf; while :; do sleep 0.05; done")
            #expect(
                try await eventually { FileManager.default.fileExists(atPath: folder + "/deaf") })
            let identity = try #require(ProcessIdentity(pid: process.processIdentifier))
            try Data(identity.line.utf8).write(to: URL(fileURLWithPath: folder + "/auth.pid"))
            let leftovers = Leftovers(
                data: DataFolder(path: folder), run: RunFolder(path: folder),
                patience: .milliseconds(100))
            try await leftovers.stop(leftovers.find())
            #expect(!identity.isAlive)
        }
    }

    @Test("a stranger who has the number now is left alone")
    func stranger() async throws {
        try await withTemporaryFolder { folder in
            let process = try sleeper()
            defer { kill(process.processIdentifier, SIGKILL) }
            var identity = try #require(ProcessIdentity(pid: process.processIdentifier))
            identity.startTicks -= 1
            try Data(identity.line.utf8).write(to: URL(fileURLWithPath: folder + "/auth.pid"))
            // The servers' own files hold a number alone.
            let redis = folder + "/redis"
            try FileManager.default.createDirectory(
                atPath: redis, withIntermediateDirectories: true)
            try Data("\(process.processIdentifier)\n".utf8).write(
                to: URL(fileURLWithPath: redis + "/redis-server.pid"))
            let leftovers = Leftovers(
                data: DataFolder(path: folder), run: RunFolder(path: folder))
            #expect(leftovers.find().isEmpty)
            #expect(process.isRunning)
            #expect(!FileManager.default.fileExists(atPath: folder + "/auth.pid"))
        }
    }
}
