import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves /metrics, /health/live and /health/ready over HTTP, for operators and not for the public.
package struct AdminServer: Service {
    private let host: String
    private let port: Int
    private let responder: AdminResponder
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// `port` 0 takes any free port; `onListening` is told which. Binding fails in `run`.
    package init(
        host: String = "127.0.0.1", port: Int, readiness: [ReadinessCheck] = [],
        registry: MetricsRegistry = .shared, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.responder = AdminResponder(registry: registry, readiness: readiness)
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until graceful shutdown.
    package func run() async throws {
        try await application.run()
    }

    var application: Application<AdminResponder> {
        var logger = logger
        // Hummingbird tells each start and stop; whoever runs this server tells it once.
        logger.logLevel = max(logger.logLevel, .warning)
        return Application(
            responder: responder,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: .maximum(64, logger: logger)),
            onServerRunning: { await onListening($0.localAddress?.port ?? port) },
            logger: logger)
    }
}

/// Answers the admin port's three paths.
struct AdminResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    private static let readinessLimit = Duration.seconds(2)

    let registry: MetricsRegistry
    let readiness: [ReadinessCheck]

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        guard ["/metrics", "/health/live", "/health/ready"].contains(request.uri.path) else {
            return text(.notFound, "not found\n")
        }
        guard request.method == .get || request.method == .head else {
            return text(.methodNotAllowed, "method not allowed\n", [.allow: "GET, HEAD"])
        }
        let response = await page(request.uri.path)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func page(_ path: String) async -> Response {
        switch path {
        case "/metrics":
            let page = PrometheusText.render(registry.collect() + ProcessMetrics.collect())
            return text(.ok, page, [.contentType: PrometheusText.contentType])
        case "/health/live":
            return text(.ok, "{\"status\":\"live\"}\n", [.contentType: "application/json"])
        default:
            let report = await ReadinessReport.gather(readiness, limit: Self.readinessLimit)
            return Response(
                status: report.isReady ? .ok : .serviceUnavailable,
                headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: report.json)))
        }
    }

    private func text(
        _ status: HTTPResponse.Status, _ text: String, _ headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "text/plain; charset=utf-8" }
        headers[.cacheControl] = "no-store"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
