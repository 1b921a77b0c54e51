/// Pauses between attempts: doubling, limited, each shortened by up to a half at random.
struct Backoff {
    private let min: Duration
    private let max: Duration
    private var attempt = 0

    init(min: Duration, max: Duration) {
        self.min = min
        self.max = max
    }

    mutating func reset() {
        attempt = 0
    }

    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        var full = min
        for _ in 0..<attempt where full < max { full = full * 2 }
        if full < max { attempt += 1 }
        full = Swift.min(full, max)
        return full * Double.random(in: 0.5...1, using: &random)
    }
}
