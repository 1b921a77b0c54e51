import Foundation
import Metrics
import Testing

@testable import Telemetry

/// The page as Prometheus' own linter sees it.
@Suite("promtool")
struct PromtoolTests {
    private struct Missing: Error, CustomStringConvertible {
        let description = "promtool is not installed: apt-get install prometheus"
    }

    private func promtool(_ page: String) throws -> (status: Int32, output: String) {
        let candidates = ["/usr/bin/promtool", "/usr/local/bin/promtool"]
        guard let path = candidates.first(where: FileManager.default.isExecutableFile(atPath:))
        else { throw Missing() }
        let input = FileManager.default.temporaryDirectory.appending(path: "page-\(UUID()).txt")
        try Data(page.utf8).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["check", "metrics"]
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    @Test("Every declared metric and the process metrics pass without a remark")
    func wholeCatalogue() throws {
        let registry = MetricsRegistry()
        let factory = PrometheusMetricsFactory(registry: registry)
        for metric in MetricCatalogue.all where metric != MetricCatalogue.droppedSeries {
            let labels = [("method", "GET"), ("text", "a\"b\\c\nd")]
            switch metric.kind {
            case .counter:
                Counter(label: metric.name, dimensions: labels, factory: factory).increment()
            case .gauge: Gauge(label: metric.name, dimensions: labels, factory: factory).record(1)
            case .histogram:
                Timer(label: metric.name, dimensions: labels, factory: factory)
                    .recordNanoseconds(1_000_000)
            }
        }
        // Makes the family that counts what was refused appear.
        Gauge(label: "http_requests_total", dimensions: [], factory: factory).record(1)
        let families = registry.collect()
        #expect(families.count == MetricCatalogue.all.count)
        let result = try promtool(PrometheusText.render(families + ProcessMetrics.collect()))
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output == "")
    }

    @Test("promtool sees a fault")
    func broken() throws {
        let result = try promtool("# TYPE a_total counter\na_total{x=\"1} 1\n")
        #expect(result.status != 0)
    }
}
