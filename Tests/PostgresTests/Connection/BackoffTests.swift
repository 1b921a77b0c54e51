import RandomSupport
import Testing

@testable import Postgres

@Suite("Backoff")
struct BackoffTests {
    @Test func doublesUpToItsLimitWithJitter() {
        var random = SplitMix64(state: 7)
        var backoff = Backoff(delayMin: .milliseconds(100), delayMax: .milliseconds(1_000))
        for full in [100, 200, 400, 800, 1_000, 1_000] + Array(repeating: 1_000, count: 100) {
            let delay = backoff.next(using: &random)
            #expect(delay <= .milliseconds(full))
            #expect(delay >= .milliseconds(full) / 2)
        }
        backoff.reset()
        #expect(backoff.next(using: &random) <= .milliseconds(100))
    }
}
