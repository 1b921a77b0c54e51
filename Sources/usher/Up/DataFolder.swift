import Foundation
import Glibc
import SystemPackage

/// The folder that keeps everything: databases, secrets, logs, mails.
struct DataFolder: Sendable {
    let path: String

    /// Grows when an older Usher could not work with the folder any more.
    static let format = 1
    static let freeBytesMin = 512 << 20

    var postgres: String { path + "/postgres" }
    var secrets: String { path + "/secrets" }
    var logs: String { path + "/logs" }
    var outbox: String { path + "/outbox" }
    private var versionFile: String { path + "/VERSION" }

    /// Makes the folder where it is missing, checks it, and takes it for this process until the
    /// lock is gone.
    ///
    /// - Parameters:
    ///   - postgresUser: the user that must be able to reach into it; nil = we are it.
    ///   - freeBytesMin: less space than that is refused.
    /// - Throws: `StartError` that says what to do.
    func open(
        postgresUser: Privileges.User?, freeBytesMin: Int = Self.freeBytesMin
    ) throws -> FolderLock {
        // Before anything is changed in it: it may be somebody else's.
        try checkContents()
        try make(path, mode: postgresUser == nil ? 0o700 : 0o711)
        let lock = try FolderLock(folder: path)
        try checkSpace(freeBytesMin)
        if let postgresUser {
            try checkReach(of: postgresUser)
        }
        try write("\(Self.format)\n", to: versionFile)
        for folder in [secrets, logs, outbox] {
            try make(folder, mode: 0o700)
        }
        return lock
    }

    /// Refuses a folder that is somebody else's, or of a newer Usher.
    private func checkContents() throws {
        guard let text = FileManager.default.contents(atPath: versionFile) else {
            let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            // What a first start that was killed may leave, and every file system's root.
            guard Set(entries).isSubset(of: ["lock", "lost+found"]) else {
                throw StartError(
                    "The folder \(path) is not empty and no data folder of Usher.",
                    advice: "Choose another one with --data.")
            }
            return
        }
        let version = String(decoding: text, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard let number = Int(version) else {
            throw StartError(
                "The file \(versionFile) says \"\(version.prefix(40))\" instead of a number.",
                advice: "Restore it from a backup, or choose another folder with --data.")
        }
        guard number <= Self.format else {
            throw StartError(
                "The data folder \(path) has format \(number); this Usher knows \(Self.format).",
                advice: "Start the newer Usher that wrote it, or choose another folder with --data."
            )
        }
    }

    private func checkSpace(_ freeBytesMin: Int) throws {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else {
            return
        }
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        guard free >= freeBytesMin else {
            throw StartError(
                "The disk of \(path) is nearly full: \(free >> 20) MiB are free, "
                    + "\(freeBytesMin >> 20) MiB are needed.",
                advice: "Free some space, or choose a folder on another disk with --data.")
        }
    }

    /// Every folder on the way must let the user through.
    private func checkReach(of user: Privileges.User) throws {
        var folder = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        while folder.path != "/" {
            if let status = try? Stat(FilePath(folder.path)) {
                let through: FilePermissions =
                    status.userID.rawValue == user.id
                    ? .ownerExecute
                    : status.groupID.rawValue == user.group ? .groupExecute : .otherExecute
                guard status.permissions.contains(through) else {
                    throw StartError(
                        "The user \(user.name), who runs PostgreSQL, may not enter \(folder.path).",
                        advice: "Choose a folder it can reach with --data, for example "
                            + "/var/lib/usher, or start usher up as another user than root.")
                }
            }
            folder.deleteLastPathComponent()
        }
    }

    private func make(_ folder: String, mode: mode_t) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: Int(mode)])
            // Set again: the mode above goes through the umask.
            guard unsafe chmod(folder, mode) == 0 else {
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            }
        } catch {
            throw Self.error("make", folder, error)
        }
    }

    private func write(_ text: String, to file: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw Self.error("write", file, error)
        }
    }

    /// What failed and what to do about it.
    static func error(_ verb: String, _ path: String, _ error: any Error) -> StartError {
        let failure = error as NSError
        let cause = failure.userInfo[NSUnderlyingErrorKey] as? NSError ?? failure
        let isFull =
            cause.code == Int(ENOSPC)
            || failure.domain == NSCocoaErrorDomain
                && failure.code == CocoaError.fileWriteOutOfSpace.rawValue
        return StartError(
            "Cannot \(verb) \(path): \(cause.localizedDescription)",
            advice: isFull
                ? "Free some space, or choose a folder on another disk with --data."
                : "Choose a folder that you may write to with --data.")
    }
}
