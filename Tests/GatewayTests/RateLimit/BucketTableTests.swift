import RandomSupport
import Testing

@testable import Gateway

@Suite("Table of buckets")
struct BucketTableTests {
    private static let budget = RateBudget(perSecond: 10, burst: 20)

    private func address(_ number: Int) -> ClientAddress {
        ClientAddress(.v4(UInt32(number)))
    }

    @Test("Addresses do not share a bucket")
    func apart() {
        var table = BucketTable(Self.budget, addressesMax: 100, now: .zero)
        for _ in 0..<20 { #expect(table.take(address(1), now: .zero) == nil) }
        #expect(table.take(address(1), now: .zero) != nil)
        #expect(table.take(address(2), now: .zero) == nil)
    }

    @Test("However many addresses come, the table keeps its size")
    func bounded() {
        var table = BucketTable(Self.budget, addressesMax: 100, now: .zero)
        for number in 0..<10000 {
            _ = table.take(address(number), now: .microseconds(number))
            #expect(table.count <= 100)
        }
    }

    @Test("While it has room, it forgets nobody early: the same answers as a bucket each")
    func forgetsNothing() {
        var generator = SplitMix64(state: 3)
        var table = BucketTable(Self.budget, addressesMax: 1000, now: .zero)
        var buckets: [Int: TokenBucket] = [:]
        var now = Duration.zero
        for _ in 0..<30000 {
            now += .microseconds(Int.random(in: 0...6000, using: &generator))
            let number = Int.random(in: 0..<5, using: &generator)
            var bucket = buckets[number] ?? TokenBucket(Self.budget, now: now)
            let expected = bucket.take(Self.budget, now: now)
            buckets[number] = bucket
            #expect((table.take(address(number), now: now) == nil) == (expected == nil))
        }
    }

    @Test("An address that goes on asking stays known through a flood of others")
    func floodDoesNotHelp() {
        var table = BucketTable(Self.budget, addressesMax: 100, now: .zero)
        var passed = 0
        for number in 1...2000 {
            if table.take(address(0), now: .zero) == nil { passed += 1 }
            _ = table.take(address(number), now: .zero)
        }
        #expect(passed == 20)
    }
}
