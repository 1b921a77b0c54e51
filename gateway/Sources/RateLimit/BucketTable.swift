/// Buckets by client address, bounded.
///
/// Two generations: addresses seen since the last rotation, and those seen in the one before. A
/// rotation is due when a bucket that was not touched since the one before would be full again,
/// and a full bucket says the same as none: nothing is lost. When more addresses come than fit, it
/// rotates earlier, and an address that was quiet may start with a full bucket.
struct BucketTable: Sendable {
    private let budget: RateBudget
    private let generationMax: Int
    private var current: [ClientAddress: TokenBucket] = [:]
    private var previous: [ClientAddress: TokenBucket] = [:]
    private var rotatedAt: Duration

    /// Holds at most `addressesMax` addresses.
    init(_ budget: RateBudget, addressesMax: Int, now: Duration) {
        self.budget = budget
        self.generationMax = max(addressesMax / 2, 1)
        self.rotatedAt = now
    }

    var count: Int { current.count + previous.count }

    /// Takes a token of the address; nil when there was one, else the time until there is.
    mutating func take(_ address: ClientAddress, now: Duration) -> Duration? {
        if now - rotatedAt >= budget.refillTime { rotate(now) }
        var bucket: TokenBucket
        if let known = current[address] {
            bucket = known
        } else {
            bucket = previous.removeValue(forKey: address) ?? TokenBucket(budget, now: now)
            if current.count >= generationMax { rotate(now) }
        }
        let wait = bucket.take(budget, now: now)
        current[address] = bucket
        return wait
    }

    private mutating func rotate(_ now: Duration) {
        previous = current
        current = [:]
        rotatedAt = now
    }
}
