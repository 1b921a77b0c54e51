import ArgumentParser
import Configuration
import Logging
import Postgres
import ServiceKit

/// Makes and changes the tables of services.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the databases of services up to date.",
        discussion: """
            Services: \(ServiceTable.databaseServices.joined(separator: ", ")). The environment \
            says where: USHER_<SERVICE>_DATABASE (libpq connection string), USHER_RUN_FOLDER, \
            USHER_DATA_FOLDER. Done twice, the second time does nothing. Several at once wait for \
            each other.
            """)

    @Argument(help: "The services whose databases are meant.")
    var names: [String]

    func validate() throws {
        try ServiceTable.validate(names, among: ServiceTable.databaseServices)
    }

    func run() async throws {
        let config = ConfigReader(provider: EnvironmentVariablesProvider())
        let logger = Logger(label: "usher.migrate") { _ in SwiftLogNoOpLogHandler() }
        for name in names {
            guard let service = ServiceTable.service(named: name) else {
                continue
            }
            let environment = try ServiceEnvironment(service: name, config: config, logger: logger)
            let migrator = try PostgresMigrator(directory: service.migrations)
            let applied = try await migrator.migrate(
                PostgresConfiguration(connectionString: environment.database))
            let names = applied.map(\.fileName).joined(separator: ", ")
            print("\(name): \(names.isEmpty ? "tables are up to date" : "applied \(names)")")
        }
    }
}
