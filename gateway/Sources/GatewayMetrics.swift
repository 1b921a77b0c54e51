import HTTPTypes
import Metrics

/// What the gateway counts. Label values come from closed sets: methods of the standard, route
/// templates, status codes.
enum GatewayMetrics {
    static let inFlight = Meter(label: "http_requests_in_flight")

    private static let methods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
    ]

    static func record(
        _ method: HTTPRequest.Method, _ handler: String, _ status: HTTPResponse.Status,
        _ duration: Duration
    ) {
        let name = methods.contains(method.rawValue) ? method.rawValue : "other"
        Counter(
            label: "http_requests_total",
            dimensions: [("method", name), ("handler", handler), ("code", "\(status.code)")]
        ).increment()
        Timer(
            label: "http_request_duration_seconds",
            dimensions: [("method", name), ("handler", handler)]
        ).record(duration: duration)
    }

    static func refused(_ limited: RateClass) {
        Counter(
            label: "http_rate_limited_total", dimensions: [("budget", limited.rawValue)]
        ).increment()
    }
}
