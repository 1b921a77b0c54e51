package import Configuration
import Foundation

/// What the gateway is told.
package struct GatewayConfiguration: Sendable {
    /// Where it listens.
    package var host: String
    /// 1 to 65,535; 0 lets the system choose.
    package var port: Int
    /// Budgets by client address.
    package var rates = RateLimiter.Configuration()
    /// Whose `X-Forwarded-For` is believed.
    package var proxies: [AddressRange] = []
    /// Plans that are taken in at once; each is held in memory, up to 32 MiB.
    package var uploadsMax = 16
    /// Listeners to live seats.
    var live = LiveSeats.Limits()
    /// Connections at once; more wait to be accepted.
    package var connectionsMax = 20_000
    /// Seconds that an idle connection is kept.
    package var idleTimeoutSeconds = 60

    /// A gateway on `host` and `port`, with everything else as it is said above.
    package init(host: String = "127.0.0.1", port: Int = 8080) {
        self.host = host
        self.port = port
    }

    /// Why a setting cannot be.
    package struct Invalid: Error, CustomStringConvertible {
        package let description: String
    }

    /// Reads it.
    ///
    /// Configuration keys:
    /// - `usher.http.host` (127.0.0.1), `usher.http.port` (8080): where it listens.
    /// - `usher.http.rate` (10), `usher.http.burst` (20): calls of the API by one address, a
    ///   second and at once.
    /// - `usher.http.login.rate` (2), `usher.http.login.burst` (10): registering and logging in.
    /// - `usher.http.page.rate` (50), `usher.http.page.burst` (200): pages and their parts.
    /// - `usher.http.webhook.rate` (500), `usher.http.webhook.burst` (2,000): webhooks of payment
    ///   providers.
    /// - `usher.http.live.rate` (1), `usher.http.live.burst` (20): beginning, and beginning again,
    ///   to listen to live seats.
    /// - `usher.http.live.listeners` (10,000), `usher.http.live.peraddress` (20): listeners to live
    ///   seats at once, in all and of one address.
    /// - `usher.http.proxies` (none): addresses or ranges, comma-separated, of the proxies whose
    ///   `X-Forwarded-For` is believed.
    ///
    /// - Throws: `Invalid` for a proxy that is no address or range.
    package init(_ config: ConfigReader) throws {
        self.init(
            host: config.string(forKey: "usher.http.host", default: "127.0.0.1"),
            port: config.int(forKey: "usher.http.port", default: 8080))
        func budget(_ name: String, _ known: RateBudget) -> RateBudget {
            let key = name.isEmpty ? ["usher", "http"] : ["usher", "http", name]
            return RateBudget(
                perSecond: config.double(
                    forKey: ConfigKey(key + ["rate"]), default: known.perSecond),
                burst: config.double(forKey: ConfigKey(key + ["burst"]), default: known.burst))
        }
        rates.api = budget("", rates.api)
        rates.logIn = budget("login", rates.logIn)
        rates.page = budget("page", rates.page)
        rates.webhook = budget("webhook", rates.webhook)
        rates.live = budget("live", rates.live)
        live.listenersMax = config.int(
            forKey: "usher.http.live.listeners", default: live.listenersMax)
        live.listenersPerAddressMax = config.int(
            forKey: "usher.http.live.peraddress", default: live.listenersPerAddressMax)
        let proxies = config.string(forKey: "usher.http.proxies", default: "")
        for text in proxies.split(separator: ",") {
            let text = text.trimmingCharacters(in: .whitespaces)
            guard let range = AddressRange(text) else {
                throw Invalid(
                    description: "usher.http.proxies has \"\(text)\"; write addresses or ranges "
                        + "such as 10.0.0.0/8, with commas between them")
            }
            self.proxies.append(range)
        }
    }
}
