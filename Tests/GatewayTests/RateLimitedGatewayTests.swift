import HTTPTypes
import HummingbirdTesting
import JSON
import Testing

@testable import Gateway

@Suite("Rate limit at the gateway")
struct RateLimitedGatewayTests {
    /// Buckets that do not fill again while a test runs.
    private static var strict: RateLimiter.Configuration {
        var rates = RateLimiter.Configuration()
        rates.api = RateBudget(perSecond: 0.01, burst: 3)
        rates.logIn = RateBudget(perSecond: 0.01, burst: 1)
        rates.page = RateBudget(perSecond: 0.01, burst: 2)
        return rates
    }

    @Test("Over the budget: 429 with Retry-After, whatever is asked for; each class by itself")
    func budgets() async throws {
        try await FakePlatform.run(rates: Self.strict) { client in
            for _ in 0..<3 {
                let passed = try await client.send(.get, "/api/nothing")
                #expect(passed.status == .notFound)
            }
            for uri in ["/api/nothing", "/api/events", "/api/bookings"] {
                let refused = try await client.send(.get, uri)
                #expect(refused.status == .tooManyRequests)
                #expect(try refused.json["code"] == "rate_limited")
                #expect(Int(refused.headers[.retryAfter] ?? "").map { $0 > 0 && $0 <= 100 } == true)
            }
            #expect(try await client.send(.post, "/api/auth/login", body: "{}").status.code == 501)
            #expect(try await client.send(.post, "/api/auth/login", body: "{}").status.code == 429)
            #expect(try await client.send(.get, "/").status == .ok)
        }
    }

    @Test("Over a real socket, behind a trusted proxy each client has a budget of its own")
    func forwarded() async throws {
        let proxies = [AddressRange("127.0.0.0/8")].compactMap { $0 }
        try await FakePlatform.run(rates: Self.strict, proxies: proxies, setup: .live) { client in
            for number in 1...10 {
                let response = try await client.send(
                    .get, "/api/nothing", headers: [.xForwardedFor: "198.51.100.\(number)"])
                #expect(response.status == .notFound)
            }
        }
    }

    @Test("Over a real socket, without trust the header helps nobody")
    func spoofed() async throws {
        try await FakePlatform.run(rates: Self.strict, setup: .live) { client in
            var refused = 0
            for number in 1...10 {
                let response = try await client.send(
                    .get, "/api/nothing", headers: [.xForwardedFor: "198.51.100.\(number)"])
                if response.status == .tooManyRequests { refused += 1 }
            }
            #expect(refused == 7)
        }
    }
}
