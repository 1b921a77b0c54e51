import Foundation
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import RPC
package import ServiceKit
import ServiceLifecycle

/// The public face: REST and JSON outside, framed RPC inside, and the pages.
package struct Gateway: Service {
    private let configuration: GatewayConfiguration
    let responder: GatewayResponder
    private let onListening: @Sendable (Int) async -> Void
    private let logger: Logger

    /// A gateway before these services; `run()` listens.
    ///
    /// - Parameters:
    ///   - backends: clients of the services; whoever makes them runs them.
    ///   - tokens: verifies access tokens before a service is asked.
    ///   - onListening: told the port once it listens.
    package init(
        configuration: GatewayConfiguration, backends: Backends, tokens: TokenVerifier,
        logger: Logger, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
        responder = GatewayResponder(
            table: RouteTable(Routes.all), backends: backends,
            tokens: { try await tokens.verify($0).roles },
            limiter: RateLimiter(configuration.rates),
            proxies: ProxyTrust(configuration.proxies),
            uploads: UploadSlots(configuration.uploadsMax),
            live: LiveSeats(event: backends.event, limits: configuration.live),
            pages: Pages(logger: logger), logger: logger)
    }

    /// Serves until graceful shutdown; open requests are answered first.
    package func run() async throws {
        try await application.run()
    }

    var application: Application<GatewayResponder> {
        var logger = logger
        // Hummingbird tells each start and stop; whoever runs this server tells it once.
        logger.logLevel = max(logger.logLevel, .warning)
        return Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(Int64(configuration.idleTimeoutSeconds)))),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), backlog: 4096,
                availableConnectionsDelegate: .maximum(
                    configuration.connectionsMax, logger: logger)),
            services: [responder.live],
            onServerRunning: { [onListening] channel in
                await onListening(channel.localAddress?.port ?? 0)
            }, logger: logger)
    }
}

/// What is known of a request's connection.
struct GatewayContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Nil for a unix socket.
    let peer: IPAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress.flatMap { IPAddress($0) }
    }
}
