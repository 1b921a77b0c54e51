import Foundation
import Glibc
import SystemPackage

/// Keeps a second `usher up` off the same data folder. Held until it is released or the process
/// ends, however it ends.
final class FolderLock: Sendable {
    private let file: FileDescriptor

    /// - Throws: `StartError` where another process holds it; it names the process.
    init(folder: String) throws {
        let path = folder + "/lock"
        do {
            file = try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.create, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch {
            throw DataFolder.error("write", path, POSIXError.of(error))
        }
        guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let holder = String(
                decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self
            ).trimmingCharacters(in: .whitespacesAndNewlines)
            try? file.close()
            throw StartError(
                "usher up already runs on \(folder)"
                    + (holder.isEmpty ? "." : " (process \(holder))."),
                advice: "Stop it with Ctrl-C or `kill \(holder)`, "
                    + "or choose another folder with --data.")
        }
        do {
            try file.resize(to: 0)
            try file.writeAll("\(getpid())\n".utf8)
        } catch {
            try? file.close()
            throw DataFolder.error("write", path, POSIXError.of(error))
        }
    }

    deinit {
        try? file.close()
    }
}

extension POSIXError {
    /// The error as Foundation knows it.
    static func of(_ error: any Error) -> any Error {
        guard let number = error as? Errno, let code = POSIXErrorCode(rawValue: number.rawValue)
        else {
            return error
        }
        return POSIXError(code)
    }
}
