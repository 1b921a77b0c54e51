import AsyncHTTPClient
import Crypto
package import Foundation
import Hummingbird
import HummingbirdCore
package import Logging
import NIOPosix
import ServiceLifecycle

/// A payment provider to try things with: an HTTP API like a real one's, a ledger of its own, test
/// cards for every bad habit, and webhooks. It knows nothing of Usher.
package struct ProviderSimulator: Service {
    /// Where webhooks go.
    package struct Webhooks: Sendable {
        let url: String
        let secret: Data

        /// - Parameters:
        ///   - url: of the merchant.
        ///   - secret: shared with the merchant; signs.
        package init(url: String, secret: Data) {
            self.url = url
            self.secret = secret
        }
    }

    private let host: String
    private let port: Int
    private let ledgerPath: String
    private let apiKey: String
    private let webhooks: Webhooks?
    private let delays: SimulatorDelays
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// `ledgerPath` is made when missing, in a folder that exists. `port` 0 takes any free port;
    /// `onListening` is told which. Without `webhooks` none are sent.
    package init(
        host: String = "127.0.0.1", port: Int, ledgerPath: String, apiKey: String,
        webhooks: Webhooks? = nil, delays: SimulatorDelays = SimulatorDelays(), logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.ledgerPath = ledgerPath
        self.apiKey = apiKey
        self.webhooks = webhooks
        self.delays = delays
        self.logger = logger
        self.onListening = onListening
    }

    /// Replays the ledger, then serves until graceful shutdown. Throws when the ledger is damaged
    /// or in use, or the port is taken.
    package func run() async throws {
        try await application().run()
    }

    func application() async throws -> Application<ProviderResponder> {
        let threads = NIOThreadPool.singleton
        let sender = webhooks.map {
            WebhookSender(
                url: $0.url, secret: SymmetricKey(data: $0.secret), client: .shared,
                logger: self.logger)
        }
        let ledger = try await threads.runIfActive { [ledgerPath, delays] in
            let file = try LedgerFile(path: ledgerPath)
            return Ledger(
                file: file, state: try file.replay(), threads: threads, delays: delays,
                webhooks: sender)
        }
        var logger = logger
        // Hummingbird tells each start and stop; whoever runs this server tells it once.
        logger.logLevel = max(logger.logLevel, .warning)
        let services: [any Service] = [Settler(ledger: ledger)] + (sender.map { [$0] } ?? [])
        return Application(
            responder: ProviderResponder(ledger: ledger, apiKey: apiKey, delays: delays),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: .maximum(1024, logger: logger)),
            services: services,
            onServerRunning: { await onListening($0.localAddress?.port ?? port) },
            logger: logger)
    }
}

/// Brings pending charges and refunds to their ends.
private struct Settler: Service {
    let ledger: Ledger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await ledger.settleDue()
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
