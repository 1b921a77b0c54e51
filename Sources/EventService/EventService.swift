import Configuration
import Contracts
package import Foundation
import Logging
import NIOPosix
import Postgres
import RPC
import Redis
package import ServiceKit
import Telemetry

/// The event service: events, seating plans, and who holds which seat right now.
package enum EventService: PlatformService {
    package static let name = "event"

    package static var migrations: URL {
        Bundle.module.bundleURL.appendingPathComponent("Migrations")
    }

    /// Configuration keys of its own:
    /// - `usher.redis.socket` (required): unix socket of the Redis that keeps the seat state.
    /// - `usher.event.trail.days` (30): days that the seats' timelines are kept, 1 to 3,650.
    package static func makeRuntime(
        _ environment: ServiceEnvironment
    ) async throws -> ServiceRuntime {
        let base = try ServiceBase(environment)
        guard let socket = environment.redisSocket else {
            throw ServiceStartError("usher.redis.socket is not set; the seat state is in Redis")
        }
        let redis = RedisClient(
            configuration: RedisConfiguration(address: .unix(path: socket)), logger: base.logger)
        let auth = try base.caller(of: "auth")
        let booking = try base.caller(of: "booking")
        let authenticator = Authenticator(
            tokens: TokenVerifier(auth: auth.client), credential: base.credential)

        // One thread: a stadium's plan is read in a second, and nobody waits for two at a time.
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        let events = EventStore(pool: base.pool, feed: FeedStore(pool: base.pool))
        let plans = PlanStore(pool: base.pool)
        let records = IdempotencyRecords(pool: base.pool)
        let layouts = LayoutCache(store: plans, threads: threads)
        let seats = try seatState(redis)
        let waiting = WaitingStore(pool: base.pool)
        let keeper = SeatKeeper(
            events: events, seats: seats, booking: booking, waiting: waiting, logger: base.logger)
        let list = WaitingList(
            events: events, seats: seats, store: waiting,
            layout: { try await layouts.layout($0) }, logger: base.logger)
        let planHandlers = PlanHandlers(
            store: plans, events: events, records: records, authenticator: authenticator,
            threads: threads)
        let eventHandlers = EventHandlers(
            store: events, plans: plans, layouts: layouts, keeper: keeper, records: records,
            authenticator: authenticator)
        let holdHandlers = HoldHandlers(
            events: events, layouts: layouts, seats: seats, keeper: keeper,
            tokens: HoldToken(key: try environment.secrets.key(.holdToken)),
            authenticator: authenticator)
        let waitingHandlers = WaitingHandlers(
            store: waiting, list: list, holds: holdHandlers, authenticator: authenticator)
        let watch = SeatWatch(seats: seats)
        let watchHandlers = WatchHandlers(
            events: events, seats: seats, keeper: keeper, watch: watch)
        let days = environment.config.int(forKey: "usher.event.trail.days", default: 30)
        guard (1...3_650).contains(days) else {
            throw ServiceStartError("usher.event.trail.days is \(days); 1 to 3,650 days")
        }
        let trail = TrailMover(
            events: events, seats: seats, store: TrailStore(pool: base.pool), days: days,
            logger: base.logger)
        let timelineHandlers = TimelineHandlers(
            events: events, layouts: layouts, trail: trail, booking: booking,
            authenticator: authenticator)
        let seatFeed = SeatFeed(
            pool: base.pool, seats: seats, keeper: keeper, waiting: waiting, logger: base.logger)
        let bookings = FeedConsumer(
            "booking", booking, BookingV1.BookingService.readFeed,
            BookingV1.BookingService.followFeed,
            sink: seatFeed, logger: base.logger)

        return try base.runtime(
            background: [
                redis, auth.client, booking.client, keeper, list, trail,
                WaitingSweeper(pool: base.pool, logger: base.logger),
                IdempotencySweeper(pool: base.pool, logger: base.logger), bookings,
            ], streams: [watch, events.feed.streams],
            readiness: [ReadinessCheck("redis") { _ = try await redis.send(["PING"]) }],
            feeds: [bookings.operated]
        ) { router in
            planHandlers.register(on: &router)
            eventHandlers.register(on: &router)
            holdHandlers.register(on: &router)
            watchHandlers.register(on: &router)
            timelineHandlers.register(on: &router)
            waitingHandlers.register(on: &router)
        }
    }

    private static func seatState(_ redis: RedisClient) throws -> SeatState {
        #if DEBUG
            if Sabotage.noGuard.isOn {
                return try SeatState(redis: redis, sabotage: .everyPlaceIsFree)
            }
        #endif
        return try SeatState(redis: redis)
    }
}
