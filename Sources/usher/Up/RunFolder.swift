import Foundation
import Glibc
import SystemPackage

/// The short folder of the sockets and pid files.
struct RunFolder: Sendable {
    let path: String

    /// A socket path is at most this long (sun_path of unix(7), without its final zero).
    static let socketPathBytesMax = 107

    var postgres: String { path + "/postgres" }
    var redis: String { path + "/redis" }
    var redisSocket: String { redis + "/redis.sock" }
    /// Written when everything runs: where everything is, as JSON.
    var readyFile: String { path + "/ready.json" }

    /// Short, and different for every data folder.
    ///
    /// - Parameter userFolder: XDG_RUNTIME_DIR.
    static func defaultPath(dataFolder: String, isRoot: Bool, userFolder: String?) -> String {
        let name = String(fnv1a(dataFolder) & 0xffff_ffff_ffff, radix: 16)
        if isRoot {
            return "/run/usher-\(name)"
        }
        if let userFolder, userFolder.hasPrefix("/"), userFolder.utf8.count < 60 {
            return "\(userFolder)/usher-\(name)"
        }
        return "/tmp/usher-\(getuid())-\(name)"
    }

    /// Makes it ready for a new start; what an earlier one left there goes.
    ///
    /// - Parameter postgresUser: the owner of the sub-folder of PostgreSQL; nil = ourselves.
    /// - Throws: `StartError` that says what to do.
    func prepare(postgresUser: Privileges.User?) throws {
        // The longest one that lives here.
        let longest = postgres + "/.s.PGSQL.5432.lock"
        guard longest.utf8.count <= Self.socketPathBytesMax else {
            throw StartError(
                "The folder for sockets, \(path), has too long a path: a socket's path has at most "
                    + "\(Self.socketPathBytesMax) bytes.",
                advice: "Choose a shorter one with --run, for example /tmp/usher.")
        }
        // Others may look for their own sub-folder in it, not around.
        try make(path, mode: postgresUser == nil ? 0o700 : 0o711)
        try make(redis, mode: 0o700)
        try make(postgres, mode: 0o700)
        if let postgresUser,
            unsafe chown(postgres, postgresUser.id, postgresUser.group) != 0
        {
            throw StartError("Cannot give \(postgres) to \(postgresUser.name).")
        }
        let files = FileManager.default
        for entry in (try? files.contentsOfDirectory(atPath: path)) ?? [] {
            if entry.hasSuffix(".sock") || entry.hasSuffix(".json") {
                try? files.removeItem(atPath: "\(path)/\(entry)")
            }
        }
    }

    /// A folder of ours: in /tmp somebody else may have been there first.
    private func make(_ folder: String, mode: mode_t) throws {
        if unsafe mkdir(folder, mode) != 0, errno != EEXIST {
            throw StartError(
                "Cannot make \(folder): \(Errno(rawValue: errno)).",
                advice: "Choose another folder for sockets with --run.")
        }
        guard let status = try? Stat(FilePath(folder), followTargetSymlink: false),
            status.type == .directory,
            status.userID.rawValue == geteuid() || folder == postgres,
            unsafe chmod(folder, mode) == 0
        else {
            throw StartError(
                "\(folder) is not a folder of ours.",
                advice: "Remove it, or choose another folder for sockets with --run.")
        }
    }

    /// FNV-1a, 64 bits: the same name at every start.
    private static func fnv1a(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
