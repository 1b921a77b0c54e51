import Foundation
import Glibc
import Testing

@testable import usher

/// With the real program: `usher guard`.
@Suite("Process guard")
struct ProcessGuardTests {
    /// The program, which is built beside the tests.
    private static func executable() throws -> URL {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("usher")
    }

    private func start(_ command: [String], input: Pipe, _ options: [String] = []) throws -> Process
    {
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = ["guard"] + options + ["--"] + command
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// The server's process, which writes its number into a file.
    private func server(_ file: String) async throws -> ProcessIdentity {
        #expect(try await eventually { text(file).hasSuffix("\n") })
        let pid = try #require(pid_t(text(file).trimmingCharacters(in: .newlines)))
        return try #require(ProcessIdentity(pid: pid))
    }

    private func ended(_ process: Process) async throws -> Bool {
        try await eventually { !process.isRunning }
    }

    @Test("the server stops when standard input ends")
    func endOfInput() async throws {
        try await withTemporaryFolder { folder in
            let input = Pipe()
            let process = try start(
                [
                    "sh", "-c",
                    "trap 'exit 7' INT; echo $$ > \(folder)/pid; while :; do sleep 0.05; done",
                ],
                input: input, ["--stop-signal", "int"])
            let server = try await server(folder + "/pid")
            #expect(process.isRunning)
            try input.fileHandleForWriting.close()
            #expect(try await ended(process))
            #expect(process.terminationStatus == 7)
            #expect(!server.isAlive)
        }
    }

    @Test("the server stops when the guard is killed")
    func killedGuard() async throws {
        try await withTemporaryFolder { folder in
            let input = Pipe()
            let process = try start(
                ["sh", "-c", "echo $$ > \(folder)/pid; exec sleep 1000"], input: input)
            let server = try await server(folder + "/pid")
            kill(process.processIdentifier, SIGKILL)
            #expect(try await eventually { !server.isAlive })
            #expect(try await ended(process))
        }
    }

    @Test("a server that does not listen is killed when its time is over")
    func deafServer() async throws {
        try await withTemporaryFolder { folder in
            let input = Pipe()
            let process = try start(
                ["sh", "-c", "trap '' TERM; echo $$ > \(folder)/pid; exec sleep 1000"],
                input: input, ["--patience", "1"])
            let server = try await server(folder + "/pid")
            kill(process.processIdentifier, SIGTERM)
            #expect(try await ended(process))
            #expect(process.terminationStatus == 128 + SIGKILL)
            #expect(!server.isAlive)
        }
    }

    @Test("the server's exit code is the guard's")
    func exitCode() async throws {
        let process = try start(["sh", "-c", "exit 42"], input: Pipe())
        #expect(try await ended(process))
        #expect(process.terminationStatus == 42)
    }
}
