import Foundation
import HTTPTypes
import Testing

@testable import Gateway

/// gateway/openapi.yaml against the table of routes, by its lines: paths stand at two spaces,
/// methods at four.
@Suite("OpenAPI description")
struct OpenAPITests {
    private struct Operation: Hashable {
        let method: String
        let path: String
    }

    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let file = root.appending(path: "gateway/openapi.yaml")

    /// The lines of each operation.
    private func operations() throws -> [Operation: [String]] {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        var operations: [Operation: [String]] = [:]
        var path = ""
        var shared: [String] = []
        var method: String?
        var isInPaths = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if !line.hasPrefix(" "), !line.isEmpty { isInPaths = line == "paths:" }
            guard isInPaths else { continue }
            if line.hasPrefix("  /"), line.hasSuffix(":") {
                path = String(line.dropFirst(2).dropLast())
                method = nil
                shared = []
            } else if let match = line.wholeMatch(of: #/ {4}(get|put|post|delete|patch):/#) {
                let name = match.output.1.uppercased()
                method = name
                operations[Operation(method: name, path: path)] = shared
            } else if let method {
                operations[Operation(method: method, path: path), default: []].append(line)
            } else {
                shared.append(line)
            }
        }
        return operations
    }

    @Test("It describes every route, and nothing else")
    func sameRoutes() throws {
        let described = Set(try operations().keys)
        let routes = Set(
            Routes.all.map { Operation(method: $0.method.rawValue, path: $0.template) })
        #expect(described.subtracting(routes) == [])
        #expect(routes.subtracting(described) == [])
    }

    @Test("Parameters, bodies and who may call are the routes' own")
    func sameDetails() throws {
        let operations = try operations()
        for route in Routes.all {
            let name = "\(route.method) \(route.template)"
            let operation = Operation(method: route.method.rawValue, path: route.template)
            let lines = try #require(operations[operation], "\(name)")
            let text = lines.joined(separator: "\n")
            let query = lines.compactMap { line in
                line.wholeMatch(of: #/.*#/components/parameters/(\w+)"/#).map { match in
                    match.output.1.prefix(1).lowercased() + match.output.1.dropFirst()
                }
            }
            #expect(
                Set(query).subtracting(["ifNoneMatch", "lastEventId"]) == Set(route.query),
                "\(name)")
            let isOpen = lines.contains { $0.hasPrefix("      security: [") }
            #expect(isOpen == (route.access == .anyone), "\(name)")
            let hasBody = lines.contains { $0.hasPrefix("      requestBody:") }
            #expect(hasBody == (route.body != .none), "\(name)")
            #expect(text.contains("\"429\""), "\(name)")
        }
    }

    @Test("It is OpenAPI 3.1, as openapi-spec-validator sees it")
    func valid() throws {
        let python = Self.root.appending(path: ".cache/venv/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path),
            "openapi-spec-validator is not installed: run scripts/setup")
        let process = Process()
        process.executableURL = python
        process.arguments = ["-m", "openapi_spec_validator", Self.file.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
    }
}
