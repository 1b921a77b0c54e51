import CoreMetrics
import Metrics
import Testing

@testable import Telemetry

@Suite("Metrics registry")
struct MetricsRegistryTests {
    private func lines(_ registry: MetricsRegistry) -> [Substring] {
        PrometheusText.render(registry.collect()).split(separator: "\n")
    }

    @Test("The same labels in another order are the same series")
    func sameSeries() {
        let registry = MetricsRegistry(catalogue: [:])
        let factory = PrometheusMetricsFactory(registry: registry)
        Counter(label: "c_total", dimensions: [("a", "1"), ("b", "2")], factory: factory)
            .increment(by: 2)
        Counter(label: "c_total", dimensions: [("b", "2"), ("a", "1")], factory: factory)
            .increment(by: 3)
        #expect(lines(registry).last == "c_total{a=\"1\",b=\"2\"} 5")
    }

    @Test("A family takes no more series than its limit and counts the rest")
    func seriesLimit() {
        let limited = MetricDescription("c_total", .counter, "C.", seriesMax: 2)
        let registry = MetricsRegistry(catalogue: ["c_total": limited])
        let factory = PrometheusMetricsFactory(registry: registry)
        for index in 0..<5 {
            Counter(label: "c_total", dimensions: [("i", "\(index)")], factory: factory)
                .increment()
        }
        let page = lines(registry)
        #expect(page.filter { $0.hasPrefix("c_total{") }.count == 2)
        #expect(page.contains("telemetry_series_dropped_total{reason=\"series\"} 3"))
    }

    @Test("The number of families is limited")
    func familyLimit() {
        let registry = MetricsRegistry(catalogue: [:], familiesMax: 1)
        let factory = PrometheusMetricsFactory(registry: registry)
        Counter(label: "a_total", dimensions: [], factory: factory).increment()
        Counter(label: "b_total", dimensions: [], factory: factory).increment()
        #expect(!lines(registry).contains("b_total 1"))
        #expect(lines(registry).contains("telemetry_series_dropped_total{reason=\"families\"} 1"))
    }

    @Test("A name keeps its type, and reserved names are refused")
    func typeConflict() {
        let registry = MetricsRegistry(catalogue: [:])
        let factory = PrometheusMetricsFactory(registry: registry)
        Counter(label: "x_total", dimensions: [], factory: factory).increment()
        Gauge(label: "x_total", dimensions: [], factory: factory).record(7)
        Gauge(label: "process_open_fds", dimensions: [], factory: factory).record(7)
        let page = lines(registry)
        #expect(page.contains("x_total 1"))
        #expect(page.contains("telemetry_series_dropped_total{reason=\"type\"} 1"))
        #expect(page.contains("telemetry_series_dropped_total{reason=\"reserved\"} 1"))
        #expect(!page.contains { $0.hasPrefix("process_open_fds") })
    }

    @Test("A counter never falls; what is not a number is left out")
    func badValues() {
        let registry = MetricsRegistry(catalogue: [:])
        let factory = PrometheusMetricsFactory(registry: registry)
        let counter = FloatingPointCounter(label: "c_total", dimensions: [], factory: factory)
        counter.increment(by: 1.5)
        counter.increment(by: -1)
        counter.increment(by: Double.nan)
        let recorder = Recorder(label: "r", dimensions: [], aggregate: true, factory: factory)
        recorder.record(Double.nan)
        recorder.record(3)
        #expect(lines(registry).contains("c_total 1.5"))
        #expect(lines(registry).contains("r_count 1"))
    }

    @Test("A destroyed series is gone")
    func destroy() {
        let registry = MetricsRegistry(catalogue: [:])
        let factory = PrometheusMetricsFactory(registry: registry)
        let counter = Counter(label: "c_total", dimensions: [("a", "1")], factory: factory)
        counter.increment()
        counter.destroy()
        #expect(!lines(registry).contains { $0.hasPrefix("c_total{") })
    }

    @Test("Many threads: nothing is lost, and every page is consistent")
    func concurrency() async {
        let registry = MetricsRegistry(catalogue: [:])
        let factory = PrometheusMetricsFactory(registry: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for value in 0..<2000 {
                        Counter(label: "c_total", dimensions: [], factory: factory).increment()
                        Timer(label: "t", dimensions: [], factory: factory)
                            .recordNanoseconds(Int64(value))
                    }
                }
            }
        }
        #expect(lines(registry).contains("c_total 16000"))
        #expect(lines(registry).contains("t_seconds_bucket{le=\"+Inf\"} 16000"))
        #expect(lines(registry).contains("t_seconds_count 16000"))
    }
}
