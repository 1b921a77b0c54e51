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
        /// With its messages, for reflection.
        let declaration: any AnyMethod
        var kind = MethodKind.unary
        var handler: CallHandler
        /// False for what is answered without credentials.
        var isIntercepted = true
        /// Calls that may run at once on the server; nil = as many as its connections may have.
        var callsInFlightMax: Int?
        /// Runs on threads of its own instead of the connection's event loop, with its messages' codec.
        var isOffLoop = false
    }

    private(set) var routes: [Route] = []

    /// Answers nothing yet.
    package init() {}

    /// Answers a method; of two for the same method the later one counts.
    ///
    /// What the handler throws reaches the caller when it is an ``RPCError``; any other error is
    /// logged and becomes INTERNAL with a text that tells nothing. The handler runs on the
    /// connection's event loop, after suspensions too: it must not block, and leaves the loop by
    /// ``runOffLoop(_:)`` for what it computes for long.
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
        add(method, .unary, isIntercepted: isIntercepted) { bytes, context in
            try await handler(Self.decode(bytes), context).serialized()
        }
    }

    /// Answers a method with any number of messages; the stream ends when the handler returns.
    /// Errors as for a unary method, whenever they come.
    package mutating func handleServerStream<Request: Message, Response: Message>(
        _ method: Method<Request, Response>,
        _ handler:
            @escaping @Sendable (Request, ResponseWriter<Response>, CallContext) async throws ->
            Void
    ) {
        add(method, .serverStream) { bytes, context in
            try await handler(Self.decode(bytes), Self.writer(context), context)
            return []
        }
    }

    /// Answers any number of messages with one. The handler need not read all of them.
    package mutating func handleClientStream<Request: Message, Response: Message>(
        _ method: Method<Request, Response>,
        _ handler:
            @escaping @Sendable (MessageStream<Request>, CallContext) async throws -> Response
    ) {
        add(method, .clientStream) { _, context in
            try await handler(Self.messages(context), context).serialized()
        }
    }

    /// Takes and sends messages as the handler likes; the stream ends when it returns.
    package mutating func handleBidirectional<Request: Message, Response: Message>(
        _ method: Method<Request, Response>,
        _ handler:
            @escaping @Sendable (MessageStream<Request>, ResponseWriter<Response>, CallContext)
            async throws -> Void
    ) {
        add(method, .bidirectional) { _, context in
            try await handler(Self.messages(context), Self.writer(context), context)
            return []
        }
    }

    private mutating func add(
        _ method: some AnyMethod, _ kind: MethodKind, isIntercepted: Bool = true,
        handler: @escaping CallHandler
    ) {
        precondition(
            method.kind == kind, "\(method.service)/\(method.name) is \(method.kind.rawValue)")
        routes.removeAll { $0.service == method.service && $0.method == method.name }
        routes.append(
            Route(
                service: method.service, method: method.name, declaration: method, kind: kind,
                handler: handler, isIntercepted: isIntercepted))
    }

    /// Bounds the calls of a method that run at once on the server, over all its connections; more
    /// are answered RESOURCE_EXHAUSTED. The method must have its handler already.
    package mutating func limit(_ method: some AnyMethod, callsInFlightMax: Int) {
        precondition(callsInFlightMax > 0, "a method without calls")
        if let index = index(of: method) { routes[index].callsInFlightMax = callsInFlightMax }
    }

    /// Lets a method run where ``runOffLoop(_:)`` does and not on the event loop, decoding and
    /// encoding included: for messages of many kilobytes or thousands of parts. The method must
    /// have its handler already.
    package mutating func keepOffLoop(_ method: some AnyMethod) {
        if let index = index(of: method) { routes[index].isOffLoop = true }
    }

    private func index(of method: some AnyMethod) -> Int? {
        let index = routes.firstIndex { $0.service == method.service && $0.method == method.name }
        precondition(index != nil, "\(method.service)/\(method.name) has no handler")
        return index
    }

    private static func decode<Request: Message>(_ bytes: ByteBuffer) throws -> Request {
        do {
            return try Request(serialized: bytes.readableBytesUInt8Span)
        } catch {
            throw RPCError(.internal, "the payload does not decode: \(error)")
        }
    }

    private static func messages<Request: Message>(
        _ context: CallContext
    ) throws -> MessageStream<Request> {
        let stream = try stream(context)
        return MessageStream(stream.inbound, grant: stream.grant)
    }

    private static func writer<Response: Message>(
        _ context: CallContext
    ) throws -> ResponseWriter<Response> {
        ResponseWriter(try stream(context))
    }

    private static func stream(_ context: CallContext) throws -> ServerStream {
        guard let stream = context.stream else {
            throw RPCError(.internal, "this method needs a connection")
        }
        return stream
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
