import Foundation
import SystemPackage
import Testing

@testable import usher

@Suite("Lines of standard input")
struct LineReaderTests {
    /// A pipe, with what is written to it from the test.
    private func withPipe<R>(
        _ body: (_ reading: FileDescriptor, _ writing: FileHandle) async throws -> R
    ) async throws -> R {
        let pipe = Pipe()
        // Without it the descriptor could be closed, and be somebody else's, while it is read.
        defer { withExtendedLifetime(pipe) {} }
        return try await body(
            FileDescriptor(rawValue: pipe.fileHandleForReading.fileDescriptor),
            pipe.fileHandleForWriting)
    }

    @Test("each is given when it is whole; the last one may lack its end")
    func lines() async throws {
        try await withPipe { file, pipe in
            var reader = LineReader(file)
            pipe.write(Data("one\n\ntw".utf8))
            #expect(try await reader.next() == Array("one".utf8))
            #expect(try await reader.next() == [])
            pipe.write(Data("o\nthree".utf8))
            #expect(try await reader.next() == Array("two".utf8))
            try pipe.close()
            #expect(try await reader.next() == Array("three".utf8))
            #expect(try await reader.next() == nil)
            #expect(try await reader.next() == nil)
        }
    }

    @Test("a line of as many bytes as may be, and one of a byte more", arguments: [true, false])
    func limit(isEnded: Bool) async throws {
        try await withPipe { file, pipe in
            var reader = LineReader(file, lineSizeMax: 8)
            pipe.write(Data("12345678\n123456789\(isEnded ? "\n" : "")".utf8))
            if !isEnded { try pipe.close() }
            #expect(try await reader.next() == Array("12345678".utf8))
            let error = await #expect(throws: StartError.self) { try await reader.next() }
            #expect(error?.problem.contains("more than 8 bytes") == true)
        }
    }

    @Test("whoever waits for a line stops when cancelled")
    func cancellation() async throws {
        try await withPipe { file, _ in
            await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    var reader = LineReader(file)
                    _ = try await reader.next()
                }
                tasks.cancelAll()
                await #expect(throws: CancellationError.self) { try await tasks.next() }
            }
        }
    }
}
