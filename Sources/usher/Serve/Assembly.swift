import Configuration
import Gateway
import Logging
import ProviderSimulator
import RPC
import ServiceKit
import ServiceLifecycle
import Telemetry

/// Puts the named services together into what one process runs.
struct Assembly {
    private(set) var services: [any Service] = []
    private(set) var checks: [ReadinessCheck] = []
    private let config: ConfigReader
    private let logger: Logger

    /// - Throws: `ServiceStartError`, or an error of the configuration, that says what to do.
    init(_ names: [String], config: ConfigReader, logger: Logger) async throws {
        self.config = config
        self.logger = logger
        for name in names {
            if let service = ServiceTable.service(named: name) {
                try await add(service)
            } else if name == ServiceTable.gateway {
                try addGateway()
            } else if name == ServiceTable.provider {
                try addProvider()
            }
        }
    }

    private mutating func add(_ service: any PlatformService.Type) async throws {
        let environment = try ServiceEnvironment(
            service: service.name, config: config, logger: logger)
        let runtime = try await service.makeRuntime(environment)
        services += runtime.services
        checks += runtime.readiness
    }

    /// Configuration keys, besides those of `GatewayConfiguration`:
    /// - `usher.run.folder` (required): folder of the services' sockets.
    /// - `usher.<service>.address`, `usher.tls.…`: as for services.
    private mutating func addGateway() throws {
        let run = try config.requiredString(forKey: "usher.run.folder")
        let tls = TLSSettings(config, logger: logger)
        func client(_ service: String) throws -> RPCClient {
            try tls.makeClient(
                of: ServiceEnvironment.address(of: service, runFolder: run, config: config))
        }
        let auth = try client("auth")
        let event = try client("event")
        let booking = try client("booking")
        let payment = try client("payment")
        let notification = try client("notification")
        let gateway = Gateway(
            configuration: try GatewayConfiguration(config),
            backends: Backends(
                auth: auth, event: event, booking: booking, payment: payment,
                notification: notification),
            tokens: TokenVerifier(auth: auth), logger: logger)
        services += [auth, event, booking, payment, notification, gateway]
    }

    /// Configuration keys:
    /// - `usher.provider.host` (127.0.0.1), `usher.provider.port` (required): where it listens.
    /// - `usher.data.folder` (required): its ledger is `provider.ledger` in it.
    /// - `usher.secrets.folder` (`<data folder>/secrets`).
    /// - `usher.provider.webhook.url` (none): where it sends its webhooks.
    /// - `usher.provider.slow.ms` (3,000), `usher.provider.hang.ms` (15,000),
    ///   `usher.provider.settle.ms` (1,000), `usher.provider.late.ms` (30,000): see
    ///   `SimulatorDelays`.
    private mutating func addProvider() throws {
        let data = try config.requiredString(forKey: "usher.data.folder")
        let secrets = try Secrets(
            folder: config.string(forKey: "usher.secrets.folder", default: data + "/secrets"))
        let webhookSecret = try secrets.bytes(.providerWebhook)
        let webhooks = config.string(forKey: "usher.provider.webhook.url").map {
            ProviderSimulator.Webhooks(url: $0, secret: webhookSecret)
        }
        services.append(
            ProviderSimulator(
                host: config.string(forKey: "usher.provider.host", default: "127.0.0.1"),
                port: try config.requiredInt(forKey: "usher.provider.port"),
                ledgerPath: data + "/provider.ledger",
                apiKey: try secrets.hexadecimal(.provider), webhooks: webhooks,
                delays: providerDelays(), logger: logger))
    }

    private func providerDelays() -> SimulatorDelays {
        func delay(_ name: String, _ known: Duration) -> Duration {
            .milliseconds(
                config.int(
                    forKey: ConfigKey(["usher", "provider", name, "ms"]),
                    default: Int(known.milliseconds)))
        }
        var delays = SimulatorDelays()
        delays.slow = delay("slow", delays.slow)
        delays.hang = delay("hang", delays.hang)
        delays.settle = delay("settle", delays.settle)
        delays.late = delay("late", delays.late)
        return delays
    }
}

extension Secrets {
    /// A secret as hexadecimal digits, for HTTP headers.
    func hexadecimal(_ name: Name) throws -> String {
        try bytes(name).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
