public import NIOCore
public import Wire

/// Serves one call: the bytes of the request in, the bytes of the response out.
@usableFromInline
package typealias CallHandler =
    @Sendable (_ request: ByteBuffer, _ context: CallContext) async throws -> [UInt8]

/// The methods that a server answers.
@usableFromInline
package struct CallRouter: Sendable {
    /// Serves a call that came over a connection, its answer included.
    @usableFromInline
    typealias Run = @Sendable (CallContext) async -> Void

    struct Route: Sendable {
        let service: String
        let method: String
        /// With its messages, for reflection.
        let declaration: any AnyMethod
        var kind = MethodKind.unary
        /// For interceptors to call.
        let handler: CallHandler
        var run: Run
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
    ///
    /// Inlinable, so that each method gets code of its own for its messages.
    @inlinable
    package mutating func handle<Request: Message, Response: Message>(
        _ method: Method<Request, Response>,
        _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        handle(method, isIntercepted: true, handler)
    }

    @inlinable
    mutating func handle<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, isIntercepted: Bool,
        _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        // Not `run` around `handler`: each function that an `await` returns to looks for the
        // task's executor again.
        addUnary(
            method, isIntercepted: isIntercepted,
            handler: { bytes, context in
                try await handler(Self.decode(bytes), context).serialized()
            },
            run: { context in
                do {
                    let request: Request = try Self.decode(context.takeRequest())
                    context.answer(try await handler(request, context).serialized())
                } catch {
                    context.answer(error)
                }
            })
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

    @usableFromInline
    mutating func addUnary<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, isIntercepted: Bool, handler: @escaping CallHandler,
        run: @escaping Run
    ) {
        add(
            Route(
                service: method.service, method: method.name, declaration: method, kind: .unary,
                handler: handler, run: run, isIntercepted: isIntercepted))
    }

    private mutating func add(
        _ method: some AnyMethod, _ kind: MethodKind, handler: @escaping CallHandler
    ) {
        add(
            Route(
                service: method.service, method: method.name, declaration: method, kind: kind,
                handler: handler, run: Self.run(handler)))
    }

    private mutating func add(_ route: Route) {
        let declared = route.declaration.kind
        precondition(
            declared == route.kind, "\(route.service)/\(route.method) is \(declared.rawValue)")
        routes.removeAll { $0.service == route.service && $0.method == route.method }
        routes.append(route)
    }

    private static func run(_ handler: @escaping CallHandler) -> Run {
        { context in
            do {
                let request = context.takeRequest().detached()
                context.answer(try await handler(request, context))
            } catch {
                context.answer(error)
            }
        }
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

    @inlinable
    static func decode<Request: Message>(_ bytes: ByteBuffer) throws -> Request {
        do {
            return try Request(serialized: bytes.readableBytesUInt8Span)
        } catch {
            throw undecodable(error)
        }
    }

    @usableFromInline
    static func undecodable(_ error: any Error) -> any Error {
        RPCError(.internal, "the payload does not decode: \(error)")
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
        guard !interceptors.isEmpty else { return }
        for index in routes.indices where routes[index].isIntercepted {
            var handler = routes[index].handler
            for interceptor in interceptors.reversed() {
                let next = handler
                handler = { request, context in
                    try await interceptor.intercept(request, context: context, next: next)
                }
            }
            routes[index].run = Self.run(handler)
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
