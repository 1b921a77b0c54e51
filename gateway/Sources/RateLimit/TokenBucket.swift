/// How many requests an address may make: `burst` at once, then `perSecond`.
package struct RateBudget: Sendable, Equatable {
    package let perSecond: Double
    package let burst: Double

    /// Both at least a hundredth, so that every bucket fills again.
    package init(perSecond: Double, burst: Double) {
        self.perSecond = max(perSecond, 0.01)
        self.burst = max(burst, 1)
    }

    /// Time from empty to full.
    var refillTime: Duration { .seconds(burst / perSecond) }
}

/// What is left of a budget. Pure: the time is passed in and may come from any clock that does
/// not go back.
struct TokenBucket: Sendable, Equatable {
    private var tokens: Double
    private var updatedAt: Duration

    /// A full bucket.
    init(_ budget: RateBudget, now: Duration) {
        tokens = budget.burst
        updatedAt = now
    }

    /// Takes one token; nil when there was one, else the time until there is.
    mutating func take(_ budget: RateBudget, now: Duration) -> Duration? {
        let elapsed = max(now - updatedAt, .zero) / .seconds(1)
        tokens = min(budget.burst, tokens + elapsed * budget.perSecond)
        updatedAt = max(now, updatedAt)
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return .seconds((1 - tokens) / budget.perSecond)
    }
}
