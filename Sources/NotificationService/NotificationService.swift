import Configuration
import Contracts
package import Foundation
import Postgres
package import ServiceKit
import Wire

/// The notification service: tickets, and the mails that tell people.
package enum NotificationService: PlatformService {
    package static let name = "notification"

    package static var migrations: URL {
        Bundle.module.bundleURL.appendingPathComponent("Migrations")
    }

    /// Configuration keys of its own:
    /// - `usher.outbox.folder` (`<data folder>/outbox`): where mails are written.
    /// - `usher.mail.from` (`tickets@usher.example`): address of the sender.
    package static func makeRuntime(
        _ environment: ServiceEnvironment
    ) async throws -> ServiceRuntime {
        let base = try ServiceBase(environment)
        let auth = try base.caller(of: "auth")
        let booking = try base.caller(of: "booking")
        let event = try base.caller(of: "event")
        let payment = try base.caller(of: "payment")
        let store = NotificationStore(pool: base.pool)
        let effects = FeedEffects(store: store)
        let outbox = try Outbox(
            folder: URL(
                fileURLWithPath: environment.config.string(
                    forKey: "usher.outbox.folder", default: environment.dataFolder + "/outbox")))
        let writer = MailWriter(
            store: store, outbox: outbox,
            from: .init(
                name: "Usher",
                address: environment.config.string(
                    forKey: "usher.mail.from", default: "tickets@usher.example")),
            logger: base.logger)
        let handlers = NotificationHandlers(
            store: store,
            authenticator: Authenticator(
                tokens: TokenVerifier(auth: auth.client), credential: base.credential),
            records: IdempotencyRecords(pool: base.pool))

        let users = follow(
            "auth", auth, AuthV1.AuthService.readFeed, AuthV1.AuthService.followFeed, base,
            effects.apply)
        let events = follow(
            "event", event, EventV1.EventService.readFeed, EventV1.EventService.followFeed, base,
            effects.apply)
        let bookings = follow(
            "booking", booking, BookingV1.BookingService.readFeed,
            BookingV1.BookingService.followFeed, base, effects.apply)
        let payments = follow(
            "payment", payment, PaymentV1.PaymentService.readFeed,
            PaymentV1.PaymentService.followFeed, base, effects.apply)

        return try base.runtime(
            background: [
                auth.client, booking.client, event.client, payment.client, users, bookings,
                payments, events, writer,
                IdempotencySweeper(pool: base.pool, logger: base.logger),
            ],
            feeds: [users.operated, events.operated, bookings.operated, payments.operated]
        ) { router in
            handlers.register(on: &router)
        }
    }

    /// A feed whose facts take effect in the database, and lead to none of this service's.
    private static func follow<Request, Page: FeedPage, Follow, Batch: FeedBatch>(
        _ feed: String, _ caller: ServiceCaller, _ read: Method<Request, Page>,
        _ follow: Method<Follow, Batch>, _ base: ServiceBase,
        _ effect: @escaping @Sendable (Page.Entry, PostgresTransaction) async throws -> Void
    ) -> FeedConsumer<Request, Page, Follow, Batch, DatabaseFeedSink<Page.Entry>>
    where Batch.Entry == Page.Entry {
        FeedConsumer(
            feed, caller, read, follow,
            sink: DatabaseFeedSink(
                feed: feed, consumer: name, pool: base.pool, logger: base.logger, effect: effect),
            logger: base.logger)
    }
}
