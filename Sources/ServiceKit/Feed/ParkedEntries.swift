import Contracts
import Foundation
package import Logging
import Metrics
package import Postgres
import RPC
import Wire

/// Entries of one feed that could not be applied, with later ones of their keys: tables
/// `feed_parked` and `feed_discarded` of the consumer's own database.
package struct ParkedEntries: Sendable {
    /// Entries that one release may apply.
    package static let releaseMax = 1_000

    /// The feed's service.
    package let feed: String
    private let pool: PostgresPool
    private let logger: Logger
    private let gauge: Gauge

    /// - Parameters:
    ///   - feed: the feed's service.
    ///   - consumer: this service, for metrics.
    ///   - pool: its database.
    ///   - logger: told of what is parked, released and given up.
    package init(feed: String, consumer: String, pool: PostgresPool, logger: Logger) {
        self.feed = feed
        self.pool = pool
        self.logger = logger
        gauge = Gauge(
            label: "feed_entries_parked", dimensions: [("feed", feed), ("consumer", consumer)])
    }

    /// Shows how many there are.
    package func measure() async throws {
        let rows = try await pool.query(
            "SELECT count(*) AS count FROM feed_parked WHERE feed = \(feed)")
        gauge.record(try rows.first?.decode("count", as: Int64.self) ?? 0)
    }

    // MARK: Parking

    /// Which of these keys have a parked entry. To be asked under the lock of the feed's cursor.
    package func keys(
        among keys: [String], in transaction: PostgresTransaction
    ) async throws -> Set<String> {
        let rows = try await transaction.query(
            "SELECT DISTINCT key FROM feed_parked WHERE feed = \(feed) AND key = ANY(\(keys))")
        return Set(try rows.map { try $0.decode("key", as: String.self) })
    }

    /// Which of these keys have a parked entry, at a glance: one may be released meanwhile.
    package func keys(among keys: [String]) async throws -> Set<String> {
        let rows = try await pool.query(
            "SELECT DISTINCT key FROM feed_parked WHERE feed = \(feed) AND key = ANY(\(keys))")
        return Set(try rows.map { try $0.decode("key", as: String.self) })
    }

    /// Parks an entry behind those of its key, in a transaction of its own.
    ///
    /// - Returns: false where none is parked any more: then it can be applied.
    package func insertBehind(_ entry: some FeedEntry) async throws -> Bool {
        let isParked = try await pool.transaction { transaction in
            try await lockCursor(in: transaction)
            guard try await !keys(among: [entry.key], in: transaction).isEmpty else {
                return false
            }
            try await insert(entry, because: Self.followsParked, in: transaction)
            return true
        }
        try await measure()
        return isParked
    }

    /// Parks an entry for a fault of its own, in a transaction of its own.
    package func insert(_ entry: some FeedEntry, because error: any Error) async throws {
        try await pool.transaction { transaction in
            try await lockCursor(in: transaction)
            try await insert(entry, because: "\(error)", in: transaction)
        }
        report(entry, error)
        try await measure()
    }

    /// Parks entries; one that is parked already stays as it is. Call `measure()` after the commit.
    package func insert(
        _ entry: some FeedEntry, because reason: String, in transaction: PostgresTransaction
    ) async throws {
        try await transaction.query(
            """
            INSERT INTO feed_parked (feed, position, key, entry, reason) VALUES
            (\(feed), \(Int64(clamping: entry.position)), \(entry.key), \(entry.serialized()),
             \(String(reason.prefix(2_000)))) ON CONFLICT (feed, position) DO NOTHING
            """)
    }

    /// Tells operators of an entry that was parked for a fault of its own.
    package func report(_ entry: some FeedEntry, _ error: any Error) {
        logger.error(
            "feed entry parked",
            metadata: [
                "feed": "\(feed)", "feed.position": "\(entry.position)",
                "feed.key": "\(entry.key)", "error": "\(error)",
            ])
    }

    /// The reason of an entry that is parked for its key's sake.
    package static let followsParked = "an earlier entry of its key is parked"

    // MARK: Looking

    /// Some of them, in the order of their positions.
    ///
    /// - Parameters:
    ///   - key: empty = every key.
    ///   - after: position of the last one that is known.
    ///   - limit: at most so many.
    ///   - withEntries: the entries themselves too.
    func list(
        key: String, after: Int64, limit: Int, withEntries: Bool
    ) async throws -> [RPCV1.ParkedEntry] {
        let rows = try await pool.query(
            """
            SELECT position, key, reason, parked_at,
             CASE WHEN \(withEntries) THEN entry ELSE ''::bytea END AS entry
            FROM feed_parked
            WHERE feed = \(feed) AND position > \(after) AND (\(key) = '' OR key = \(key))
            ORDER BY position LIMIT \(Int64(limit))
            """)
        return try rows.map(parked)
    }

    /// How far the feed has been applied.
    func status() async throws -> RPCV1.FollowedFeed {
        let rows = try await pool.query(
            """
            SELECT coalesce((SELECT position FROM feed_cursor WHERE feed = \(feed)), 0) AS position,
             (SELECT count(*) FROM feed_parked WHERE feed = \(feed)) AS parked,
             (SELECT count(*) FROM feed_discarded WHERE feed = \(feed)) AS discarded
            """)
        return try .with {
            $0.feed = feed
            guard let row = rows.first else {
                return
            }
            $0.position = UInt64(clamping: try row.decode("position", as: Int64.self))
            $0.parked = UInt32(clamping: try row.decode("parked", as: Int64.self))
            $0.discarded = UInt32(clamping: try row.decode("discarded", as: Int64.self))
        }
    }

    /// The key of a parked entry; nil where there is none.
    func key(of position: UInt64) async throws -> String? {
        let rows = try await pool.query(
            """
            SELECT key FROM feed_parked
            WHERE feed = \(feed) AND position = \(Int64(clamping: position))
            """)
        return try rows.first?.decode("key", as: String.self)
    }

    private func parked(_ row: PostgresRow) throws -> RPCV1.ParkedEntry {
        try .with {
            $0.feed = feed
            $0.position = UInt64(clamping: try row.decode("position", as: Int64.self))
            $0.key = try row.decode("key")
            $0.reason = try row.decode("reason")
            $0.parkedAt = Timestamp(try row.decode("parked_at", as: Date.self))
            $0.entry = try row.decode("entry", as: [UInt8].self)
        }
    }

    // MARK: Releasing

    /// Applies the entries of a key in order, each in a transaction of its own, until one fails.
    ///
    /// - Parameters:
    ///   - key: whose.
    ///   - through: the last one; nil = all.
    ///   - effect: makes a serialized entry take effect, in the transaction that unparks it.
    /// - Throws: what has nothing to do with the entry: a lost connection and its like.
    func release(
        key: String, through: UInt64?,
        effect: (_ entry: [UInt8], PostgresTransaction) async throws -> Void
    ) async throws -> RPCV1.ReleaseParkedResponse {
        var response = RPCV1.ReleaseParkedResponse()
        response.key = key
        let last = Int64(clamping: through ?? .max)
        while response.applied.count < Self.releaseMax {
            let rows = try await pool.query(
                """
                SELECT position, key, reason, parked_at, ''::bytea AS entry FROM feed_parked
                WHERE feed = \(feed) AND key = \(key) ORDER BY position LIMIT 1
                """)
            guard var entry = try rows.first.map(parked), Int64(clamping: entry.position) <= last
            else {
                break
            }
            do {
                guard try await release(entry.position, effect) else {
                    continue
                }
                response.applied.append(entry.position)
                log("parked feed entry applied", entry)
            } catch let error where FeedFault.isFault(error) {
                entry.reason = String("\(error)".prefix(2_000))
                try await pool.query(
                    """
                    UPDATE feed_parked SET reason = \(entry.reason)
                    WHERE feed = \(feed) AND position = \(Int64(clamping: entry.position))
                    """)
                response.failed = entry
                break
            }
        }
        response.left = try await left(of: key)
        try await measure()
        return response
    }

    /// False where somebody else has released it meanwhile.
    private func release(
        _ position: UInt64, _ effect: ([UInt8], PostgresTransaction) async throws -> Void
    ) async throws -> Bool {
        try await pool.transaction { transaction in
            try await lockCursor(in: transaction)
            let rows = try await transaction.query(
                """
                DELETE FROM feed_parked
                WHERE feed = \(feed) AND position = \(Int64(clamping: position)) RETURNING entry
                """)
            guard let entry = try rows.first?.decode("entry", as: [UInt8].self) else {
                return false
            }
            try await effect(entry, transaction)
            return true
        }
    }

    /// Keeps the consumer out: else it could park a later entry of the key behind the last one that
    /// is released, or apply it before.
    private func lockCursor(in transaction: PostgresTransaction) async throws {
        try await transaction.query("SELECT 1 FROM feed_cursor WHERE feed = \(feed) FOR UPDATE")
    }

    // MARK: The position

    /// How far the feed has been applied.
    func cursor() async throws -> FeedPosition {
        try await FeedCursor.read(feed, pool)
    }

    /// Entries that are parked must not outlive the part of the feed that they are from: other entries
    /// may get their positions.
    func checkParked(after position: UInt64) async throws {
        let rows = try await pool.query(
            """
            SELECT count(*) AS count FROM feed_parked
            WHERE feed = \(feed) AND position > \(Int64(clamping: position))
            """)
        let count = try rows.first?.decode("count", as: Int64.self) ?? 0
        guard count == 0 else {
            throw RPCError.failedPrecondition(
                "entries_parked",
                "\(count) entries after \(position) of the feed of \(feed) are parked: release them "
                    + "or give them up first (usher feed parked --feed \(feed))")
        }
    }

    /// Moves the position, under its lock, unless the consumer has moved it.
    func move(
        from before: FeedPosition, to position: FeedPosition, because reason: String
    ) async throws {
        try await pool.transaction { transaction in
            try await transaction.query(
                """
                INSERT INTO feed_cursor (feed, position) VALUES (\(feed), 0)
                ON CONFLICT DO NOTHING
                """)
            let moved = try await transaction.query(
                """
                UPDATE feed_cursor SET position = \(Int64(clamping: position.number)),
                 recorded_at = \(position.recordedAt)
                WHERE feed = \(feed) AND position = \(Int64(clamping: before.number))
                """)
            guard moved.affected == 1 else {
                throw RPCError.aborted(
                    "feed_position_moved",
                    "the feed of \(feed) was read on meanwhile: look again (usher feed position)")
            }
        }
        logger.warning(
            "feed position set",
            metadata: [
                "feed": "\(feed)", "feed.position": "\(position.number)",
                "feed.position_before": "\(before.number)", "feed.reason": "\(reason)",
            ])
    }

    private func left(of key: String) async throws -> UInt32 {
        let rows = try await pool.query(
            "SELECT count(*) AS count FROM feed_parked WHERE feed = \(feed) AND key = \(key)")
        return UInt32(clamping: try rows.first?.decode("count", as: Int64.self) ?? 0)
    }

    // MARK: Giving up

    /// Gives an entry up, and keeps it with the reason; nil where it is not parked.
    func discard(
        _ position: UInt64, because reason: String
    ) async throws -> RPCV1.DiscardParkedResponse? {
        let rows = try await pool.query(
            """
            WITH gone AS (
                DELETE FROM feed_parked
                WHERE feed = \(feed) AND position = \(Int64(clamping: position)) RETURNING *
            ), kept AS (
                INSERT INTO feed_discarded (feed, position, key, entry, fault, parked_at, reason)
                SELECT feed, position, key, entry, reason, parked_at, \(reason) FROM gone
                -- A feed that was made anew may have another entry there; the log has both.
                ON CONFLICT (feed, position) DO UPDATE SET key = excluded.key,
                 entry = excluded.entry, fault = excluded.fault, parked_at = excluded.parked_at,
                 reason = excluded.reason, discarded_at = clock_timestamp()
            )
            SELECT position, key, reason, parked_at, ''::bytea AS entry FROM gone
            """)
        guard let entry = try rows.first.map(parked) else {
            return nil
        }
        log("parked feed entry given up", entry, reason: reason)
        try await measure()
        let left = try await left(of: entry.key)
        return .with {
            $0.entry = entry
            $0.left = left
        }
    }

    private func log(_ message: Logger.Message, _ entry: RPCV1.ParkedEntry, reason: String? = nil) {
        var metadata: Logger.Metadata = [
            "feed": "\(feed)", "feed.position": "\(entry.position)", "feed.key": "\(entry.key)",
            "feed.fault": "\(entry.reason)",
        ]
        if let reason {
            metadata["feed.reason"] = "\(reason)"
        }
        logger.warning(message, metadata: metadata)
    }
}

/// What is the entry's own fault.
package enum FeedFault {
    /// True where trying again would fail again: not a lost connection, a conflict, a moved
    /// cursor, a call to another service that did not get through, or a shutdown.
    package static func isFault(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError, is FeedCursorMoved, is InjectedFailure: false
        case let error as PostgresError: !passes(error)
        case let error as RPCError: ![.unavailable, .deadlineExceeded].contains(error.code)
        default: true
        }
    }

    /// True for what is wrong with the connection, the server or the moment, not with the entry.
    private static func passes(_ error: PostgresError) -> Bool {
        let moments: Set<PostgresErrorCode> = [
            .lockNotAvailable, .poolExhausted, .shutDown, .cancelled, .transactionAborted,
        ]
        // 53: out of resources; 57: cancelled, shut down, starting up.
        return error.isRetryable || error.isConnectionError || moments.contains(error.code)
            || error.code.rawValue.hasPrefix("53") || error.code.rawValue.hasPrefix("57")
    }
}
