import Foundation
import Testing

@testable import RPC

/// Every call ends exactly once, with a code that its kind may end with, and nothing is left.
@Suite("Storm", .serialized, .timeLimit(.minutes(10)))
struct StormTests {
    private static let pathPrefix = "/tmp/usher-storm-"

    @Test("ten thousand calls while the server dies and comes back, and nothing is left of them")
    func storm() async throws {
        // It makes what stays: threads, pools, tables.
        let first = Storm(calls: 1000, seed: 8)
        expectRight(try await first.run(), of: first)
        try await expectNoSocket(of: first)
        let check = try await LeakCheck(pathPrefix: Self.pathPrefix, bytesMax: 8_000_000)
        let storm = Storm(calls: 10_000, deaths: 3, seed: 1)
        let tallies = try await storm.run()
        expectRight(tallies, of: storm)
        for (index, tally) in tallies.enumerated() {
            for kind in Storm.Kind.allCases {
                // Each kind was seen to end as it does when nobody dies.
                let codes = tally[kind] ?? [:]
                #expect(codes.contains { $0.key != .unavailable }, "\(index) \(kind): \(codes)")
            }
        }
        try await expectNoSocket(of: storm)
        // 800 bytes for each call, malloc's caches and grown tables included.
        #expect(try await check.settled() == [])
    }

    @Test("storm after storm leaves no descriptor and no memory behind")
    func rounds() async throws {
        func round(_ seed: UInt64) async throws {
            let storm = Storm(calls: 1000, seed: seed)
            expectRight(try await storm.run(), of: storm)
            try await expectNoSocket(of: storm)
        }
        // The first ones make what stays: threads, pools, tables.
        for seed in 2...3 as ClosedRange<UInt64> { try await round(seed) }
        // Other tests of this process have descriptors and memory of their own for a while; what is
        // left of the storms would stay. 4,000 calls may keep 1,000 bytes each, which is more than
        // malloc's caches per thread.
        let check = try await LeakCheck(pathPrefix: Self.pathPrefix, bytesMax: 4_000_000)
        for seed in 4...7 as ClosedRange<UInt64> { try await round(seed) }
        #expect(try await check.settled() == [])
    }

    private func expectRight(_ tallies: [Storm.Tally], of storm: Storm) {
        let calls = storm.calls
        let counts = tallies.map { $0.values.reduce(0) { $0 + $1.values.reduce(0, +) } }
        #expect(counts == [calls / 2, calls / 2])
        for (tally, isPlain) in zip(tallies, [false, true]) {
            for (kind, codes) in tally {
                let allowed = kind.codes(isPlain: isPlain)
                #expect(
                    Set(codes.keys).isSubset(of: allowed), "\(kind), plain \(isPlain): \(codes)")
            }
            let unavailable = tally.values.reduce(0) { $0 + ($1[.unavailable] ?? 0) }
            // Each worker has one call on its way when the server dies, and one more if it is quick
            // enough to meet another connection that does not know yet.
            #expect(
                unavailable <= storm.deaths * 2 * (Storm.workers / 2),
                "more than were on their way when the server died")
        }
        #expect(storm.goAways.count == 0)
    }

    private func expectNoSocket(of storm: Storm) async throws {
        while try String(contentsOfFile: "/proc/net/unix", encoding: .utf8).contains(storm.path) {
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
