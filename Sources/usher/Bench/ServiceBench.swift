/// Holds by the event service's RPC, as the gateway makes them.
struct ServiceBench {
    /// Seats that each buyer holds before all are freed again.
    private static let holdsEach = 10

    let buyers: BenchBuyers

    /// Holds in a round.
    static var roundCount: Int { BenchBuyers.countMax * holdsEach }

    /// Holds a second of one round, all buyers at once; what was held is freed again.
    func round() async throws -> Double {
        let start = ContinuousClock.now
        let holds = try await buyers.holds(buyers: BenchBuyers.countMax, count: Self.holdsEach)
        let time = ContinuousClock.now - start
        try await buyers.release(holds)
        return Double(Self.roundCount) / (time / .seconds(1))
    }
}
