import AsyncHTTPClient
import Configuration
import Contracts
package import Foundation
import Postgres
package import ServiceKit
import ServiceLifecycle

/// The payment service: money, and the promise that each capture ends in a ticket or a refund.
package enum PaymentService: PlatformService {
    package static let name = "payment"

    package static var migrations: URL {
        Bundle.module.bundleURL.appendingPathComponent("Migrations")
    }

    /// Configuration keys of its own:
    /// - `usher.provider.url` (required): base of the provider's HTTP interface.
    package static func makeRuntime(
        _ environment: ServiceEnvironment
    ) async throws -> ServiceRuntime {
        let base = try ServiceBase(environment)
        let auth = try base.caller(of: "auth")
        let booking = try base.caller(of: "booking")
        let store = PaymentStore(pool: base.pool, feed: FeedStore(pool: base.pool))
        let http = HTTPClient()
        let provider = HTTPPaymentProvider(
            client: http,
            baseURL: try environment.config.requiredString(forKey: "usher.provider.url"),
            apiKey: try environment.secrets.hexadecimal(.provider))
        let handlers = PaymentHandlers(
            store: store, provider: provider,
            authenticator: Authenticator(
                tokens: TokenVerifier(auth: auth.client), credential: base.credential),
            booking: booking, logger: base.logger)

        let bookings = FeedConsumer(
            "booking", booking, BookingV1.BookingService.readFeed,
            sink: DatabaseFeedSink(
                feed: "booking", pool: base.pool, logger: base.logger, ownFeed: store.feed
            ) { entry, transaction in
                guard case .refundDue(let fact) = entry.fact else {
                    return []
                }
                guard let payment = PaymentID(fact.paymentID) else {
                    throw UnreadableFact("payment \(fact.paymentID)")
                }
                try await store.startRefund(payment, reason: fact.reason, in: transaction)
                return []
            },
            logger: base.logger)
        let reconciler = Reconciler(store: store, provider: provider, logger: base.logger)

        return try base.runtime(
            background: [
                HTTPClientService(client: http), auth.client, booking.client, bookings, reconciler,
            ]
        ) { router in
            handlers.register(on: &router)
        }
    }
}

/// Shuts the HTTP client down with the rest.
private struct HTTPClientService: Service {
    let client: HTTPClient

    func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
