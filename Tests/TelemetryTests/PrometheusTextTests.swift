import CoreMetrics
import Metrics
import Testing

@testable import Telemetry

@Suite("Prometheus text 0.0.4")
struct PrometheusTextTests {
    private static let help = MetricDescription(
        "odd_total", .counter, "A \\ and a\nnew \"line\".")

    private func page(_ registry: MetricsRegistry) -> String {
        PrometheusText.render(registry.collect())
    }

    private func registry(_ descriptions: [MetricDescription]) -> MetricsRegistry {
        MetricsRegistry(
            catalogue: Dictionary(uniqueKeysWithValues: descriptions.map { ($0.name, $0) }))
    }

    @Test("Counters: help and type once, labels sorted and escaped, newline at the end")
    func counters() {
        let registry = registry([Self.help])
        let factory = PrometheusMetricsFactory(registry: registry)
        Counter(
            label: "odd_total", dimensions: [("b", "x\"y\\z\r\n"), ("a", "1")], factory: factory
        ).increment(by: 3)
        Counter(label: "odd_total", dimensions: [], factory: factory).increment()
        #expect(
            page(registry) == """
                # HELP odd_total A \\\\ and a\\nnew "line".
                # TYPE odd_total counter
                odd_total 1
                odd_total{a="1",b="x\\"y\\\\z\r\\n"} 3

                """)
    }

    @Test("Histograms: cumulative buckets, +Inf = _count, a bound belongs to its bucket")
    func histograms() {
        let registry = registry([.init("t_seconds", .histogram(buckets: [0.5, 1, 2.5]), "T.")])
        let timer = Timer(
            label: "t_seconds", dimensions: [("le", "x")],
            factory: PrometheusMetricsFactory(registry: registry))
        for nanoseconds: Int64 in [500_000_000, 500_000_001, 2_500_000_000, 9_000_000_000] {
            timer.recordNanoseconds(nanoseconds)
        }
        #expect(
            page(registry) == """
                # HELP t_seconds T.
                # TYPE t_seconds histogram
                t_seconds_bucket{exported_le="x",le="0.5"} 1
                t_seconds_bucket{exported_le="x",le="1"} 2
                t_seconds_bucket{exported_le="x",le="2.5"} 3
                t_seconds_bucket{exported_le="x",le="+Inf"} 4
                t_seconds_sum{exported_le="x"} 12.500000001
                t_seconds_count{exported_le="x"} 4

                """)
    }

    @Test("Families are sorted and in one piece; foreign names are made fit")
    func foreignNames() {
        let registry = registry([])
        let factory = PrometheusMetricsFactory(registry: registry)
        Gauge(label: "z.depth-now", dimensions: [("__x", "1"), ("9", "2")], factory: factory)
            .record(-2)
        Counter(label: "a.hits", dimensions: [], factory: factory).increment()
        Counter(label: "a.hits", dimensions: [("k", "v")], factory: factory).increment()
        Timer(label: "m", dimensions: [], factory: factory).recordNanoseconds(1)
        let lines = page(registry).split(separator: "\n")
        let types = lines.filter { $0.hasPrefix("# TYPE") }
        #expect(
            types == [
                "# TYPE a_hits_total counter", "# TYPE m_seconds histogram",
                "# TYPE z_depth_now gauge",
            ])
        #expect(lines.contains("z_depth_now{_9=\"2\",x__x=\"1\"} -2"))
        #expect(Array(lines[2...3]) == ["a_hits_total 1", "a_hits_total{k=\"v\"} 1"])
    }

    @Test(
        "Numbers as Go reads them",
        arguments: [
            (1.0, "1"), (0.25, "0.25"), (-0.0, "0"), (Double.infinity, "+Inf"),
            (-Double.infinity, "-Inf"), (Double.nan, "NaN"), (1e300, "1e+300"), (1e-7, "1e-07"),
            (9_007_199_254_740_992, "9007199254740992"),
        ])
    func numbers(value: Double, text: String) {
        #expect(PrometheusText.number(value) == text)
    }
}
