import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore
import RPC
import ServiceContextModule
import ServiceKit
import Telemetry

/// Answers every request: finds its route, asks whether it may pass, lets the route answer, and
/// tells whatever went wrong as a problem.
struct GatewayResponder: HTTPResponder {
    typealias Context = GatewayContext
    /// The roles of a token's user; throws for a token that is not valid.
    typealias TokenCheck = @Sendable (String) async throws -> Set<Role>

    let table: RouteTable
    let backends: Backends
    let tokens: TokenCheck
    let limiter: RateLimiter
    let proxies: ProxyTrust
    let uploads: UploadSlots
    let live: LiveSeats
    let pages: Pages
    let logger: Logger

    /// A request on its way through the checks.
    private struct Passage {
        let request: Request
        let context: GatewayContext
        let id: String
        /// The route's template, for metrics; never a path that somebody made up.
        var handler = "none"
    }

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        let trace =
            request.headers[.traceparent].flatMap { TraceContext(traceparent: $0) }?.child()
            ?? TraceContext.root()
        var service = ServiceContext.current ?? .topLevel
        service.traceParent = TraceParent(trace.traceparent)
        return await ServiceContext.withValue(service) {
            await answer(request, context, trace)
        }
    }

    private func answer(
        _ request: Request, _ context: GatewayContext, _ trace: TraceContext
    ) async -> Response {
        let start = ContinuousClock.now
        GatewayMetrics.inFlight.increment()
        defer { GatewayMetrics.inFlight.decrement() }
        let id = request.headers[.requestID].flatMap(Self.acceptable) ?? trace.traceID
        var passage = Passage(request: request, context: context, id: id)
        var response = await settle(&passage)
        if request.method == .head {
            response = response.createHeadResponse()
        }
        response.headers[.requestID] = id
        response.headers[.traceparent] = trace.traceparent
        SecurityHeaders.add(to: &response.headers)
        GatewayMetrics.record(
            request.method, passage.handler, response.status, ContinuousClock.now - start)
        return response
    }

    private func settle(_ passage: inout Passage) async -> Response {
        do {
            return try await pass(&passage)
        } catch let problem as Problem {
            return problem.response(requestID: passage.id)
        } catch let error as RPCError {
            if error.code == .internal || error.code == .unknown || error.code == .dataLoss {
                logger.error(
                    "service failed",
                    metadata: ["http.route": "\(passage.handler)", "error": "\(error)"])
            }
            return Problem(error).response(requestID: passage.id)
        } catch {
            logger.error(
                "request failed",
                metadata: ["http.route": "\(passage.handler)", "error": "\(error)"])
            return Problem.internalError.response(requestID: passage.id)
        }
    }

    private func pass(_ passage: inout Passage) async throws -> Response {
        let request = passage.request
        let path = request.uri.path
        switch table.match(request.method, path: path) {
        case .route(let route, let parameters):
            passage.handler = route.template
            try limit(passage, route.limited)
            return try await call(route, parameters, passage)
        case .methods(let allowed):
            try limit(passage, .api)
            throw Problem.methodNotAllowed(allowed)
        case .nothing where path == "/api" || path.hasPrefix("/api/"):
            try limit(passage, .api)
            throw Problem.notFound
        case .nothing:
            passage.handler = "page"
            try limit(passage, .page)
            return try await pages.respond(to: request, context: passage.context)
        }
    }

    private func limit(_ passage: Passage, _ limited: RateClass) throws(Problem) {
        if let wait = limiter.check(client(of: passage), limited) {
            GatewayMetrics.refused(limited)
            throw .rateLimited(wait)
        }
    }

    private func client(of passage: Passage) -> ClientAddress {
        ClientAddress(
            proxies.client(
                peer: passage.context.peer,
                forwardedFor: passage.request.headers[values: .xForwardedFor]))
    }

    private func call(
        _ route: Route, _ parameters: [String: String], _ passage: Passage
    ) async throws -> Response {
        let request = passage.request
        let query = try QueryParameters(request.uri.query, known: route.query)
        let metadata = try CallHeaders.metadata(of: request.headers)
        let timeout = try CallHeaders.timeout(of: request.headers)
        let deadline = ContinuousClock.now + min(timeout ?? route.timeout, route.timeout)
        try await authorize(route, request)
        let body = try await body(of: request, route)
        return try await route.handler(
            APICall(
                request: request, parameters: parameters, query: query, body: body,
                metadata: metadata, deadline: deadline,
                backends: backends, uploads: uploads, live: live, client: client(of: passage)))
    }

    /// Saves the services the trouble; they ask again.
    private func authorize(_ route: Route, _ request: Request) async throws {
        guard route.access != .anyone else {
            return
        }
        guard let field = request.headers[.authorization] else {
            throw Problem.tokenMissing
        }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw Problem.tokenMissing
        }
        let roles = try await tokens(String(parts[1]))
        if case .role(let role) = route.access, !roles.contains(role), !roles.contains(.admin) {
            throw Problem.roleMissing(role.rawValue)
        }
    }

    /// A caller's own request id, where it is short and plain.
    private static func acceptable(_ id: String) -> String? {
        let isPlain = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isPlain && (1...64).contains(id.utf8.count) ? id : nil
    }

    private func body(of request: Request, _ route: Route) async throws -> [UInt8] {
        let bytesMax: Int
        switch route.body {
        case .none: return []
        case .json(let most), .stream(let most): bytesMax = most
        }
        let mediaType = request.headers[.contentType]?.prefix { $0 != ";" }
            .trimmingCharacters(in: .whitespaces).lowercased()
        guard mediaType == "application/json" else {
            throw Problem.unsupportedMediaType("application/json")
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bytesMax {
            throw Problem.bodyTooLarge(bytesMax)
        }
        guard case .json = route.body else {
            return []
        }
        var bytes: [UInt8] = []
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= bytesMax else {
                throw Problem.bodyTooLarge(bytesMax)
            }
            bytes += part.readableBytesView
        }
        return bytes
    }
}
