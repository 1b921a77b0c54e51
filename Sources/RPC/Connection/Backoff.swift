package import NIOCore

/// Growing pauses between attempts, so that clients do not storm a server that comes back.
package struct Backoff: Sendable {
    /// The first pause.
    package var initial: TimeAmount
    /// No pause is longer.
    package var maximum: TimeAmount

    /// By default those of a client that connects.
    package init(initial: TimeAmount = .milliseconds(20), maximum: TimeAmount = .seconds(2)) {
        self.initial = initial
        self.maximum = maximum
    }

    /// The pause after the n-th failure in a row, n from 1: doubled each time, of which a random
    /// half is left out. `random` is in 0..<1.
    func pause(afterFailures failures: Int, random: Double) -> TimeAmount {
        let doublings = min(max(failures, 1) - 1, 30)
        let whole = min(
            Double(initial.nanoseconds) * Double(1 << doublings), Double(maximum.nanoseconds))
        return .nanoseconds(Int64(whole * (0.5 + random / 2)))
    }
}
