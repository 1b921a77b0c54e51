import Contracts
import Foundation
import Postgres
import RPC
import ServiceKit
import Synchronization
import Testing
import Wire

/// Entries that cannot be applied, until an operator does something about them.
@Suite("Parked feed entries")
struct ParkedEntriesTests {
    /// Entries of these keys fail while they are here.
    private final class Poison: Sendable {
        private let keys: Mutex<Set<String>>

        init(_ keys: Set<String>) {
            self.keys = Mutex(keys)
        }

        func cure(_ key: String) {
            keys.withLock { _ = $0.remove(key) }
        }

        func check(_ entry: FeedFixture.Entry) throws {
            if keys.withLock({ $0.contains(entry.key) }) {
                throw UnreadableFact("poison \(entry.key) at \(entry.position)")
            }
        }
    }

    /// Runs a consumer over a feed with a poisoned key, until all that can be applied is, and
    /// serves its operators.
    private func withParked(
        _ poison: Poison, keys: [String], applied: Int, name: String = #function,
        _ body: (FeedFixture, FeedFixture.Operator) async throws -> Void
    ) async throws {
        try await FeedFixture.with(name) { fixture in
            try await fixture.append(keys)
            let sink = fixture.sink { entry, _ in try poison.check(entry) }
            try await fixture.serve { address in
                let caller = fixture.caller(address)
                let consumer = fixture.consumer(caller, sink: sink)
                try await FeedFixture.run([caller.client, consumer]) {
                    try await fixture.waitForEffects(applied)
                    try await FeedFixture.eventually("the end of the feed") {
                        try await sink.position().number == UInt64(keys.count)
                    }
                    try await fixture.serveOperator(of: [consumer.operated]) { oper in
                        try await body(fixture, oper)
                    }
                }
            }
        }
    }

    private static let keys = ["a", "b", "a", "c", "b", "a", "c"]

    @Test("a poisoned entry is parked with the later ones of its key; the rest goes on")
    func parking() async throws {
        let poison = Poison(["a"])
        try await withParked(poison, keys: Self.keys, applied: 4) { fixture, oper in
            #expect(try await fixture.effects() == [2, 4, 5, 7])
            let list = try await oper.call(RPCV1.Feeds.listParked, .with { $0.withEntries = true })
            #expect(list.entries.map(\.position) == [1, 3, 6])
            #expect(list.entries.map(\.key) == ["a", "a", "a"])
            #expect(list.entries[0].reason == "unreadable fact about poison a at 1")
            #expect(list.entries[1].reason == "an earlier entry of its key is parked")
            let entry = try PaymentV1.FeedEntry(serialized: list.entries[2].entry)
            #expect(entry.position == 6 && entry.key == "a")
            #expect(
                list.feeds
                    == [
                        .with {
                            $0.feed = "payment"
                            $0.position = 7
                            $0.parked = 3
                        }
                    ])
            // Pages of two.
            let first = try await oper.call(RPCV1.Feeds.listParked, .with { $0.pageSize = 2 })
            #expect(first.entries.map(\.position) == [1, 3])
            #expect(first.entries.allSatisfy { $0.entry.isEmpty })
            let second = try await oper.call(
                RPCV1.Feeds.listParked,
                .with {
                    $0.pageSize = 2
                    $0.pageToken = first.nextPageToken
                })
            #expect(second.entries.map(\.position) == [6] && second.nextPageToken.isEmpty)
        }
    }

    @Test("a release applies the key in order; what fails again stays, and is told")
    func release() async throws {
        let poison = Poison(["a", "b"])
        try await withParked(poison, keys: Self.keys, applied: 2) { fixture, oper in
            let failed = try await oper.call(
                RPCV1.Feeds.releaseParked,
                .with {
                    $0.feed = "payment"
                    $0.entries = .key("a")
                })
            #expect(failed.applied.isEmpty && failed.left == 3)
            #expect(failed.failed?.position == 1)
            #expect(failed.failed?.reason == "unreadable fact about poison a at 1")

            poison.cure("a")
            let some = try await oper.call(
                RPCV1.Feeds.releaseParked,
                .with {
                    $0.feed = "payment"
                    $0.entries = .position(3)
                })
            #expect(some.key == "a" && some.applied == [1, 3] && some.left == 1)
            // A new entry of the key waits behind the one that is left.
            try await fixture.append(["a", "d"])
            try await fixture.waitForEffects(5)
            let rest = try await oper.call(
                RPCV1.Feeds.releaseParked,
                .with {
                    $0.feed = "payment"
                    $0.entries = .key("a")
                })
            #expect(rest.applied == [6, 8] && rest.left == 0 && rest.failed == nil)
            #expect(try await fixture.effects() == [4, 7, 1, 3, 9, 6, 8])
            #expect(try await fixture.count("SELECT count(*) FROM feed_parked") == 2)
            // Others of the key are applied in their turn from now on.
            try await fixture.append(["a"])
            try await fixture.waitForEffects(8)
            #expect(try await fixture.effects().last == 10)
        }
    }

    @Test("an entry that is given up is kept with the reason, and never applied")
    func discard() async throws {
        let poison = Poison(["a"])
        try await withParked(poison, keys: Self.keys, applied: 4) { fixture, oper in
            let gone = try await oper.call(
                RPCV1.Feeds.discardParked,
                .with {
                    $0.feed = "payment"
                    $0.position = 1
                    $0.reason = "a test"
                })
            #expect(gone.entry?.key == "a" && gone.left == 2)
            poison.cure("a")
            let rest = try await oper.call(
                RPCV1.Feeds.releaseParked,
                .with {
                    $0.feed = "payment"
                    $0.entries = .key("a")
                })
            #expect(rest.applied == [3, 6])
            #expect(try await fixture.effects() == [2, 4, 5, 7, 3, 6])
            #expect(
                try await fixture.count(
                    """
                    SELECT count(*) FROM feed_discarded WHERE position = 1 AND reason = 'a test'
                     AND fault = 'unreadable fact about poison a at 1' AND octet_length(entry) > 0
                    """) == 1)
            // A feed that was made anew has another entry there.
            try await fixture.follower.query(
                """
                INSERT INTO feed_parked (feed, position, key, entry, reason)
                VALUES ('payment', 1, 'z', '', 'a fault')
                """)
            let other = try await oper.call(
                RPCV1.Feeds.discardParked,
                .with {
                    $0.feed = "payment"
                    $0.position = 1
                    $0.reason = "made anew"
                })
            #expect(other.entry?.key == "z" && other.left == 0)
            #expect(
                try await fixture.count(
                    "SELECT count(*) FROM feed_discarded WHERE key = 'z' AND reason = 'made anew'")
                    == 1)
        }
    }

    @Test("only the operator may; what is not there is said")
    func refusals() async throws {
        let poison = Poison(["a"])
        try await withParked(poison, keys: ["a", "b"], applied: 1) { _, oper in
            for (name, code) in [(nil, RPCCode.unauthenticated), ("booking", .permissionDenied)] {
                let list = await #expect(throws: RPCError.self) {
                    try await oper.call(RPCV1.Feeds.listParked, .init(), as: name)
                }
                #expect(list?.code == code)
                let release = await #expect(throws: RPCError.self) {
                    try await oper.call(
                        RPCV1.Feeds.releaseParked, .with { $0.feed = "payment" }, as: name)
                }
                #expect(release?.code == code)
                let discard = await #expect(throws: RPCError.self) {
                    try await oper.call(
                        RPCV1.Feeds.discardParked,
                        .with {
                            $0.feed = "payment"
                            $0.position = 1
                            $0.reason = "x"
                        }, as: name)
                }
                #expect(discard?.code == code)
            }
            let feed = await #expect(throws: RPCError.self) {
                try await oper.call(RPCV1.Feeds.listParked, .with { $0.feed = "auth" })
            }
            #expect(feed?.detail?.code == "feed_unknown")
            let entry = await #expect(throws: RPCError.self) {
                try await oper.call(
                    RPCV1.Feeds.releaseParked,
                    .with {
                        $0.feed = "payment"
                        $0.entries = .position(2)
                    })
            }
            #expect(entry?.code == .notFound && entry?.detail?.code == "entry_not_parked")
            let reason = await #expect(throws: RPCError.self) {
                try await oper.call(
                    RPCV1.Feeds.discardParked,
                    .with {
                        $0.feed = "payment"
                        $0.position = 1
                    })
            }
            #expect(reason?.code == .invalidArgument)
        }
    }
}
