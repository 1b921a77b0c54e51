import ArgumentParser
import Configuration
import Foundation
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// The whole platform on one machine.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Runs the whole platform on this machine.",
        discussion: """
            Starts a PostgreSQL and a Redis of its own, the five services, the gateway and the \
            simulated payment provider, keeps them running, and stops them on Ctrl-C (a second \
            Ctrl-C: at once). What was there stays there for the next start. As root, PostgreSQL \
            runs as the user postgres.

            An option left out is taken from the environment variable it names, else from its \
            default.
            """)

    @OptionGroup var folders: FolderOptions

    @Option(help: "Address of page and API (USHER_HTTP_HOST; default 127.0.0.1).")
    var host: String?

    @Option(help: "Port of page and API, 0 = any free one (USHER_HTTP_PORT; default 8080).")
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "First of the ports for metrics and health, 0 = free ones (USHER_ADMIN_PORT_BASE; "
                + "default 9100).", valueName: "port"))
    var adminPortBase: Int?

    @Option(
        help: ArgumentHelp(
            "Log-in of the first admin (USHER_FIRST_ADMIN_EMAIL; default admin@usher.localhost).",
            valueName: "address"))
    var adminEmail: String?

    @Option(
        help: ArgumentHelp(
            "trace, debug, info, notice, warning, error or critical (USHER_LOG_LEVEL; default "
                + "info).", valueName: "level"))
    var logLevel: String?

    @Flag(help: "Loads demo people and events where they are not there yet (USHER_DEMO).")
    var demo = false

    private var config: ConfigReader {
        var values = folders.values
        func set(_ key: AbsoluteConfigKey, _ text: String?) {
            if let text {
                values[key] = .init(.string(text), isSecret: false)
            }
        }
        set("usher.http.host", host)
        set("usher.first.admin.email", adminEmail)
        set("usher.log.level", logLevel)
        if let port {
            values["usher.http.port"] = .init(.int(port), isSecret: false)
        }
        if let adminPortBase {
            values["usher.admin.port.base"] = .init(.int(adminPortBase), isSecret: false)
        }
        if demo {
            values["usher.demo"] = .init(.bool(true), isSecret: false)
        }
        return ConfigReader(providers: [
            InMemoryProvider(name: "command line", values: values), EnvironmentVariablesProvider(),
        ])
    }

    func run() async throws {
        let progress = Progress()
        do {
            let settings = try UpSettings(
                config: config, isRoot: Privileges.isRoot,
                currentFolder: FileManager.default.currentDirectoryPath)
            let platform = try await Platform(settings: settings, progress: progress)
            try await Self.run(platform, progress)
        } catch {
            progress.failure(error)
            throw ExitCode.failure
        }
    }

    /// Runs the platform until a signal, or until a part of it cannot be started.
    private static func run(_ platform: Platform, _ progress: Progress) async throws {
        var configuration = ServiceGroupConfiguration(
            services: platform.services.map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            }, logger: Logger(label: "usher.up") { _ in SwiftLogNoOpLogHandler() })
        // Above the sum of what the processes may take each.
        configuration.maximumGracefulShutdownDuration = .seconds(300)
        let group = ServiceGroup(configuration: configuration)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var isStopping = false
                for await _ in signals {
                    if isStopping {
                        platform.killNow()
                        _exit(130)
                    }
                    isStopping = true
                    progress.step("stopping (again: at once)")
                    await group.triggerGracefulShutdown()
                }
            }
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
        progress.step("stopped; the data is in \(platform.data.path)")
    }
}
