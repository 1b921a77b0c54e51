import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Metrics
import Testing

@testable import Telemetry

@Suite("Admin server")
struct AdminServerTests {
    private struct Down: Error {}

    private func server(
        readiness: [ReadinessCheck] = [], registry: MetricsRegistry = MetricsRegistry()
    ) -> AdminServer {
        AdminServer(port: 0, readiness: readiness, registry: registry, logger: Logger(label: "t"))
    }

    @Test("/metrics over a real socket")
    func metrics() async throws {
        let registry = MetricsRegistry()
        Counter(
            label: "http_requests_total", dimensions: [("code", "200")],
            factory: PrometheusMetricsFactory(registry: registry)
        ).increment()
        try await server(registry: registry).application.test(.live) { client in
            try await client.execute(uri: "/metrics", method: .get) { response in
                #expect(response.status == .ok)
                #expect(
                    response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
                let page = String(buffer: response.body)
                #expect(page.contains("http_requests_total{code=\"200\"} 1\n"))
                #expect(page.contains("\nprocess_cpu_seconds_total "))
            }
        }
    }

    @Test("Ready when every check passes; else 503 and which one failed")
    func readiness() async throws {
        let good = ReadinessCheck("redis") {}
        let bad = ReadinessCheck("postgres") { throw Down() }
        try await server(readiness: [good]).application.test(.router) { client in
            let response = try await client.execute(uri: "/health/ready", method: .get)
            #expect(response.status == .ok)
            #expect(
                String(buffer: response.body)
                    == "{\"status\":\"ready\",\"checks\":[{\"name\":\"redis\",\"status\":\"ok\"}]}\n"
            )
        }
        try await server(readiness: [bad, good]).application.test(.router) { client in
            let response = try await client.execute(uri: "/health/ready", method: .get)
            #expect(response.status == .serviceUnavailable)
            #expect(
                String(buffer: response.body).hasPrefix(
                    "{\"status\":\"not_ready\",\"checks\":[{\"name\":\"postgres\",\"status\":\"failed\""
                ))
            let live = try await client.execute(uri: "/health/live", method: .get)
            #expect(live.status == .ok)
        }
    }

    @Test("A check that hangs has failed when its time is up")
    func hangingCheck() async throws {
        let hanging = ReadinessCheck("slow") { try await Task.sleep(for: .seconds(3600)) }
        let report = await ReadinessReport.gather([hanging], limit: .milliseconds(20))
        #expect(!report.isReady)
        #expect(report.outcomes.map(\.name) == ["slow"])
    }

    @Test("Other paths are 404, other methods 405 with Allow, HEAD has no body")
    func statuses() async throws {
        try await server().application.test(.router) { client in
            let other = try await client.execute(uri: "/", method: .get)
            #expect(other.status == .notFound)
            let post = try await client.execute(uri: "/metrics", method: .post)
            #expect(post.status == .methodNotAllowed)
            #expect(post.headers[.allow] == "GET, HEAD")
            let head = try await client.execute(uri: "/metrics", method: .head)
            #expect(head.status == .ok)
            #expect(head.body.readableBytes == 0)
        }
    }
}
