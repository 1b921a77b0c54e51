import Synchronization

/// The kinds of requests that are limited apart from each other.
package enum RateClass: String, Sendable, CaseIterable {
    /// Calls of the API.
    case api
    /// Registering and logging in: each costs a password hash.
    case logIn = "log_in"
    /// Pages, scripts and the API's description.
    case page
    /// What payment providers tell: signed, and many from one address.
    case webhook
    /// Beginning to listen to live seats: browsers do it again by themselves.
    case live
}

/// Limits requests by client address. Thread-safe.
package final class RateLimiter: Sendable {
    /// Budgets by class, and how many addresses are remembered in each.
    package struct Configuration: Sendable {
        package var api = RateBudget(perSecond: 10, burst: 20)
        package var logIn = RateBudget(perSecond: 2, burst: 10)
        package var page = RateBudget(perSecond: 50, burst: 200)
        package var webhook = RateBudget(perSecond: 500, burst: 2000)
        package var live = RateBudget(perSecond: 1, burst: 20)
        package var addressesMax = 100_000

        /// 10 requests a second and 20 at once; log-ins 2 and 10; pages 50 and 200; webhooks 500
        /// and 2,000; live seats 1 and 20.
        package init() {}

        subscript(_ limited: RateClass) -> RateBudget {
            switch limited {
            case .api: api
            case .logIn: logIn
            case .page: page
            case .webhook: webhook
            case .live: live
            }
        }
    }

    private let tables: [RateClass: Mutex<BucketTable>.Box]
    private let start = ContinuousClock.now

    /// A limiter with full buckets for everybody.
    package init(_ configuration: Configuration = Configuration()) {
        tables = Dictionary(
            uniqueKeysWithValues: RateClass.allCases.map { limited in
                let table = BucketTable(
                    configuration[limited], addressesMax: configuration.addressesMax, now: .zero)
                return (limited, Mutex.Box(table))
            })
    }

    /// Nil when the request may pass, else the time after which the next may.
    package func check(_ address: ClientAddress, _ limited: RateClass) -> Duration? {
        let now = ContinuousClock.now - start
        return tables[limited]?.mutex.withLock { $0.take(address, now: now) } ?? nil
    }
}

extension Mutex where Value == BucketTable {
    /// A mutex cannot be copied into a dictionary; a box can.
    final class Box: Sendable {
        let mutex: Mutex<BucketTable>

        init(_ table: BucketTable) {
            mutex = Mutex(table)
        }
    }
}
