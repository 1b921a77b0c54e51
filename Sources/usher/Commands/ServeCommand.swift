import ArgumentParser
import Configuration
import Glibc
import Logging
import ServiceLifecycle
import Telemetry
import UnixSignals

/// Any set of services in one process: where things run is a deployment choice.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs services in this process.",
        discussion: """
            Services: \(ServiceTable.names.joined(separator: ", ")).

            Where things are comes from the environment: USHER_RUN_FOLDER, USHER_DATA_FOLDER, \
            USHER_<SERVICE>_DATABASE, USHER_REDIS_SOCKET, … (docs/operating.md has all of them). \
            Stops on SIGTERM or Ctrl-C when what it has begun is done.
            """)

    @Argument(help: "The services to run.")
    var names: [String]

    @Option(
        help: ArgumentHelp(
            "Port for metrics and health, 0 = any free one (USHER_ADMIN_PORT; default 9100).",
            valueName: "port"))
    var adminPort: Int?

    @Option(
        help: ArgumentHelp(
            "trace, debug, info, notice, warning, error or critical (USHER_LOG_LEVEL; default "
                + "info).", valueName: "level"))
    var logLevel: String?

    @Flag(help: "Stops when standard input ends, too.")
    var untilInputEnds = false

    func validate() throws {
        try ServiceTable.validate(names, among: ServiceTable.names)
    }

    func run() async throws {
        // A reader of our output that is gone must not end us.
        signal(SIGPIPE, SIG_IGN)
        let config = makeConfig()
        let level = try LogLevel.read(config)
        Telemetry.bootstrap(service: names.joined(separator: "+"), logLevel: level)
        let logger = Logger(label: "usher")
        let assembly = try await Assembly(names, config: config, logger: logger)
        let admin = AdminServer(
            host: config.string(forKey: "usher.admin.host", default: "127.0.0.1"),
            port: config.int(forKey: "usher.admin.port", default: 9100),
            readiness: assembly.checks, logger: logger)
        let services: [any Service] =
            [admin] + assembly.services + (untilInputEnds ? [InputWatch()] : [])
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                .init(
                    service: $0,
                    successTerminationBehavior: $0 is InputWatch
                        ? .gracefullyShutdownGroup : .cancelGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(15)
        try await ServiceGroup(configuration: configuration).run()
    }

    private func makeConfig() -> ConfigReader {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        if let adminPort {
            values["usher.admin.port"] = .init(.int(adminPort), isSecret: false)
        }
        if let logLevel {
            values["usher.log.level"] = .init(.string(logLevel), isSecret: false)
        }
        return ConfigReader(providers: [
            InMemoryProvider(name: "command line", values: values), EnvironmentVariablesProvider(),
        ])
    }
}

/// The configured log level.
enum LogLevel {
    /// - Throws: `ValidationError` for a word that is none.
    static func read(_ config: ConfigReader) throws -> Logger.Level {
        let text = config.string(forKey: "usher.log.level", default: "info")
        guard let level = Logger.Level(rawValue: text) else {
            throw ValidationError(
                "\"\(text)\" is no log level; there are "
                    + Logger.Level.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        return level
    }
}
