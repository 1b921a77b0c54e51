import Foundation
import Glibc

/// A platform's processes as they are now, whatever they were when it came up.
extension Platform {
    /// The process of a service, the gateway or the provider; nil while there is none.
    func process(of name: String) -> Int32? {
        ProcessTable.children(of: ready.pid).first { pid in
            let arguments = ProcessTable.arguments(of: pid)
            return arguments.dropFirst().starts(with: ["serve", name])
        }
    }

    /// kill -9 of a service, the gateway or the provider.
    func kill9(_ name: String) async throws {
        let pid = try await eventually("a process of \(name)", seconds: 120) {
            process(of: name)
        }
        guard kill(pid, SIGKILL) == 0 else {
            throw NotReady(description: "kill -9 of \(name): \(errno)")
        }
    }

    /// kill -9 of every process of PostgreSQL at once: what it has not written is gone.
    func killPostgres() async throws {
        for pid in try await postgresProcesses() { kill(pid, SIGKILL) }
    }

    /// Every process of PostgreSQL, the first one first.
    func postgresProcesses() async throws -> [Int32] {
        let file = ready.dataFolder + "/postgres/postmaster.pid"
        let postmaster = try await eventually("a PostgreSQL to kill", seconds: 120) {
            let text = try? String(contentsOfFile: file, encoding: .utf8)
            let pid = text?.split(separator: "\n").first.flatMap { Int32($0) }
            // The file of one that was killed stays until the next one starts.
            return pid.flatMap { ProcessTable.arguments(of: $0).isEmpty ? nil : $0 }
        }
        return [postmaster] + ProcessTable.children(of: postmaster)
    }
}

/// What /proc tells of processes.
enum ProcessTable {
    /// Processes whose parent is the one given.
    static func children(of parent: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { self.parent(of: $0) == parent }
    }

    /// Its command line; empty where there is no such process, or it has ended.
    static func arguments(of pid: Int32) -> [String] {
        let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func parent(of pid: Int32) -> Int32? {
        // The name before, in parentheses, may have spaces.
        let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = stat?.split(separator: ")").last?.split(separator: " ")
        return fields.flatMap { $0.count > 1 ? Int32($0[1]) : nil }
    }
}
