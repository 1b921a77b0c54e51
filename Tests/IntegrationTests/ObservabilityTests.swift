import Foundation
import Testing

/// What operators look at.
@Suite("Metrics and health")
struct ObservabilityTests {
    @Test("every process is alive and ready, and promtool accepts its page")
    func pages() async throws {
        let platform = try await Platform.shared()
        let names = Set(platform.ready.adminURLs.keys)
        #expect(
            names.isSuperset(of: [
                "auth", "event", "booking", "payment", "notification", "gateway",
            ]))
        for (name, url) in platform.ready.adminURLs.sorted(by: { $0.key < $1.key }) {
            for path in ["/health/live", "/health/ready"] {
                let health = try await Shell.run("curl -s -w '%{http_code}' \(url)\(path)")
                #expect(health.text.hasSuffix("200"), "\(name)\(path): \(health.text)")
            }
            let page = try await Shell.run(
                "set -o pipefail; curl -s \(url)/metrics | promtool check metrics")
            #expect(page.status == 0, "\(name): \(page.text)")
            let type = try await Shell.run(
                "curl -s -o /dev/null -w '%{content_type}' \(url)/metrics")
            #expect(type.text == "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    @Test("a sale leaves its marks in the metrics")
    func sale() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([0], as: buyer)
        #expect(try await buyer.book(hold.holdToken).status == 201)
        func page(_ name: String) async throws -> String {
            try await Shell.run("curl -s \(platform.ready.adminURLs[name] ?? "")/metrics").text
        }
        let booking = try await page("booking")
        #expect(booking.contains("bookings_total{outcome=\"created\"}"))
        #expect(booking.contains("grpc_server_handled_total{"))
        #expect(booking.contains("process_cpu_seconds_total"))
        let gateway = try await page("gateway")
        #expect(gateway.contains("http_requests_total{"))
        #expect(gateway.contains("handler=\"/api/bookings\""))
        #expect(gateway.contains("http_request_duration_seconds_bucket{"))
    }
}
