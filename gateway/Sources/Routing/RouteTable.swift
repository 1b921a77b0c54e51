import HTTPTypes

/// Finds the route of a request.
struct RouteTable: Sendable {
    enum Match: Sendable {
        case route(Route, parameters: [String: String])
        /// The path is known, the method is not; these are.
        case methods([HTTPRequest.Method])
        case nothing
    }

    private struct Entry: Sendable {
        let route: Route
        let segments: [Segment]
    }

    private enum Segment: Sendable {
        case text(String)
        case parameter(String)
    }

    let routes: [Route]
    private let entriesByCount: [Int: [Entry]]

    /// Of two templates that match, the one declared first counts.
    init(_ routes: [Route]) {
        self.routes = routes
        let entries = routes.map { route in
            Entry(
                route: route,
                segments: Self.split(route.template).map {
                    $0.hasPrefix("{") && $0.hasSuffix("}")
                        ? .parameter(String($0.dropFirst().dropLast())) : .text(String($0))
                })
        }
        entriesByCount = Dictionary(grouping: entries) { $0.segments.count }
    }

    /// GET routes answer HEAD too.
    func match(_ method: HTTPRequest.Method, path: String) -> Match {
        let segments = Self.split(path)
        let wanted = method == .head ? .get : method
        var allowed: [HTTPRequest.Method] = []
        for entry in entriesByCount[segments.count] ?? [] {
            guard let parameters = Self.parameters(entry.segments, segments) else { continue }
            if entry.route.method == wanted { return .route(entry.route, parameters: parameters) }
            allowed.append(entry.route.method)
            if entry.route.method == .get { allowed.append(.head) }
        }
        return allowed.isEmpty ? .nothing : .methods(allowed)
    }

    private static func split(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { $0 }
    }

    private static func parameters(
        _ template: [Segment], _ path: [Substring]
    ) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (segment, text) in zip(template, path) {
            switch segment {
            case .text(let wanted):
                guard wanted == text else { return nil }
            case .parameter(let name):
                guard let value = PercentCoding.decoded(text), !value.isEmpty else { return nil }
                parameters[name] = value
            }
        }
        return parameters
    }
}
