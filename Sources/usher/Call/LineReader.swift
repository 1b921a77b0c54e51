import Glibc
import NIOPosix
import SystemPackage

/// Reads a file line by line, as they come: for standard input that somebody types. It waits on a
/// thread of NIO's, and ends soon after its task was cancelled.
struct LineReader {
    /// Bytes of a line, without its end: as many as a message may have on the wire.
    static let lineSizeMax = 4 << 20
    /// Milliseconds between two looks at whether anybody wants the next line still.
    private static let waitMs: Int32 = 100

    private let file: FileDescriptor
    private let lineSizeMax: Int
    /// What was read and not given yet, from `start` on.
    private var bytes: [UInt8] = []
    private var start = 0
    /// Up to here there is no end of a line.
    private var searched = 0
    private var isAtEnd = false

    /// - Parameter file: stays open.
    init(_ file: FileDescriptor, lineSizeMax: Int = lineSizeMax) {
        self.file = file
        self.lineSizeMax = lineSizeMax
    }

    /// The next line without its end; nil after the last.
    ///
    /// - Throws: `StartError` for a line over the limit and for a file that cannot be read;
    ///   `CancellationError`.
    mutating func next() async throws -> [UInt8]? {
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(bytes[start..<end])
                start = end + 1
                searched = start
                guard line.count <= lineSizeMax else { throw tooLong }
                return line
            }
            searched = bytes.count
            guard bytes.count - start <= lineSizeMax else { throw tooLong }
            if isAtEnd {
                let line = Array(bytes[start...])
                start = bytes.count
                return line.isEmpty ? nil : line
            }
            bytes.removeFirst(start)
            (start, searched) = (0, bytes.count)
            let read = try await readSome()
            isAtEnd = read.isEmpty
            bytes += read
        }
    }

    private var tooLong: StartError {
        StartError(
            "A line of the input has more than \(lineSizeMax) bytes.",
            advice: "A message a line; larger ones fit no frame.")
    }

    /// What there is, waiting for it; empty at the end.
    private func readSome() async throws -> [UInt8] {
        let file = file
        while true {
            try Task.checkCancellation()
            let read: [UInt8]? = try await NIOThreadPool.singleton.runIfActive {
                var entry = pollfd(fd: file.rawValue, events: Int16(POLLIN), revents: 0)
                let ready = unsafe poll(&entry, 1, Self.waitMs)
                // Interrupted is as good as not ready.
                guard ready > 0 else { return nil }
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                do {
                    let count = try unsafe buffer.withUnsafeMutableBytes { bytes in
                        try unsafe file.read(into: bytes)
                    }
                    return Array(buffer[..<count])
                } catch Errno.wouldBlock {
                    return nil
                } catch {
                    throw StartError("The input cannot be read: \(error)")
                }
            }
            if let read { return read }
        }
    }
}
