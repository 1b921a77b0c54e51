import Foundation
import Glibc

/// One particular process: a number alone may by now belong to a stranger.
struct ProcessIdentity: Equatable {
    var pid: pid_t
    /// When it started, clock ticks since the machine did (field 22 of /proc/PID/stat, proc(5)).
    var startTicks: UInt64
    /// Tells one start of the machine from another.
    var boot: String

    /// The process that has this number now; nil where there is none, or only its remains.
    init?(pid: pid_t) {
        guard pid > 0, let stat = Self.read("/proc/\(pid)/stat"),
            let boot = Self.read("/proc/sys/kernel/random/boot_id"),
            let start = Self.startTicks(inStat: stat)
        else {
            return nil
        }
        self.pid = pid
        self.startTicks = start
        self.boot = boot.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Reads the line that `line` writes.
    init?(line: String) {
        let parts = line.split(whereSeparator: \.isWhitespace)
        guard parts.count == 3, let pid = pid_t(parts[0]), pid > 0, let start = UInt64(parts[1])
        else {
            return nil
        }
        self.pid = pid
        self.startTicks = start
        self.boot = String(parts[2])
    }

    var line: String {
        "\(pid) \(startTicks) \(boot)\n"
    }

    var isAlive: Bool {
        ProcessIdentity(pid: pid) == self
    }

    /// Start time out of a line of /proc/PID/stat; nil for a zombie, but not for one whose other
    /// threads (field 20) are still ending: they hold its ports and files. The second field is
    /// the program's name in parentheses and may hold anything, parentheses too.
    static func startTicks(inStat stat: String) -> UInt64? {
        guard let end = stat.lastIndex(of: ")") else {
            return nil
        }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "X",
            fields[0] != "Z" || Int(fields[17]) ?? 0 > 1
        else {
            return nil
        }
        return UInt64(fields[19])
    }

    /// Name of the program of a process, at most 15 bytes; nil where it is gone.
    static func programName(of pid: pid_t) -> String? {
        read("/proc/\(pid)/comm")?.trimmingCharacters(in: .newlines)
    }

    /// Folder that a process works in; nil where it is gone or may not be asked.
    static func workingFolder(of pid: pid_t) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
    }

    private static func read(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else {
            return nil
        }
        return String(decoding: data, as: UTF8.self)
    }
}
