import Contracts
import Foundation
import Logging
import Postgres
import ServiceKit
import TestSupport
import Wire

@testable import BookingService

/// A booking database of its own, with one event.
struct BookingDatabase: Sendable {
    let pool: PostgresPool
    let store: BookingStore
    let records: IdempotencyRecords
    let writer: BatchWriter
    let event = EventID()
    let organiser = UserID()

    /// Makes the tables and the event, and runs `body`.
    static func with<T>(
        _ name: String = #function, _ body: (BookingDatabase) async throws -> T
    ) async throws -> T {
        var configuration = try await PostgresServer.shared.makeDatabase(name)
        configuration.statementTimeout = .seconds(60)
        configuration.waitTimeout = .seconds(60)
        _ = try await PostgresMigrator(directory: BookingService.migrations)
            .migrate(configuration)
        return try await PostgresPool.withPool(configuration, logger: Logger(label: "test")) {
            try await body(try await BookingDatabase($0))
        }
    }

    /// Of a database that has the tables; makes the event.
    init(_ pool: PostgresPool) async throws {
        self.pool = pool
        store = BookingStore(pool: pool, feed: FeedStore(pool: pool))
        records = IdempotencyRecords(pool: pool)
        writer = BatchWriter(pool: pool, feed: store.feed, records: records)
        try await insertEvent()
    }

    private func insertEvent() async throws {
        try await pool.query(
            """
            INSERT INTO events
            (id, organiser_id, on_sale, plan_version, title, venue, starts_at, time_zone,
             currency, pay_seconds, sale_closes_at)
            VALUES (\(event.uuid), \(organiser.uuid), true, 1, 'A test', 'Hall',
             '2099-01-01T19:00:00Z', 'Europe/Berlin', 'EUR', 900, '2099-01-01T19:00:00Z')
            """)
    }

    /// An order for places of the event, at a price each.
    func order(
        _ places: [UInt32], by buyer: UserID = UserID(), price: Int64 = 2_000,
        hold: HoldID = HoldID(), key: IdempotencyKey? = nil
    ) -> BookingOrder {
        let terms = EventV1.HoldTerms.with {
            $0.places = places.map { place in
                .with {
                    $0.place = place
                    $0.seatGUID = "seat-\(place)"
                    $0.label = "Seat \(place)"
                    $0.category = "Parkett"
                    $0.priceMinor = price
                }
            }
            $0.totalMinor = price * Int64(places.count)
            $0.currency = "EUR"
        }
        return BookingOrder(
            id: BookingID(), terms: terms, hold: hold, event: event, buyer: buyer,
            idempotency: key)
    }

    /// The single number that a query gives.
    func count(_ query: PostgresQuery) async throws -> Int {
        try await pool.query(query).first.map { try Int($0.decode(0, as: Int64.self)) } ?? -1
    }

    /// Places with an active claim, in order; a place that is sold twice is here twice.
    func claimed() async throws -> [Int32] {
        try await pool.query(
            """
            SELECT place FROM claims WHERE event_id = \(event.uuid) AND released_at IS NULL
            ORDER BY place
            """
        ).map { try $0.decode("place") }
    }

    /// What the feed says, oldest first.
    func facts() async throws -> [BookingV1.FeedEntry] {
        let page: BookingV1.ReadFeedResponse = try await store.feed.read(
            BookingV1.ReadFeedRequest.with { $0.limit = 1_000 })
        return page.entries
    }
}
