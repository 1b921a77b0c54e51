import Foundation
package import Postgres
package import RPC
package import Wire

/// A service's own feed in its own database: tables `feed_head` and `feed` of its migrations.
///
/// Positions are taken under the row lock of `feed_head`, which the transaction keeps until it
/// has committed. So positions appear in order and without gaps, and a reader that has seen
/// entry n will never find a new one below n.
package struct FeedStore<Entry: FeedEntry>: Sendable {
    /// Bytes of entries in one answer, unless a single one is larger: a window's worth, far below
    /// what fits a frame.
    private static var sizeMax: Int { 256 << 10 }
    /// How long nobody looks when nothing rings: another process may have written.
    private static var poll: Duration { .seconds(1) }
    /// How long a stream says nothing.
    private static var beat: Duration { .seconds(10) }
    /// How long a stream lasts: the credential that it was opened with does not count for ever.
    private static var streamFor: Duration { .seconds(300) }

    private let pool: PostgresPool
    private let doorbell: Doorbell
    /// Ends the streams when the service stops.
    package let streams: FeedStreams

    /// The feed in a database that has its tables.
    package init(pool: PostgresPool) {
        self.pool = pool
        doorbell = Doorbell()
        streams = FeedStreams(doorbell: doorbell)
    }

    /// Writes entries, as the last statement of the transaction: from here to its commit no
    /// other transaction can write to the feed. Call `ring()` after the commit.
    ///
    /// - Parameters:
    ///   - entries: facts with their keys; positions are given here. At most 1,000.
    ///   - transaction: the transaction of the change that the facts tell of.
    package func append(_ entries: [Entry], in transaction: PostgresTransaction) async throws {
        guard !entries.isEmpty else {
            return
        }
        let keys = entries.map(\.key)
        let facts = entries.map { entry in
            var fact = entry
            fact.position = 0
            fact.key = ""
            fact.recordedAt = nil
            return fact.serialized()
        }
        try await transaction.query(
            """
            WITH head AS (
                UPDATE feed_head SET position = position + cardinality(\(keys)) RETURNING position
            )
            INSERT INTO feed (position, key, fact)
            SELECT head.position - cardinality(\(keys)) + item.number, item.key, item.fact
            FROM head, unnest(\(keys), \(facts)) WITH ORDINALITY AS item(key, fact, number)
            """)
    }

    /// Tells waiting readers of this process to look.
    package func ring() {
        doorbell.ring()
    }

    // MARK: Pages

    /// Reads what comes after a position, waiting for a first entry as long as asked.
    ///
    /// - Throws: OUT_OF_RANGE with code `feed_position_unknown`.
    package func read<Page: FeedPage>(_ request: some FeedRequest) async throws -> Page
    where Page.Entry == Entry {
        let wait = Duration.milliseconds(min(request.waitMs, 30_000))
        let deadline = ContinuousClock.now + wait
        try await check(request.after, request.afterRecordedAt)
        let limit = request.limit == 0 ? 100 : min(Int(request.limit), 1_000)
        while true {
            let rings = doorbell.rings
            let part = try await part(after: request.after, limit: limit)
            let left = deadline - .now
            if !part.entries.isEmpty || left <= .zero {
                var page = Page()
                page.entries = part.entries
                page.lastPosition = part.head
                return page
            }
            try Task.checkCancellation()
            await doorbell.wait(after: rings, atMost: min(left, Self.poll))
        }
    }

    // MARK: Streams

    /// Sends what comes after a position, and what comes then, until the service stops or the
    /// stream has lasted long enough. The writer waits for the reader's window.
    ///
    /// - Throws: UNIMPLEMENTED with code `window_missing`, OUT_OF_RANGE with code
    ///   `feed_position_unknown`, UNAVAILABLE during shutdown.
    package func follow<Batch: FeedBatch>(
        _ request: some FeedFollowRequest, to writer: ResponseWriter<Batch>, _ context: CallContext
    ) async throws where Batch.Entry == Entry {
        guard context.hasWindow else {
            throw RPCError.failure(
                .unimplemented, "window_missing",
                "this connection has no windows for streams: use ReadFeed")
        }
        guard !streams.isClosed else {
            throw RPCError.unavailable("stopping", "this process is being stopped")
        }
        let end = ContinuousClock.now + Self.streamFor
        let limit = request.batchMax == 0 ? 500 : min(Int(request.batchMax), 1_000)
        try await check(request.after, request.afterRecordedAt)
        var after = request.after
        var nextBeat = ContinuousClock.now
        while !streams.isClosed, ContinuousClock.now < end {
            let rings = doorbell.rings
            let part = try await part(after: after, limit: limit)
            if !part.entries.isEmpty || ContinuousClock.now >= nextBeat {
                var batch = Batch()
                batch.entries = part.entries
                batch.head = part.head
                try await writer.write(batch)
                nextBeat = .now + Self.beat
            }
            after = part.entries.last?.position ?? after
            if after >= part.head, !streams.isClosed {
                let quiet = min(Self.poll, nextBeat - .now)
                await doorbell.wait(after: rings, atMost: max(quiet, .milliseconds(1)))
            }
            try Task.checkCancellation()
        }
    }

    // MARK: Reading

    private struct Part {
        var entries: [Entry] = []
        var head: UInt64
    }

    /// What a reader has must be in this feed, or it would miss what is written in its place.
    private func check(_ after: UInt64, _ recordedAt: Timestamp?) async throws {
        guard after > 0 else {
            return
        }
        let rows = try await pool.query(
            """
            SELECT h.position, f.recorded_at FROM feed_head h
            LEFT JOIN feed f ON f.position = \(Int64(clamping: after))
            """)
        let head = try rows.first?.decode("position", as: Int64.self) ?? 0
        guard Int64(clamping: after) <= head else {
            throw Self.unknown(after, "the feed ends at \(head)")
        }
        guard let known = try rows.first?.decode("recorded_at", as: Date?.self),
            let asked = recordedAt?.date
        else {
            return
        }
        guard FeedPosition.isSame(known, asked) else {
            throw Self.unknown(after, "the feed has another entry there")
        }
    }

    private static func unknown(_ after: UInt64, _ why: String) -> RPCError {
        .failure(
            .outOfRange, "feed_position_unknown",
            "position \(after) is not of this feed: \(why). Was its database restored or made "
                + "anew? Nothing is read on until somebody has looked (docs/operating.md, Feeds)")
    }

    private func part(after: UInt64, limit: Int) async throws -> Part {
        let heads = try await pool.query("SELECT position FROM feed_head")
        let head = UInt64(clamping: try heads.first?.decode("position", as: Int64.self) ?? 0)
        guard after <= head else {
            throw Self.unknown(after, "the feed ends at \(head)")
        }
        guard after < head else {
            return Part(head: head)
        }
        // The sum of sizes before an entry decides whether it still fits.
        let rows = try await pool.query(
            """
            SELECT position, key, recorded_at, fact FROM (
                SELECT position, key, recorded_at, fact,
                 sum(octet_length(fact)) OVER (ORDER BY position) - octet_length(fact) AS ahead
                FROM (
                    SELECT position, key, recorded_at, fact FROM feed
                    WHERE position > \(Int64(clamping: after))
                    ORDER BY position LIMIT \(Int64(limit))
                ) AS next
            ) AS sized WHERE ahead < \(Int64(Self.sizeMax)) ORDER BY position
            """)
        var part = Part(head: head)
        part.entries.reserveCapacity(rows.count)
        for row in rows {
            var entry = try Entry(serialized: row.decode("fact", as: [UInt8].self))
            entry.position = UInt64(clamping: try row.decode("position", as: Int64.self))
            entry.key = try row.decode("key", as: String.self)
            entry.recordedAt = Timestamp(try row.decode("recorded_at", as: Date.self))
            part.entries.append(entry)
        }
        part.head = max(head, part.entries.last?.position ?? 0)
        return part
    }
}

extension CallRouter {
    /// Streams of a feed at once on one server; consumers are few.
    private static let followersMax = 64

    /// Answers a feed's two methods, for the services that their declarations name.
    package mutating func handleFeed<
        Entry: FeedEntry, Request: FeedRequest, Page: FeedPage, Follow: FeedFollowRequest,
        Batch: FeedBatch
    >(
        _ read: Method<Request, Page>, _ follow: Method<Follow, Batch>, _ feed: FeedStore<Entry>
    ) where Page.Entry == Entry, Batch.Entry == Entry {
        handle(read) { request, _ in try await feed.read(request) }
        handleServerStream(follow) { request, writer, context in
            try await feed.follow(request, to: writer, context)
        }
        limit(follow, callsInFlightMax: Self.followersMax)
    }
}
