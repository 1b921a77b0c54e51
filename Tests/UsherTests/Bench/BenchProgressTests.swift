import Testing

@testable import usher

/// Whoever waits sees that something happens, and not more than can be read.
@Suite("Progress of a benchmark")
struct BenchProgressTests {
    @Test("parts are told as they begin, rounds at most once in a pause")
    func pace() {
        var lines: [String] = []
        var progress = BenchProgress { lines.append($0) }
        let start = ContinuousClock.now
        progress.begin("a", at: start)
        progress.round("a 1", at: start + BenchProgress.pause - .nanoseconds(1))
        progress.round("a 2", at: start + BenchProgress.pause)
        progress.round("a 3", at: start + BenchProgress.pause * 2 - .nanoseconds(1))
        progress.begin("b", at: start + BenchProgress.pause * 2)
        progress.round("b 1", at: start + BenchProgress.pause * 3)
        #expect(lines == ["a", "a 2", "b", "b 1"])
    }

    @Test("the first round is told")
    func first() {
        var lines: [String] = []
        var progress = BenchProgress { lines.append($0) }
        progress.round("1")
        #expect(lines == ["1"])
    }
}
