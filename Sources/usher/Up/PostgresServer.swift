import Foundation
import Glibc
import SystemPackage

/// The platform's own PostgreSQL: one cluster, a database and a role for each service, reachable
/// through a unix socket alone.
struct PostgresServer: Sendable {
    /// Folder of its programs.
    let programs: String
    /// As `postgres --version` tells it: "15.18 (Debian 15.18-0+deb12u1)".
    let version: String
    let data: DataFolder
    let run: RunFolder
    /// Who it runs as; nil = as we are (it refuses root).
    let user: Privileges.User?

    /// Of its process.
    static let name = "postgres"
    static let installAdvice = "Install it with `apt-get install postgresql`, or run scripts/setup."

    /// Finds the programs: where pg_config says, Debian's folders (newest first), PATH.
    ///
    /// - Throws: `StartError` where there are none, or none for the data that is there.
    static func locate(
        data: DataFolder, run: RunFolder, user: Privileges.User?
    ) async throws -> PostgresServer {
        let needed = FileManager.default.contents(atPath: data.postgres + "/PG_VERSION").map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        var seen: [String] = []
        for folder in await candidates() {
            guard
                ["postgres", "initdb", "pg_isready", "psql"].allSatisfy({
                    FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
                })
            else {
                continue
            }
            let tool = Tool(
                command: ["\(folder)/postgres", "--version"], environment: environment)
            let output = try await tool.run(deadline: .seconds(10)).output
            let version = output.trimmingPrefix("postgres (PostgreSQL) ")
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let major = String(version.prefix(while: \.isNumber))
            if needed == nil || needed == major {
                return PostgresServer(
                    programs: folder, version: version, data: data, run: run, user: user)
            }
            seen.append(major)
        }
        guard let needed, !seen.isEmpty else {
            throw StartError("PostgreSQL is not installed.", advice: installAdvice)
        }
        throw StartError(
            "The data in \(data.postgres) needs PostgreSQL \(needed); "
                + "installed: \(seen.joined(separator: ", ")).",
            advice: "Install it with `apt-get install postgresql-\(needed)`, convert the data "
                + "with pg_upgrade, or choose another folder with --data.")
    }

    private static func candidates() async -> [String] {
        var folders: [String] = []
        let tool = Tool(command: ["pg_config", "--bindir"], environment: environment)
        if let outcome = try? await tool.run(deadline: .seconds(10)), outcome.isSuccess {
            folders.append(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        let debian = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
        folders += versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(debian)/\($0)/bin" }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        folders += path.split(separator: ":").map(String.init)
        return folders
    }

    /// Nothing of ours leaks in (PGHOST, PGUSER, LC_MESSAGES, …).
    private static var environment: [String: String] {
        [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8", "TZ": "UTC",
        ]
    }

    // MARK: Its data

    /// True once `initialise` has succeeded.
    var isInitialised: Bool {
        FileManager.default.fileExists(atPath: data.postgres + "/PG_VERSION")
    }

    /// Makes the cluster; aside first, so that a start that was killed leaves no half of one.
    func initialise() async throws {
        let draft = data.postgres + ".new"
        try? FileManager.default.removeItem(atPath: draft)
        guard unsafe mkdir(draft, 0o700) == 0,
            user.map({ unsafe chown(draft, $0.id, $0.group) == 0 }) ?? true
        else {
            throw StartError("Cannot make \(draft): \(Errno(rawValue: errno)).")
        }
        let outcome = try await Tool(
            command: [
                "\(programs)/initdb", "--pgdata", draft, "--username", "postgres",
                "--auth-local", "peer", "--auth-host", "reject", "--encoding", "UTF8",
                "--locale", "C.UTF-8", "--data-checksums", "--no-instructions",
            ], user: user?.name, environment: Self.environment
        ).run(deadline: .seconds(120))
        guard outcome.isSuccess, unsafe rename(draft, data.postgres) == 0 else {
            try? FileManager.default.removeItem(atPath: draft)
            throw Self.failure("initdb \(outcome.ending).", outcome.output)
        }
    }

    private static func failure(_ problem: String, _ output: String) -> StartError {
        let isFull = output.contains("No space left on device")
        return StartError(
            problem + "\n" + output,
            advice: isFull
                ? "The disk is full: free some space, or choose another disk with --data."
                : "")
    }

    /// Who may come in: the user that runs the platform, through the unix socket, as any role.
    /// Written at each start, for that user may be another one than last time.
    func writeAccessRules() throws {
        let roles = ["postgres"] + ServiceTable.databaseServices.map(Self.role)
        let files = [
            "pg_hba.conf": "local all all peer map=usher\n",
            "pg_ident.conf": roles.map {
                "usher \"\(Privileges.currentUserName)\" \($0)\n"
            }.joined(),
        ]
        for (name, text) in files {
            let path = "\(data.postgres)/\(name)"
            do {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            } catch {
                throw DataFolder.error("write", path, error)
            }
            if let user, unsafe chown(path, user.id, user.group) != 0 {
                throw StartError("Cannot give \(path) to \(user.name).")
            }
        }
    }

    // MARK: The process

    /// How it is run.
    ///
    /// - Parameter executable: the usher program itself, for the guard.
    func spec(executable: String) -> ProcessSpec {
        // On the command line, so that no file can say otherwise: what was acknowledged is on disk.
        let settings = [
            "listen_addresses=", "unix_socket_directories=\(run.postgres)",
            "unix_socket_permissions=0700", "fsync=on", "synchronous_commit=on",
            "full_page_writes=on", "timezone=UTC", "log_timezone=UTC",
            "log_line_prefix=%m [%p] %q%d ", "log_checkpoints=off", "jit=off",
            "shared_buffers=256MB", "max_connections=200",
        ]
        let server =
            ["\(programs)/postgres", "-D", data.postgres] + settings.flatMap { ["-c", $0] }
        // A fast shutdown: sessions end, the checkpoint is written.
        return ProcessSpec(
            name: Self.name, executable: executable, title: "usher",
            arguments: ["guard", "--stop-signal", "int", "--patience", "60"]
                + (user.map { ["--user", $0.name] } ?? []) + ["--"] + server,
            environment: Self.environment, patience: .seconds(65),
            // After a crash it replays its log first.
            startDeadline: .seconds(300),
            probe: { await isReady() })
    }

    private func isReady() async -> Bool {
        let tool = Tool(
            command: [
                "\(programs)/pg_isready", "-q", "-t", "2", "-h", run.postgres, "-U", "postgres",
                "-d",
                "postgres",
            ],
            environment: Self.environment)
        return (try? await tool.run(deadline: .seconds(5)).isSuccess) ?? false
    }

    // MARK: Databases

    /// Name of the role and of the database of a service.
    static func role(of service: String) -> String {
        "usher_\(service)"
    }

    /// libpq connection string of a service's own database.
    func connectionString(of service: String) -> String {
        let role = Self.role(of: service)
        return "host=\(run.postgres) dbname=\(role) user=\(role)"
    }

    /// Makes the roles and databases that are not there. No service can enter another's.
    func makeDatabases(of services: [String]) async throws {
        let script = services.map(Self.role).map { role in
            """
            SELECT 'CREATE ROLE \(role) LOGIN'
                WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(role)')\\gexec
            SELECT 'CREATE DATABASE \(role) OWNER \(role)'
                WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '\(role)')\\gexec
            REVOKE ALL ON DATABASE \(role) FROM PUBLIC;

            """
        }.joined()
        let outcome = try await Tool(
            command: [
                "\(programs)/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", run.postgres,
                "-U", "postgres", "-d", "postgres", "-f", "-",
            ], environment: Self.environment
        ).run(input: script, deadline: .seconds(120))
        guard outcome.isSuccess else {
            throw Self.failure("The databases cannot be made.", outcome.output)
        }
    }
}
