import Contracts
import Foundation
import Postgres
import ServiceKit
import Testing
import Wire

/// A consumer that was away for long.
@Suite("Feeds after a long time")
struct FeedCatchUpTests {
    private static let entries = 5_000

    @Test("thousands of entries, and a consumer that is stopped and killed on the way: each once")
    func catchUp() async throws {
        try await FeedFixture.with(hasOwnFeed: true) { fixture in
            for start in stride(from: 0, to: Self.entries, by: 1_000) {
                try await fixture.append((start..<start + 1_000).map { "pay_\($0 % 700)" })
            }
            var timing = FeedTiming()
            timing.batchMax = 100
            var stops = 0
            while true {
                let served = FeedFixture(
                    producer: fixture.producer, follower: fixture.follower,
                    feed: FeedStore(pool: fixture.producer))
                let before = try await fixture.effects().count
                // By streams and by pages, in turn.
                let isOver = try await served.serve(hasStreams: stops % 3 != 2) { address in
                    let caller = served.caller(address)
                    let consumer = served.consumer(
                        caller, sink: Self.sink(served), timing: timing)
                    return try await Self.run(consumer, killing: stops % 2 == 1) {
                        try await served.waitForEffects(min(before + 600, Self.entries))
                        return try await served.effects().count == Self.entries
                    }
                }
                if isOver { break }
                stops += 1
            }
            #expect(stops >= 3)
            #expect(try await fixture.effects() == Array(1...Int64(Self.entries)))
            #expect(
                try await fixture.count("SELECT count(DISTINCT key) FROM feed") == Self.entries)
            #expect(try await fixture.count("SELECT position FROM feed_head") == Self.entries)
        }
    }

    /// Each entry has an effect, and leads to a fact.
    private static func sink(_ fixture: FeedFixture) -> DatabaseFeedSink<FeedFixture.Entry> {
        DatabaseFeedSink(
            feed: "payment", consumer: "follower", pool: fixture.follower,
            logger: FeedFixture.logger,
            ownFeed: FeedStore<FeedFixture.Entry>(pool: fixture.follower)
        ) { (entry: FeedFixture.Entry, transaction) in
            try await transaction.query(
                """
                INSERT INTO effects (position, key)
                VALUES (\(Int64(clamping: entry.position)), \(entry.key))
                """)
            return [.with { $0.key = "of \(entry.position)" }]
        }
    }

    /// Runs a consumer while `body` runs, then stops it as a service is stopped, or cancels it
    /// where it is.
    private static func run<T>(
        _ consumer: FeedFixture.Consumer, killing: Bool, _ body: () async throws -> T
    ) async throws -> T {
        guard killing else {
            return try await FeedFixture.run([consumer], body)
        }
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await consumer.run() }
            let result = try await body()
            tasks.cancelAll()
            return result
        }
    }
}
