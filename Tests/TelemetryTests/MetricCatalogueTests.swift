import Foundation
import Testing

@testable import Telemetry

@Suite("Metric catalogue")
struct MetricCatalogueTests {
    @Test("Each name once, well formed, with its unit and an ascending scale")
    func declarations() throws {
        #expect(MetricCatalogue.all.count == MetricCatalogue.byName.count)
        for metric in MetricCatalogue.all {
            #expect(MetricName.plain(metric.name) == metric.name)
            #expect(metric.help.hasSuffix("."))
            switch metric.kind {
            case .counter: #expect(metric.name.hasSuffix("_total"))
            case .gauge: #expect(!metric.name.hasSuffix("_total"))
            case .histogram(let bounds):
                #expect(bounds == Array(Set(bounds)).sorted())
                #expect(bounds.allSatisfy { $0.isFinite })
            }
        }
    }

    /// `Counter(label: "…")` and its like in the sources name metrics of the catalogue alone.
    @Test("Every name that the sources record is declared")
    func sourcesUseDeclaredNames() throws {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let use =
            /\b(?:Counter|FloatingPointCounter|Gauge|Meter|Recorder|Timer)\(\s*label:\s*"([^"\\]+)"/
        var found: Set<String> = []
        for folder in ["Sources", "gateway/Sources"] {
            let files = try #require(
                FileManager.default.enumerator(
                    at: root.appending(path: folder), includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: use) {
                    let name = String(match.output.1)
                    found.insert(name)
                    #expect(
                        MetricCatalogue.byName[name] != nil,
                        "\(file.lastPathComponent) records \(name): declare it in MetricCatalogue")
                }
            }
        }
        #expect(found.contains("log_lines_dropped_total"))
    }
}
