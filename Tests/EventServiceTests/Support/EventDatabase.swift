import Contracts
import Foundation
import Logging
import Postgres
import ServiceKit
import TestSupport
import Wire

@testable import EventService

/// An event database of its own.
struct EventDatabase: Sendable {
    let pool: PostgresPool
    let events: EventStore

    /// Makes the tables, and runs `body`.
    static func with<T>(
        _ name: String = #function, _ body: (EventDatabase) async throws -> T
    ) async throws -> T {
        let configuration = try await PostgresServer.shared.makeDatabase(name)
        _ = try await PostgresMigrator(directory: EventService.migrations).migrate(configuration)
        return try await PostgresPool.withPool(configuration, logger: Logger(label: "test")) {
            try await body(
                EventDatabase(
                    pool: $0, events: EventStore(pool: $0, feed: FeedStore(pool: $0))))
        }
    }

    /// The single number that a query gives.
    func count(_ query: PostgresQuery) async throws -> Int {
        try await pool.query(query).first.map { try Int($0.decode(0, as: Int64.self)) } ?? -1
    }

    /// What the feed says, oldest first.
    func facts() async throws -> [EventV1.FeedEntry] {
        let page: EventV1.ReadFeedResponse = try await events.feed.read(
            EventV1.ReadFeedRequest.with { $0.limit = 1_000 })
        return page.entries
    }
}
