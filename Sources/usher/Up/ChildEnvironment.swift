import Foundation

/// What our own processes are told through their environment; a systemd unit can tell them the
/// same.
struct ChildEnvironment: Sendable {
    /// For all of them.
    let common: [String: String]
    let providerURL: String
    private let ports: PortPlan

    init(
        settings: UpSettings, data: DataFolder, run: RunFolder, ports: PortPlan,
        postgres: PostgresServer
    ) {
        self.ports = ports
        providerURL = "http://\(PortPlan.adminHost):\(ports.provider)"
        // libpq would read PGHOST and its like.
        var values = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
        values["USHER_RUN_FOLDER"] = run.path
        values["USHER_DATA_FOLDER"] = data.path
        values["USHER_SECRETS_FOLDER"] = data.secrets
        values["USHER_REDIS_SOCKET"] = run.redisSocket
        values["USHER_LOG_LEVEL"] = settings.logLevel
        values["USHER_HTTP_HOST"] = settings.host
        values["USHER_HTTP_PORT"] = String(ports.http)
        values["USHER_PROVIDER_URL"] = providerURL
        values["USHER_PROVIDER_PORT"] = String(ports.provider)
        values["USHER_PROVIDER_WEBHOOK_URL"] =
            "http://\(settings.urlHost):\(ports.http)/api/payments/webhooks/simulated"
        for service in ServiceTable.databaseServices {
            values["USHER_\(service.uppercased())_DATABASE"] =
                postgres.connectionString(of: service)
        }
        common = values
    }

    /// Our own processes, in the order of their start.
    func specs(executable: String) -> [ProcessSpec] {
        let names = ServiceTable.databaseServices + [ServiceTable.provider, ServiceTable.gateway]
        return names.map { name in
            let port = ports.admin[name] ?? 0
            let url = "http://\(PortPlan.adminHost):\(port)"
            var environment = common
            environment["USHER_ADMIN_HOST"] = PortPlan.adminHost
            environment["USHER_ADMIN_PORT"] = String(port)
            return ProcessSpec(
                name: name, executable: executable, title: "usher",
                arguments: ["serve", name, "--until-input-ends"], environment: environment,
                probe: { await HealthProbe.ask(url).isReady })
        }
    }
}
