import RandomSupport
import Testing

@testable import Gateway

@Suite("Token bucket")
struct TokenBucketTests {
    private static let budget = RateBudget(perSecond: 10, burst: 20)

    @Test("The burst passes at once, then one every tenth of a second")
    func burstThenRate() {
        var bucket = TokenBucket(Self.budget, now: .zero)
        for _ in 0..<20 { #expect(bucket.take(Self.budget, now: .zero) == nil) }
        let wait = bucket.take(Self.budget, now: .zero)
        #expect(wait == .milliseconds(100))
        #expect(bucket.take(Self.budget, now: .milliseconds(100)) == nil)
        #expect(bucket.take(Self.budget, now: .milliseconds(100)) != nil)
    }

    @Test("A refusal costs nothing: who waits as long as told passes")
    func refusalsAreFree() throws {
        var bucket = TokenBucket(Self.budget, now: .zero)
        for _ in 0..<20 { _ = bucket.take(Self.budget, now: .zero) }
        for _ in 0..<1000 { #expect(bucket.take(Self.budget, now: .milliseconds(50)) != nil) }
        let told = bucket.take(Self.budget, now: .milliseconds(50))
        let wait = try #require(told)
        let later = Duration.milliseconds(50) + wait + .nanoseconds(1)
        #expect(bucket.take(Self.budget, now: later) == nil)
    }

    @Test("It never holds more than the burst, and a clock that goes back gives nothing")
    func bounds() {
        var bucket = TokenBucket(Self.budget, now: .zero)
        var passed = 0
        while bucket.take(Self.budget, now: .seconds(86400)) == nil { passed += 1 }
        #expect(passed == 20)
        #expect(bucket.take(Self.budget, now: .zero) != nil)
    }

    @Test("Over any stretch of time at most burst + rate × time pass")
    func upperBound() {
        var generator = SplitMix64(state: 7)
        var bucket = TokenBucket(Self.budget, now: .zero)
        var now = Duration.zero
        var passed = 0.0
        for _ in 0..<20000 {
            now += .microseconds(Int.random(in: 0...40000, using: &generator))
            if bucket.take(Self.budget, now: now) == nil { passed += 1 }
            #expect(passed <= 20 + 10 * (now / .seconds(1)) + 0.001)
        }
        #expect(passed > 10 * (now / .seconds(1)) * 0.95)
    }

    @Test("Budgets that could never be met are lifted to the least that can")
    func leastBudget() {
        #expect(RateBudget(perSecond: 0, burst: 0) == RateBudget(perSecond: 0.01, burst: 1))
    }
}
