import Glibc
import JSON

/// The ledger on disk: a JSON object a line, appended and synced. Blocks; one caller at a time.
final class LedgerFile: Sendable {
    /// What went wrong with the file, for people.
    struct Failure: Error, CustomStringConvertible {
        let description: String

        static func system(_ action: String, _ path: String) -> Failure {
            Failure(description: "cannot \(action) \(path): \(String(cString: strerror(errno)))")
        }
    }

    static let lineBytesMax = 65536

    private let descriptor: Int32
    private let path: String

    /// Opens or makes the file, for this process alone.
    init(path: String) throws(Failure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure.system("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = Failure.system("lock", path)
            close(descriptor)
            throw failure
        }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// The entries in order. A last line without its newline is a write that a crash cut short; it
    /// was never acknowledged, and is cut off. Any other fault is an error.
    func replay() throws(Failure) -> LedgerState {
        var state = LedgerState()
        var rest: [UInt8] = []
        var end = 0
        var lineNumber = 0
        while let chunk = try read(at: end + rest.count), !chunk.isEmpty {
            rest += chunk
            while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
                lineNumber += 1
                state.apply(try entry(Array(rest[..<newline]), lineNumber: lineNumber))
                rest.removeSubrange(...newline)
                end += newline + 1
            }
            guard rest.count <= Self.lineBytesMax else {
                throw Failure(description: "\(path), line \(lineNumber + 1): longer than any entry")
            }
        }
        if !rest.isEmpty {
            guard ftruncate(descriptor, off_t(end)) == 0, fsync(descriptor) == 0 else {
                throw Failure.system("truncate", path)
            }
        }
        return state
    }

    /// Appends and syncs. After a failure nothing is known of the file's end: it must be replayed
    /// before it is used again.
    func append(_ bytes: [UInt8]) throws(Failure) {
        guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw Failure.system("seek in", path) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                throw Failure.system("write", path)
            }
        }
        guard fsync(descriptor) == 0 else { throw Failure.system("sync", path) }
    }

    private func entry(
        _ line: [UInt8], lineNumber: Int
    ) throws(Failure) -> LedgerState.Entry {
        do {
            return try LedgerState.Entry(json: JSONValue(parsing: line))
        } catch {
            throw Failure(description: "\(path), line \(lineNumber): \(error)")
        }
    }

    private func read(at offset: Int) throws(Failure) -> [UInt8]? {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, initialized in
            count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            initialized = max(count, 0)
        }
        guard count >= 0 else { throw Failure.system("read", path) }
        return bytes
    }
}
