import Foundation
package import Postgres
import Wire

/// A service's own feed in its own database: tables `feed_head` and `feed` of its migrations.
///
/// Positions are taken under the row lock of `feed_head`, which the transaction keeps until it
/// has committed. So positions appear in order and without gaps, and a reader that has seen
/// entry n will never find a new one below n.
package struct FeedStore<Entry: FeedEntry>: Sendable {
    private let pool: PostgresPool
    private let doorbell = Doorbell()

    package init(pool: PostgresPool) {
        self.pool = pool
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

    /// Reads what comes after a position, waiting for a first entry as long as asked.
    package func read<Page: FeedPage>(_ request: some FeedRequest) async throws -> Page
    where Page.Entry == Entry {
        let wait = Duration.milliseconds(min(request.waitMs, 30_000))
        let deadline = ContinuousClock.now + wait
        while true {
            let page: Page = try await readNow(request)
            let left = deadline - .now
            if !page.entries.isEmpty || left <= .zero {
                return page
            }
            try Task.checkCancellation()
            await doorbell.wait(atMost: min(left, .milliseconds(250)))
        }
    }

    private func readNow<Page: FeedPage>(_ request: some FeedRequest) async throws -> Page
    where Page.Entry == Entry {
        let limit = request.limit == 0 ? 100 : min(Int64(request.limit), 1000)
        let rows = try await pool.query(
            """
            SELECT position, key, recorded_at, fact FROM feed
            WHERE position > \(Int64(clamping: request.after)) ORDER BY position LIMIT \(limit)
            """)
        var page = Page()
        for row in rows {
            var entry = try Entry(serialized: row.decode("fact", as: [UInt8].self))
            entry.position = UInt64(clamping: try row.decode("position", as: Int64.self))
            entry.key = try row.decode("key", as: String.self)
            entry.recordedAt = Timestamp(try row.decode("recorded_at", as: Date.self))
            page.entries.append(entry)
        }
        let head = try await pool.query("SELECT position FROM feed_head")
        page.lastPosition = UInt64(
            clamping: try head.first?.decode("position", as: Int64.self) ?? 0)
        return page
    }
}
