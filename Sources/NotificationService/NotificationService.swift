import Configuration
import Contracts
package import Foundation
import Postgres
package import ServiceKit

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

        let usersSink = DatabaseFeedSink(
            feed: "auth", consumer: name, pool: base.pool, logger: base.logger
        ) { (entry: AuthV1.FeedEntry, transaction) in
            try await effects.apply(entry, in: transaction)
        }
        let users = FeedConsumer(
            "auth", auth, AuthV1.AuthService.readFeed,
            AuthV1.AuthService.followFeed, sink: usersSink, logger: base.logger)
        let eventsSink = DatabaseFeedSink(
            feed: "event", consumer: name, pool: base.pool, logger: base.logger
        ) { (entry: EventV1.FeedEntry, transaction) in
            try await effects.apply(entry, in: transaction)
        }
        let events = FeedConsumer(
            "event", event, EventV1.EventService.readFeed,
            EventV1.EventService.followFeed, sink: eventsSink, logger: base.logger)
        let bookingsSink = DatabaseFeedSink(
            feed: "booking", consumer: name, pool: base.pool, logger: base.logger
        ) { (entry: BookingV1.FeedEntry, transaction) in
            try await effects.apply(entry, in: transaction)
        }
        let bookings = FeedConsumer(
            "booking", booking, BookingV1.BookingService.readFeed,
            BookingV1.BookingService.followFeed, sink: bookingsSink, logger: base.logger)
        let paymentsSink = DatabaseFeedSink(
            feed: "payment", consumer: name, pool: base.pool, logger: base.logger
        ) { (entry: PaymentV1.FeedEntry, transaction) in
            try await effects.apply(entry, in: transaction)
        }
        let payments = FeedConsumer(
            "payment", payment, PaymentV1.PaymentService.readFeed,
            PaymentV1.PaymentService.followFeed, sink: paymentsSink, logger: base.logger)

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
}
