import Hummingbird
import HummingbirdCore
package import Logging
import NIOPosix
import ServiceLifecycle

/// A payment provider to try things with: an HTTP API like a real one's, a ledger of its own, and
/// test cards. It knows nothing of Usher.
package struct ProviderSimulator: Service {
    private let host: String
    private let port: Int
    private let ledgerPath: String
    private let apiKey: String
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// `ledgerPath` is made when missing, in a folder that exists. `port` 0 takes any free port;
    /// `onListening` is told which.
    package init(
        host: String = "127.0.0.1", port: Int, ledgerPath: String, apiKey: String, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.ledgerPath = ledgerPath
        self.apiKey = apiKey
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
        let ledger = try await threads.runIfActive { [ledgerPath] in
            let file = try LedgerFile(path: ledgerPath)
            return Ledger(file: file, state: try file.replay(), threads: threads)
        }
        var logger = logger
        // Hummingbird tells each start and stop; whoever runs this server tells it once.
        logger.logLevel = max(logger.logLevel, .warning)
        return Application(
            responder: ProviderResponder(ledger: ledger, apiKey: apiKey),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: .maximum(1024, logger: logger)),
            onServerRunning: { await onListening($0.localAddress?.port ?? port) },
            logger: logger)
    }
}
