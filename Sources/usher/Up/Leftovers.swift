import Foundation
import Glibc

/// Processes that an earlier `usher up` of the same data left behind, because it was killed along
/// with whatever should have ended them.
struct Leftovers: Sendable {
    let data: DataFolder
    let run: RunFolder
    /// Time to end by themselves: they may have seen already that their parent is gone.
    var patience = Duration.seconds(20)

    struct Process: Equatable {
        var name: String
        var identity: ProcessIdentity
        /// What it is asked to stop with, and what it gets in the end.
        var stopSignal: Int32
        var killSignal: Int32
        var file: String
    }

    /// Those that live. Call with the data folder locked.
    func find() -> [Process] {
        var found: [Process] = []
        for entry in ((try? FileManager.default.contentsOfDirectory(atPath: run.path)) ?? [])
            .sorted()
        where entry.hasSuffix(".pid") {
            let file = "\(run.path)/\(entry)"
            guard let identity = ProcessIdentity(line: Self.text(file)), identity.isAlive else {
                unsafe unlink(file)
                continue
            }
            found.append(
                Process(
                    name: String(entry.dropLast(4)), identity: identity, stopSignal: SIGTERM,
                    killSignal: SIGKILL, file: file))
        }
        // The servers write files of their own, with no more than a number: it is theirs if it
        // works in their folder.
        for (name, program, folder, file, stop) in [
            ("PostgreSQL", "postgres", data.postgres, data.postgres + "/postmaster.pid", SIGINT),
            ("Redis", "redis-server", run.redis, run.redis + "/redis-server.pid", SIGTERM),
        ] {
            let line = Self.text(file).prefix { $0 != "\n" }
            guard let pid = pid_t(line), let identity = ProcessIdentity(pid: pid),
                ProcessIdentity.programName(of: pid) == program,
                ProcessIdentity.workingFolder(of: pid)
                    == URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
            else {
                continue
            }
            found.append(
                Process(
                    name: name, identity: identity, stopSignal: stop,
                    // PostgreSQL's immediate shutdown: it ends its children too.
                    killSignal: name == "PostgreSQL" ? SIGQUIT : SIGKILL, file: file))
        }
        return found
    }

    /// Stops them.
    ///
    /// - Throws: `StartError` where one does not end.
    func stop(_ processes: [Process]) async throws {
        for process in processes where process.identity.isAlive {
            kill(process.identity.pid, process.stopSignal)
        }
        try await waitForEnd(of: processes, patience)
        for process in processes where process.identity.isAlive {
            kill(process.identity.pid, process.killSignal)
        }
        try await waitForEnd(of: processes, .seconds(5))
        for process in processes where process.identity.isAlive {
            kill(process.identity.pid, SIGKILL)
        }
        try await waitForEnd(of: processes, .seconds(5))
        if let left = processes.first(where: \.identity.isAlive) {
            throw StartError(
                "\(left.name) of an earlier usher up still runs (process \(left.identity.pid)).",
                advice: "End it with `kill -9 \(left.identity.pid)` and start again.")
        }
    }

    private func waitForEnd(of processes: [Process], _ limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while processes.contains(where: \.identity.isAlive), ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private static func text(_ file: String) -> String {
        String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    }
}
