import Configuration
import Contracts
package import Foundation
package import Logging
package import Postgres
package import RPC
package import ServiceLifecycle
package import Telemetry
package import Wire

/// One of the five services, as the command line sees it.
package protocol PlatformService: Sendable {
    /// "auth", "event", "booking", "payment" or "notification".
    static var name: String { get }
    /// Folder of its numbered SQL files.
    static var migrations: URL { get }
    /// Wires it up; nothing runs yet.
    ///
    /// - Throws: `ServiceStartError`, or an error of the configuration, that says what to do.
    static func makeRuntime(_ environment: ServiceEnvironment) async throws -> ServiceRuntime
}

/// What a service runs, and how to ask whether it is ready.
package struct ServiceRuntime: Sendable {
    /// In the order of their start; they stop in reverse.
    package let services: [any Service]
    /// All must pass. None asks another service.
    package let readiness: [ReadinessCheck]
}

/// The parts that every service is made of.
package final class ServiceBase: Sendable {
    package let environment: ServiceEnvironment
    package let logger: Logger
    package let pool: PostgresPool
    package let credential: ServiceCredential

    /// Configuration keys:
    /// - `usher.database.connections` (8): connections that transactions may lease.
    package init(_ environment: ServiceEnvironment) throws {
        #if DEBUG
            try FailPoints.check()
        #endif
        try Sabotage.check(environment.logger)
        self.environment = environment
        logger = environment.logger
        credential = ServiceCredential(key: try environment.secrets.key(.serviceCredential))
        var configuration = try PostgresConfiguration(connectionString: environment.database)
        configuration.transactionConnections = environment.config.int(
            forKey: "usher.database.connections", default: 8)
        configuration.applicationName = "usher-\(environment.service)"
        // Three attempts at it fit into the ten seconds that callers wait.
        configuration.outageTimeout = .milliseconds(2_500)
        pool = try PostgresPool(configuration: configuration, logger: environment.logger)
    }

    /// A client of another service that shows this service's credential.
    package func caller(of service: String) throws -> ServiceCaller {
        ServiceCaller(
            client: try environment.tls.makeClient(of: try environment.address(of: service)),
            credential: credential, name: environment.service)
    }

    /// Puts the parts together: pool, then what the service brings, then its RPC server.
    ///
    /// - Parameters:
    ///   - background: clients and consumers, in the order of their start.
    ///   - streams: what serves streams that last; it is told to stop before the RPC server is.
    ///   - readiness: checks besides the database's.
    ///   - feeds: those that this service follows, for operators.
    ///   - register: puts the handlers on the router.
    package func runtime(
        background: [any Service] = [], streams: [any Service] = [],
        readiness: [ReadinessCheck] = [], feeds: [OperatedFeed] = [],
        register: (inout CallRouter) -> Void
    ) throws -> ServiceRuntime {
        var router = CallRouter()
        register(&router)
        router.handleFeeds(feeds)
        let checks =
            [ReadinessCheck("database") { [pool] in _ = try await pool.query("SELECT 1") }]
            + readiness
        let address = try environment.address(of: environment.service)
        var configuration = RPCServerConfiguration()
        configuration.tls = try environment.tls.server(on: address)
        configuration.contracts = Contracts.all
        let server = RPCServer(
            router: router, addresses: [address], configuration: configuration,
            interceptors: [
                DeclaredAccess(Contracts.services, credential: credential),
                DatabaseOutage(service: environment.service),
            ], logger: logger)
        return ServiceRuntime(services: [pool] + background + [server] + streams, readiness: checks)
    }
}

/// Calls another service in this service's name.
package struct ServiceCaller: Sendable {
    /// The client itself, for `runtime(background:)`.
    package let client: RPCClient
    private let credential: ServiceCredential
    /// Who calls.
    package let name: String

    /// A caller with a credential of its own.
    package init(client: RPCClient, credential: ServiceCredential, name: String) {
        self.client = client
        self.credential = credential
        self.name = name
    }

    /// Calls a method with the service's credential.
    package func call<Request, Response>(
        _ method: Method<Request, Response>, _ request: Request, timeout: Duration? = nil
    ) async throws(RPCError) -> Response {
        try await client.call(method, request, metadata: metadata, timeout: timeout)
    }

    /// Calls a method that answers with a stream, with the service's credential.
    package func withServerStream<Request, Response, Result>(
        _ method: Method<Request, Response>, _ request: Request, timeout: Duration? = nil,
        _ body: (MessageStream<Response>) async throws -> Result
    ) async throws -> Result {
        try await client.withServerStream(
            method, request, metadata: metadata, timeout: timeout, body)
    }

    private var metadata: Metadata {
        var metadata = Metadata()
        metadata.append(credential.issue(as: name), for: ServiceCredential.metadataKey)
        return metadata
    }
}

/// Name on the credential of whoever runs the platform (`usher up`, `usher migrate`).
package let operatorName = "operator"
