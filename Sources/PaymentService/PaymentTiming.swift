import Configuration
import ServiceKit

/// When the provider is given up, and when it is asked.
struct PaymentTiming: Sendable {
    /// Time for one request to the provider.
    var providerTimeout = Duration.seconds(10)
    /// When the provider is first asked about an attempt whose answer did not come: later than
    /// `providerTimeout`, so that the two do not meet.
    var askAfter = Duration.seconds(12)
    /// An attempt that the provider has not heard of by now is called off with it.
    var lostAfter = Duration.seconds(30)
    /// The longest wait between two askings about an attempt, or a refund under way.
    var askMax = Duration.seconds(15)
    /// When a refused refund is asked for again; twice as late each time, up to 64 times that.
    var owedAfter = Duration.seconds(60)

    init() {}

    /// Configuration keys, all of milliseconds:
    /// - `usher.provider.timeout.ms` (10,000), `usher.payment.ask.after.ms` (12,000),
    ///   `usher.payment.lost.after.ms` (30,000), `usher.payment.ask.max.ms` (15,000),
    ///   `usher.payment.owed.after.ms` (60,000).
    ///
    /// - Throws: `ServiceStartError` where one of them is not from 1 to an hour, or the provider
    ///   would be asked before its answer is given up.
    init(_ config: ConfigReader) throws {
        self.init()
        func duration(_ key: ConfigKey, _ known: Duration) throws -> Duration {
            let value = config.int(forKey: key, default: Int(known.milliseconds))
            guard (1...3_600_000).contains(value) else {
                throw ServiceStartError("\(key) is \(value); write 1 to 3600000 milliseconds")
            }
            return .milliseconds(value)
        }
        providerTimeout = try duration("usher.provider.timeout.ms", providerTimeout)
        askAfter = try duration("usher.payment.ask.after.ms", askAfter)
        lostAfter = try duration("usher.payment.lost.after.ms", lostAfter)
        askMax = try duration("usher.payment.ask.max.ms", askMax)
        owedAfter = try duration("usher.payment.owed.after.ms", owedAfter)
        guard askAfter > providerTimeout else {
            throw ServiceStartError(
                "usher.payment.ask.after.ms must be more than usher.provider.timeout.ms")
        }
    }

    /// What is being asked about must not be asked about by somebody else meanwhile.
    var askAgainMin: Duration {
        providerTimeout + .seconds(1)
    }
}

extension Duration {
    /// For `make_interval(secs => …)`.
    var inSeconds: Double {
        Double(milliseconds) / 1000
    }
}
