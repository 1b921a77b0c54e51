import Configuration
import Contracts
package import Foundation
import Postgres
import RPC
package import ServiceKit

/// The booking service: bookings, and the claims that make a seat somebody's.
package enum BookingService: PlatformService {
    package static let name = "booking"

    package static var migrations: URL {
        Bundle.module.bundleURL.appendingPathComponent("Migrations")
    }

    package static func makeRuntime(
        _ environment: ServiceEnvironment
    ) async throws -> ServiceRuntime {
        let base = try ServiceBase(environment)
        let auth = try base.caller(of: "auth")
        let event = try base.caller(of: "event")
        let payment = try base.caller(of: "payment")
        let store = BookingStore(pool: base.pool, feed: FeedStore(pool: base.pool))
        let records = IdempotencyRecords(pool: base.pool)
        let writer = BatchWriter(pool: base.pool, feed: store.feed, records: records)
        let batcher = BookingBatcher(logger: base.logger) { try await writer.write($0) }
        let organisers = OrganiserStore(pool: base.pool, feed: store.feed)
        let handlers = BookingHandlers(
            store: store,
            authenticator: Authenticator(
                tokens: TokenVerifier(auth: auth.client), credential: base.credential),
            event: event, batcher: batcher, records: records, organisers: organisers)
        let cancels = CancelStore(feed: store.feed)
        let organiserHandlers = OrganiserHandlers(
            store: organisers, cancels: cancels, records: records,
            timeline: TimelineStore(pool: base.pool),
            authenticator: handlers.authenticator)

        let eventSink = DatabaseFeedSink(
            feed: "event", consumer: name, pool: base.pool, logger: base.logger,
            ownFeed: store.feed, effect: EventEffects.apply)
        let paymentSink = DatabaseFeedSink(
            feed: "payment", consumer: name, pool: base.pool, logger: base.logger,
            ownFeed: store.feed, effect: PaymentEffects(store: store).apply)
        let events = FeedConsumer(
            "event", event, EventV1.EventService.readFeed,
            EventV1.EventService.followFeed,
            sink: eventSink, logger: base.logger)
        let payments = FeedConsumer(
            "payment", payment, PaymentV1.PaymentService.readFeed,
            PaymentV1.PaymentService.followFeed,
            sink: paymentSink, logger: base.logger)
        let sweeper = ExpirySweeper(store: store, logger: base.logger)

        return try base.runtime(
            background: [
                auth.client, event.client, payment.client, events, payments, sweeper,
                CancellationSweeper(pool: base.pool, store: cancels, logger: base.logger),
                RefusalSweeper(pool: base.pool, logger: base.logger),
                IdempotencySweeper(pool: base.pool, logger: base.logger), batcher,
            ], streams: [store.feed.streams], feeds: [events.operated, payments.operated]
        ) { router in
            handlers.register(on: &router)
            organiserHandlers.register(on: &router)
        }
    }
}
