package import NIOCore
package import Wire

/// Serves one call: the bytes of the request in, the bytes of the response out.
package typealias CallHandler =
    @Sendable (_ request: ByteBuffer, _ context: CallContext) async throws -> [UInt8]

/// The methods that a server answers.
package struct CallRouter: Sendable {
    struct Route: Sendable {
        let service: String
        let method: String
        var handler: CallHandler
        /// False for what is answered without credentials.
        var isIntercepted = true
    }

    private(set) var routes: [Route] = []

    /// Answers nothing yet.
    package init() {}

    /// Answers a method; of two for the same method the later one counts.
    ///
    /// What the handler throws reaches the caller when it is an ``RPCError``; any other error is
    /// logged and becomes INTERNAL with a text that tells nothing. The handler starts on the
    /// connection's event loop: until its first suspension it must not block or compute for long.
    package mutating func handle<Request: Message, Response: Message>(
        _ method: Method<Request, Response>,
        _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        handle(method, isIntercepted: true, handler)
    }

    mutating func handle<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, isIntercepted: Bool,
        _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        precondition(method.kind == .unary, "\(method.service)/\(method.name) is not unary")
        routes.removeAll { $0.service == method.service && $0.method == method.name }
        let route = Route(
            service: method.service, method: method.name,
            handler: { bytes, context in
                let request: Request
                do {
                    request = try Request(serialized: bytes.readableBytesUInt8Span)
                } catch {
                    throw RPCError(.internal, "the payload does not decode: \(error)")
                }
                return try await handler(request, context).serialized()
            }, isIntercepted: isIntercepted)
        routes.append(route)
    }

    /// Full names of the services that have methods here, without repeats.
    package var services: [String] {
        var names: [String] = []
        for route in routes where !names.contains(route.service) { names.append(route.service) }
        return names
    }

    /// Wraps every handler, the first interceptor outermost.
    mutating func intercept(with interceptors: [any ServerInterceptor]) {
        for index in routes.indices where routes[index].isIntercepted {
            for interceptor in interceptors.reversed() {
                let next = routes[index].handler
                routes[index].handler = { request, context in
                    try await interceptor.intercept(request, context: context, next: next)
                }
            }
        }
    }
}

/// Runs around every handler, the health check excepted: authentication, limits, tracing.
package protocol ServerInterceptor: Sendable {
    /// Answers the call, as a rule by `next`; throws an ``RPCError`` to refuse it. Values for the
    /// handler travel in task-locals bound around `next`.
    func intercept(
        _ request: ByteBuffer, context: CallContext, next: CallHandler
    ) async throws -> [UInt8]
}
