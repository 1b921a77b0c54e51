import CoreMetrics
import Glibc
import Synchronization

/// Writes whole lines to a descriptor and never waits for a reader that has stopped reading: a
/// line that finds a pipe full is dropped and counted in `log_lines_dropped_total`.
package final class LineWriter: Sendable {
    /// Standard error.
    package static let standardError = LineWriter(descriptor: STDERR_FILENO)

    /// A pipe that poll(2) calls writable takes this many bytes without blocking (pipe(7)).
    private static let pieceBytesMax = Int(PIPE_BUF)
    /// How long a line that is half written may wait for room.
    private static let patienceMilliseconds: Int32 = 50

    private let descriptor: Int32
    /// True after a line was cut: the next one starts on a line of its own.
    private let isCut = Mutex(false)
    private let dropped: Counter

    /// `descriptor` stays open and belongs to the caller.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
        self.dropped = Counter(label: "log_lines_dropped_total")
    }

    /// Writes `line`, which ends in a newline. Lines of several threads never mix.
    package func write(_ line: [UInt8]) {
        let isWhole = isCut.withLock { isCut in
            let text = isCut ? [UInt8(ascii: "\n")] + line : line
            let written = writePieces(text)
            if written > 0 { isCut = written < text.count }
            return written == text.count
        }
        if !isWhole { dropped.increment() }
    }

    private func writePieces(_ text: [UInt8]) -> Int {
        var written = 0
        while written < text.count {
            guard isWritable(waiting: written == 0 ? 0 : Self.patienceMilliseconds) else { break }
            let count = min(text.count - written, Self.pieceBytesMax)
            let result = text[written..<written + count].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if result > 0 {
                written += result
            } else if errno != EINTR {
                break
            }
        }
        return written
    }

    private func isWritable(waiting milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, milliseconds) == 1 && entry.revents & Int16(POLLOUT) != 0
    }
}
