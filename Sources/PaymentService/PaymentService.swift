import AsyncHTTPClient
import Configuration
import Contracts
package import Foundation
import Postgres
import RPC
package import ServiceKit
import ServiceLifecycle

/// The payment service: money, and the promise that each capture ends in a ticket or a refund.
package enum PaymentService: PlatformService {
    package static let name = "payment"

    package static var migrations: URL {
        Bundle.module.bundleURL.appendingPathComponent("Migrations")
    }

    /// Configuration keys of its own, besides those of `PaymentTiming`:
    /// - `usher.provider.url` (required): base of the provider's HTTP interface.
    package static func makeRuntime(
        _ environment: ServiceEnvironment
    ) async throws -> ServiceRuntime {
        let base = try ServiceBase(environment)
        let auth = try base.caller(of: "auth")
        let booking = try base.caller(of: "booking")
        let timing = try PaymentTiming(environment.config)
        let store = PaymentStore(pool: base.pool, feed: FeedStore(pool: base.pool))
        let refunds = RefundStore(pool: base.pool, feed: store.feed)
        let webhooks = WebhookStore(payments: store, refunds: refunds, timing: timing)
        var connections = HTTPClient.Configuration()
        connections.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Reconciler.atOnce
        let http = HTTPClient(configuration: connections)
        let provider = HTTPPaymentProvider(
            client: http,
            baseURL: try environment.config.requiredString(forKey: "usher.provider.url"),
            apiKey: try environment.secrets.hexadecimal(.provider),
            webhookSecret: try environment.secrets.key(.providerWebhook),
            timeout: timing.providerTimeout)
        let handlers = PaymentHandlers(
            store: store, refunds: refunds, records: IdempotencyRecords(pool: base.pool),
            provider: provider, timing: timing,
            authenticator: Authenticator(
                tokens: TokenVerifier(auth: auth.client), credential: base.credential),
            booking: booking, logger: base.logger)
        let webhookHandler = WebhookHandler(
            store: webhooks, providers: ["simulated": provider], logger: base.logger)
        let reconciler = Reconciler(
            store: store, refunds: refunds, webhooks: webhooks, provider: provider,
            timing: timing, logger: base.logger)
        let sink = bookings(base, refunds)
        let bookings = FeedConsumer(
            "booking", booking, BookingV1.BookingService.readFeed,
            BookingV1.BookingService.followFeed, sink: sink, logger: base.logger)

        return try base.runtime(
            background: [
                HTTPClientService(client: http), auth.client, booking.client,
                bookings, IdempotencySweeper(pool: base.pool, logger: base.logger),
            ] + (Sabotage.noReconciler.isOn ? [] : [reconciler]),
            streams: [store.feed.streams], feeds: [bookings.operated]
        ) { router in
            handlers.register(on: &router)
            webhookHandler.register(on: &router)
        }
    }

    /// What the feed of bookings does here: money that is to go back.
    private static func bookings(
        _ base: ServiceBase, _ refunds: RefundStore
    ) -> DatabaseFeedSink<BookingV1.FeedEntry> {
        DatabaseFeedSink(
            feed: "booking", consumer: name, pool: base.pool, logger: base.logger,
            together: { entries, transaction in
                var dues: [(fact: BookingV1.RefundDue, position: UInt64)] = []
                for entry in entries {
                    if case .refundDue(let fact) = entry.fact {
                        dues.append((fact, entry.position))
                    }
                }
                try await refunds.start(dues, in: transaction)
            })
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
