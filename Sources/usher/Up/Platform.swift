import Foundation
import Glibc
import ServiceKit
import ServiceLifecycle

/// The processes of `usher up` and how they are started.
final class Platform: Sendable {
    let settings: UpSettings
    let data: DataFolder
    /// In the order of their start.
    let processes: [SupervisedProcess]

    private let progress: Progress
    private let run: RunFolder
    private let lock: FolderLock
    private let postgres: PostgresServer
    private let ports: PortPlan
    private let environment: ChildEnvironment

    /// Checks everything that can be checked before anything is started, and takes the data folder.
    ///
    /// - Throws: `StartError` that says what to do.
    init(settings: UpSettings, progress: Progress) async throws {
        self.settings = settings
        self.progress = progress
        data = DataFolder(path: settings.dataFolder)
        run = RunFolder(path: settings.runFolder)
        let user = try Self.postgresUser()
        lock = try data.open(postgresUser: user)
        postgres = try await .locate(data: data, run: run, user: user)
        let redis = try RedisServer.locate(run: run)
        try run.prepare(postgresUser: user)

        let leftovers = Leftovers(data: data, run: run)
        let left = leftovers.find()
        if !left.isEmpty {
            progress.step("stopping what was left: \(left.map(\.name).joined(separator: ", "))")
            try await leftovers.stop(left)
        }
        ports = try PortPlan(settings)
        try Secrets(folder: data.secrets).makeMissing()
        environment = ChildEnvironment(
            settings: settings, data: data, run: run, ports: ports, postgres: postgres)

        let executable = Self.ownExecutable
        let specs =
            [postgres.spec(executable: executable), redis.spec(executable: executable)]
            + environment.specs(executable: executable)
        processes = specs.map { [data, run] spec in
            SupervisedProcess(spec, logFolder: data.logs, runFolder: run.path) { text in
                progress.report(spec.name, text)
            }
        }
    }

    /// Root cannot run PostgreSQL; its package makes a user for that.
    private static func postgresUser() throws -> Privileges.User? {
        guard Privileges.isRoot else {
            return nil
        }
        guard let user = Privileges.user(named: "postgres") else {
            throw StartError(
                "There is no user postgres, as whom root runs PostgreSQL.",
                advice: PostgresServer.installAdvice)
        }
        return user
    }

    /// This very program, even where its file has been replaced by a newer one meanwhile.
    private static let ownExecutable = "/proc/\(getpid())/exe"

    /// Everything that runs, in the order of its start; it stops in reverse: first what lets work
    /// in, last what keeps it.
    var services: [any Service] {
        func named(_ names: [String]) -> [SupervisedProcess] {
            processes.filter { names.contains($0.spec.name) }
        }
        return named([PostgresServer.name]) + named([RedisServer.name])
            + [Together(members: named(ServiceTable.databaseServices + [ServiceTable.provider]))]
            + named([ServiceTable.gateway]) + [StartSequence(platform: self)]
    }

    /// Starts the processes, in order, and says where everything is.
    ///
    /// - Throws: `StartError`; `CancellationError` where it is to stop.
    func start() async throws {
        progress.step("data in \(data.path)")
        try await startPostgres()
        try await start([RedisServer.name])
        try await migrate()
        try await start(ServiceTable.databaseServices + [ServiceTable.provider])
        try await start([ServiceTable.gateway])
        let (admin, demo) = try await firstContents()
        try report().write(to: run.readyFile)
        progress.step("up")
        let summary = Summary(report: try report(), admin: admin, demo: demo)
        FileHandle.standardOutput.write(Data(summary.text.utf8))
    }

    private func startPostgres() async throws {
        if !postgres.isInitialised {
            progress.step("making the databases' folder")
            try await postgres.initialise()
        }
        try postgres.writeAccessRules()
        try await start([PostgresServer.name], detail: " \(postgres.version)")
        try await postgres.makeDatabases(of: ServiceTable.databaseServices)
    }

    /// Starts processes together and waits until each is ready.
    private func start(_ names: [String], detail: String = "") async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            for process in processes where names.contains(process.spec.name) {
                group.addTask {
                    try await process.start()
                    return process.spec.name
                }
            }
            for try await name in group {
                progress.step("\(name)\(detail) is ready")
            }
        }
    }

    private func migrate() async throws {
        let outcome = try await Tool(
            command: [Self.ownExecutable, "migrate"] + ServiceTable.databaseServices,
            environment: environment.common
        ).run(deadline: .seconds(600))
        guard outcome.isSuccess else {
            throw StartError("The tables cannot be made or changed.", advice: outcome.output)
        }
        for line in outcome.output.split(separator: "\n") where !line.hasPrefix("{") {
            progress.step(String(line))
        }
    }

    /// What a platform has from its first start on: an admin, and demo events where asked for.
    private func firstContents() async throws -> (FirstAdmin?, DemoPeople?) {
        try await Operations.with(
            runFolder: run.path, secrets: Secrets(folder: data.secrets)
        ) { operations in
            let admin = try await operations.ensureFirstAdmin(email: settings.adminEmail)
            guard settings.demo else {
                return (admin, nil)
            }
            let loader = DemoLoader(operations: operations) { [progress] in
                progress.step("demo: \($0)")
            }
            return (admin, try await loader.load())
        }
    }

    private func report() throws -> ReadyReport {
        ReadyReport(
            pid: getpid(), url: "http://\(settings.urlHost):\(ports.http)",
            providerURL: environment.providerURL,
            adminURLs: ports.admin.mapValues { "http://\(PortPlan.adminHost):\($0)" },
            sockets: Dictionary(
                uniqueKeysWithValues: ServiceTable.databaseServices.map {
                    ($0, "\(run.path)/\($0).sock")
                }),
            databases: Dictionary(
                uniqueKeysWithValues: ServiceTable.databaseServices.map {
                    ($0, postgres.connectionString(of: $0))
                }),
            redisSocket: run.redisSocket, dataFolder: data.path, runFolder: run.path,
            secretsFolder: data.secrets, outboxFolder: data.outbox, logFolder: data.logs,
            processes: Dictionary(
                uniqueKeysWithValues: processes.compactMap { process in
                    process.pid.map { (process.spec.name, $0) }
                }))
    }

    func removeReadyFile() {
        unsafe unlink(run.readyFile)
    }

    /// Ends everything at once. PostgreSQL's log makes good what that interrupts.
    func killNow() {
        removeReadyFile()
        for process in processes.reversed() {
            process.killNow()
        }
    }
}
