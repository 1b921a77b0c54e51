import Foundation
package import Logging
package import Postgres
import Wire

/// Makes entries take effect in the service's own database, exactly once: the position moves in
/// the transaction of the effect (tables `feed_cursor` and `feed_parked`).
///
/// An entry that cannot be applied is parked with all later entries of its key, so that the rest
/// goes on. Facts that follow from the entries are written to the own feed last, because the
/// feed's lock is kept from there to the commit.
package struct DatabaseFeedSink<Entry: FeedEntry>: FeedSink {
    private let feed: String
    private let pool: PostgresPool
    private let effects: @Sendable ([Entry], PostgresTransaction) async throws -> Void
    private let afterCommit: @Sendable () -> Void
    private let parked: ParkedEntries

    /// The feed as operators see it.
    package var followed: FollowedFeed {
        FollowedFeed(
            parked,
            effect: { [effects] bytes, transaction in
                try await effects([try Entry(serialized: bytes)], transaction)
            }, afterCommit: afterCommit)
    }

    /// A sink for one feed whose entries lead to facts of this service.
    ///
    /// - Parameters:
    ///   - feed: the feed's service; names the cursor.
    ///   - consumer: this service, for metrics.
    ///   - pool: the service's own database.
    ///   - logger: told of parked entries.
    ///   - ownFeed: where the facts go that follow.
    ///   - effect: makes one entry take effect, and tells what follows.
    package init<Fact: FeedEntry>(
        feed: String, consumer: String, pool: PostgresPool, logger: Logger,
        ownFeed: FeedStore<Fact>,
        effect: @escaping @Sendable (Entry, PostgresTransaction) async throws -> [Fact]
    ) {
        self.init(
            feed: feed, consumer: consumer, pool: pool, logger: logger, afterCommit: ownFeed.ring
        ) {
            (entries: [Entry], transaction: PostgresTransaction) in
            var facts: [Fact] = []
            for entry in entries {
                facts += try await effect(entry, transaction)
            }
            try await ownFeed.append(facts, in: transaction)
        }
    }

    /// A sink for one feed whose entries lead to nothing that others are told.
    ///
    /// - Parameters:
    ///   - feed: the feed's service; names the cursor.
    ///   - consumer: this service, for metrics.
    ///   - pool: the service's own database.
    ///   - logger: told of parked entries.
    ///   - effect: makes one entry take effect.
    package init(
        feed: String, consumer: String, pool: PostgresPool, logger: Logger,
        effect: @escaping @Sendable (Entry, PostgresTransaction) async throws -> Void
    ) {
        self.init(feed: feed, consumer: consumer, pool: pool, logger: logger, afterCommit: {}) {
            (entries: [Entry], transaction: PostgresTransaction) in
            for entry in entries {
                try await effect(entry, transaction)
            }
        }
    }

    /// A sink for one feed whose entries lead to nothing that others are told, and take effect
    /// together: a statement for all of them instead of one for each.
    ///
    /// - Parameters:
    ///   - feed: the feed's service; names the cursor.
    ///   - consumer: this service, for metrics.
    ///   - pool: the service's own database.
    ///   - logger: told of parked entries.
    ///   - effects: makes entries take effect, in their order; at most 500. Where it fails, it is
    ///     called for each of them alone.
    package init(
        feed: String, consumer: String, pool: PostgresPool, logger: Logger,
        together effects: @escaping @Sendable ([Entry], PostgresTransaction) async throws -> Void
    ) {
        self.init(
            feed: feed, consumer: consumer, pool: pool, logger: logger, afterCommit: {},
            effects: effects)
    }

    private init(
        feed: String, consumer: String, pool: PostgresPool, logger: Logger,
        afterCommit: @escaping @Sendable () -> Void,
        effects: @escaping @Sendable ([Entry], PostgresTransaction) async throws -> Void
    ) {
        self.feed = feed
        self.pool = pool
        self.afterCommit = afterCommit
        self.effects = effects
        parked = ParkedEntries(feed: feed, consumer: consumer, pool: pool, logger: logger)
    }

    package func position() async throws -> FeedPosition {
        try await parked.measure()
        return try await FeedCursor.read(feed, pool)
    }

    package func apply(_ entries: [Entry]) async throws {
        do {
            try await apply(together: entries)
        } catch let error where FeedFault.isFault(error) {
            // One of them cannot be applied; find it by going one at a time.
            for entry in entries {
                do {
                    try await apply(together: [entry])
                } catch let error where FeedFault.isFault(error) {
                    try await park(entry, because: error)
                }
            }
        }
        afterCommit()
    }

    private func apply(together entries: [Entry]) async throws {
        var isParked = false
        try await pool.transaction { transaction in
            try await advance(over: entries, in: transaction)
            let keys = try await parked.keys(among: entries.map(\.key), in: transaction)
            for entry in entries where keys.contains(entry.key) {
                try await parked.insert(
                    entry, because: ParkedEntries.followsParked, in: transaction)
            }
            isParked = !keys.isEmpty
            try await effects(entries.filter { !keys.contains($0.key) }, transaction)
            try await FailPoint.feedBeforeCommit.reach(feed)
        }
        if isParked {
            try await parked.measure()
        }
        try await FailPoint.feedAfterCommit.reach(feed)
    }

    /// Moves the cursor first: its row lock keeps a second consumer of the same feed out.
    private func advance(
        over entries: [Entry], in transaction: PostgresTransaction
    ) async throws {
        guard let first = entries.first, let last = entries.last else {
            return
        }
        let before = Int64(clamping: first.position) - 1
        try await transaction.query(
            "INSERT INTO feed_cursor (feed, position) VALUES (\(feed), 0) ON CONFLICT DO NOTHING")
        let moved = try await transaction.query(
            """
            UPDATE feed_cursor SET position = \(Int64(clamping: last.position)),
             recorded_at = \(last.recordedAt?.date)
            WHERE feed = \(feed) AND position = \(before)
            """)
        guard moved.affected == 1 else {
            throw FeedCursorMoved()
        }
    }

    private func park(_ entry: Entry, because error: any Error) async throws {
        try await pool.transaction { transaction in
            try await advance(over: [entry], in: transaction)
            try await parked.insert(entry, because: "\(error)", in: transaction)
        }
        parked.report(entry, error)
        try await parked.measure()
    }
}

/// Another consumer of the same feed was here first; look again from its position.
package struct FeedCursorMoved: Error, CustomStringConvertible {
    package init() {}

    package var description: String { "another consumer has moved the cursor" }
}

/// Reads how far a feed has been applied: table `feed_cursor`.
package enum FeedCursor {
    /// The last entry that has taken effect; zero where there was none.
    package static func read(_ feed: String, _ pool: PostgresPool) async throws -> FeedPosition {
        let rows = try await pool.query(
            "SELECT position, recorded_at FROM feed_cursor WHERE feed = \(feed)")
        guard let row = rows.first else {
            return FeedPosition()
        }
        return FeedPosition(
            UInt64(clamping: try row.decode("position", as: Int64.self)),
            recordedAt: try row.decode("recorded_at", as: Date?.self))
    }
}
