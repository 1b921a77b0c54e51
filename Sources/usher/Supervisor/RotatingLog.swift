import Foundation
import Synchronization
import SystemPackage

/// A log file that never grows without end: at `bytesMax` it becomes NAME.1, and so on up to
/// NAME.`keptMax`.
final class RotatingLog: Sendable {
    let path: String
    private let bytesMax: Int
    private let keptMax: Int
    private let state = Mutex(State())

    private struct State {
        var file: FileDescriptor?
        var size = 0
        var problem: Errno?
        var dropped = 0
    }

    init(path: String, bytesMax: Int = 16 << 20, keptMax: Int = 3) {
        self.path = path
        self.bytesMax = bytesMax
        self.keptMax = keptMax
    }

    deinit {
        state.withLock { state in
            try? state.file?.close()
            state.file = nil
        }
    }

    /// Appends bytes. What cannot be written is dropped: a full disk must not stop the process
    /// whose log it is.
    ///
    /// - Returns: the error, where writing fails now and did not before.
    func append(_ bytes: [UInt8]) -> Errno? {
        state.withLock { state in
            do {
                if state.file == nil {
                    try open(&state)
                }
                if state.size > 0, state.size + bytes.count > bytesMax {
                    try rotate(&state)
                }
                try state.file?.writeAll(bytes)
                state.size += bytes.count
                state.problem = nil
                return nil
            } catch {
                let problem = error as? Errno ?? .ioError
                state.dropped += bytes.count
                defer { state.problem = problem }
                return state.problem == nil ? problem : nil
            }
        }
    }

    /// Bytes that could not be written.
    var droppedBytes: Int {
        state.withLock { $0.dropped }
    }

    private func open(_ state: inout State) throws {
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .append, .closeOnExec],
            permissions: .ownerReadWrite)
        state.size = Int(try file.seek(offset: 0, from: .end))
        state.file = file
    }

    private func rotate(_ state: inout State) throws {
        try? state.file?.close()
        state.file = nil
        let files = FileManager.default
        try? files.removeItem(atPath: "\(path).\(keptMax)")
        for number in stride(from: keptMax - 1, through: 1, by: -1) {
            try? files.moveItem(atPath: "\(path).\(number)", toPath: "\(path).\(number + 1)")
        }
        try? files.moveItem(atPath: path, toPath: "\(path).1")
        try open(&state)
    }
}
