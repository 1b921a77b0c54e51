import RandomSupport
import Testing

@testable import Redis

@Suite struct BackoffTests {
    @Test(arguments: 0..<20 as Range<UInt64>) func doublesUpToTheLimitAndIsShortenedByHalfAtMost(
        seed: UInt64
    ) {
        var random = SplitMix64(state: seed)
        var backoff = Backoff(min: .milliseconds(20), max: .milliseconds(100))
        let limits: [Duration] = [20, 40, 80, 100, 100].map { .milliseconds($0) }
        for limit in limits {
            let pause = backoff.next(using: &random)
            #expect(pause <= limit)
            #expect(pause >= limit / 2)
        }
        backoff.reset()
        #expect(backoff.next(using: &random) <= .milliseconds(20))
    }

    @Test func pausesDiffer() {
        var random = SplitMix64(state: 1)
        let pauses = (0..<20).map { _ in
            var backoff = Backoff(min: .milliseconds(20), max: .milliseconds(100))
            return backoff.next(using: &random)
        }
        #expect(Set(pauses).count > 10)
    }
}

@Suite struct FIFOTests {
    @Test func keepsOrderThroughCompaction() {
        var queue = FIFO<Int>()
        var model: [Int] = []
        var generator = SystemRandomNumberGenerator()
        for number in 0..<20_000 {
            queue.append(number)
            model.append(number)
            if Bool.random(using: &generator) {
                #expect(queue.removeFirst() == model.removeFirst())
            }
            if number % 5_000 == 4_999 {
                queue.removeAll { $0.isMultiple(of: 3) }
                model.removeAll { $0.isMultiple(of: 3) }
            }
        }
        #expect(queue.count == model.count)
        while let next = queue.removeFirst() { #expect(next == model.removeFirst()) }
        #expect(model.isEmpty)
        #expect(queue.isEmpty)
    }
}
