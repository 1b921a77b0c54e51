import Foundation
import Testing

@testable import Telemetry

/// `deploy/prometheus`, as Prometheus' own tool sees it, and against the metrics that there are.
@Suite("Alert rules")
struct AlertRulesTests {
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "deploy/prometheus")

    private struct Missing: Error, CustomStringConvertible {
        let description = "promtool is not installed: apt-get install prometheus"
    }

    private func promtool(_ arguments: [String], in folder: URL = folder) throws
        -> (status: Int32, output: String)
    {
        let candidates = ["/usr/bin/promtool", "/usr/local/bin/promtool"]
        guard let path = candidates.first(where: FileManager.default.isExecutableFile(atPath:))
        else { throw Missing() }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    private func text(_ file: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
    }

    @Test(
        "promtool accepts configuration and rules, and every case of the rules' tests",
        arguments: [
            ["check", "config", "prometheus.yml"], ["check", "rules", "alerts.yml"],
            ["test", "rules", "alerts.test.yml"],
        ])
    func accepted(arguments: [String]) throws {
        let result = try promtool(arguments)
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("SUCCESS"))
    }

    @Test("a rule that would not fire is found by its test")
    func neverFires() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "alerts-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let rules = try text("alerts.yml").replacing(
            "max(refunds_owed) > 0", with: "max(refunds_owed) > 5")
        try Data(rules.utf8).write(to: folder.appending(path: "alerts.yml"))
        try Data(try text("alerts.test.yml").utf8).write(
            to: folder.appending(path: "alerts.test.yml"))
        let result = try promtool(["test", "rules", "alerts.test.yml"], in: folder)
        #expect(result.status != 0)
        #expect(result.output.contains("UsherRefundsOwed"), "\(result.output)")
    }

    @Test("rules speak of declared metrics, and each has a case where it fires and one where not")
    func declared() throws {
        let rules = try text("alerts.yml")
        let cases = try text("alerts.test.yml")
        var expressions = 0
        for line in rules.split(separator: "\n") where line.contains(" expr: ") {
            expressions += 1
            let metrics = Self.metrics(String(line.split(separator: "expr: ", maxSplits: 1)[1]))
            #expect(!metrics.isEmpty, "\(line)")
            for metric in metrics where metric != "up" {
                #expect(MetricCatalogue.byName[metric] != nil, "\(metric) is not declared")
                #expect(cases.contains("'\(metric)"), "\(metric) has no series in the tests")
            }
        }
        let names = rules.matches(of: /- alert: (\w+)/).map { String($0.output.1) }
        #expect(names.count == expressions && names.count >= 10)
        for name in names {
            #expect(cases.components(separatedBy: "alertname: \(name)").count == 3, "\(name)")
        }
    }

    /// Names of the metrics in an expression: words that are neither functions nor labels.
    private static func metrics(_ expression: String) -> [String] {
        var plain = expression.replacing(/"[^"]*"/, with: "")
        plain.replace(/\{[^}]*\}|\[[^\]]*\]/, with: "")
        plain.replace(/by \([^)]*\)/, with: "")
        return plain.matches(of: /([a-z_]+)(?![a-z_(]| *\()/).map { String($0.output.1) }
            .filter { !["by", "sum", "max", "min", "and", "or", "unless"].contains($0) }
    }
}
