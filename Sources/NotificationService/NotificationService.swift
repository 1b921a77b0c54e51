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
                tokens: TokenVerifier(auth: auth.client), credential: base.credential))

        let users = FeedConsumer(
            "auth", auth, AuthV1.AuthService.readFeed,
            sink: DatabaseFeedSink(
                feed: "auth", pool: base.pool, logger: base.logger
            ) { entry, transaction in
                try await effects.apply(entry, in: transaction)
            },
            logger: base.logger)
        let bookings = FeedConsumer(
            "booking", booking, BookingV1.BookingService.readFeed,
            sink: DatabaseFeedSink(
                feed: "booking", pool: base.pool, logger: base.logger
            ) { entry, transaction in
                try await effects.apply(entry, in: transaction)
            },
            logger: base.logger)

        return try base.runtime(
            background: [auth.client, booking.client, users, bookings, writer]
        ) { router in
            handlers.register(on: &router)
        }
    }
}
