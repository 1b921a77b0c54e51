import Logging
import Metrics
import NIOCore
import ServiceContextModule
import Wire

/// What all connections of a server share; it never changes.
final class ServerCore: Sendable {
    enum Outcome: Sendable {
        case reply([UInt8])
        case failure(RPCError)
    }

    /// A method with what its calls need.
    final class Route: Sendable {
        let callee: CallContext.Callee
        let run: CallRouter.Run
        let isOffLoop: Bool
        let metrics: MethodMetrics

        init(_ route: CallRouter.Route, factory: any MetricsFactory) {
            callee = CallContext.Callee(service: route.service, method: route.method)
            run = route.run
            isOffLoop = route.isOffLoop
            metrics = MethodMetrics(
                side: "server", kind: route.kind, service: route.service, method: route.method,
                factory: factory)
        }
    }

    let limits: ServerLimits
    let routes: [Route]
    let table: RouteTable
    let kinds: [MethodKind]
    /// Of each route that has one; empty if none has.
    let methodLimits: [MethodLimit?]
    let executors = HandlerExecutors()
    let callsInFlight = SharedGauge(label: "grpc_server_in_flight")
    private let logger: Logger

    init(
        router: CallRouter, limits: ServerLimits, offersExtension: Bool, logger: Logger,
        metrics factory: any MetricsFactory = MetricsSystem.factory
    ) {
        self.limits = limits
        routes = router.routes.map { Route($0, factory: factory) }
        var names = router.routes.map { ($0.service, $0.method) }
        let hello = ControlService.hello
        if offersExtension { names.append((hello.service, hello.name)) }
        table = RouteTable(names)
        kinds = router.routes.map(\.kind)
        let isLimited = router.routes.contains { $0.callsInFlightMax != nil }
        methodLimits =
            isLimited
            ? router.routes.map { $0.callsInFlightMax.map(MethodLimit.init(callsInFlightMax:)) }
            : []
        self.logger = logger
    }

    /// Starts a handler: on the loop, until it suspends, with what it finds in task-locals. They are
    /// bound around the making of its task, which takes them over: within the task that would be
    /// more functions that return to each other, of which each looks for its executor again.
    func start(
        _ route: Route, _ context: CallContext, on executor: HandlerExecutor
    ) -> Task<Void, Never> {
        CallContext.$current.withValue(context) {
            guard
                let traceParent = context.metadata[TraceParent.metadataKey].flatMap(
                    TraceParent.init)
            else { return makeTask(route, context, on: executor) }
            var serviceContext = ServiceContext.topLevel
            serviceContext.traceParent = traceParent
            return ServiceContext.withValue(serviceContext) {
                makeTask(route, context, on: executor)
            }
        }
    }

    private func makeTask(
        _ route: Route, _ context: CallContext, on executor: HandlerExecutor
    ) -> Task<Void, Never> {
        // Known before: a task that reads an object first looks for its executor.
        let run = route.run
        if route.isOffLoop {
            return Task(executorPreference: OffLoopExecutor.shared) { await run(context) }
        }
        return executor.start(run, context)
    }

    /// What a caller is told of an error. In the handler's task.
    fileprivate func failure(_ error: any Error, _ context: CallContext) -> RPCError {
        if let error = error as? RPCError {
            return error.code == .ok ? RPCError(.unknown, error.message) : error
        }
        // Whatever a cancelled handler throws, nobody is at fault.
        if error is CancellationError || Task.isCancelled {
            return RPCError(.cancelled, "the call was cancelled")
        }
        logger.error(
            "RPC handler failed",
            metadata: [
                "rpc.service": "\(context.service)", "rpc.method": "\(context.method)",
                "error": "\(String(reflecting: error))",
            ])
        return RPCError(.internal, "internal error")
    }
}

extension CallContext {
    /// The handler has ended well. In its task.
    @usableFromInline
    func answer(_ reply: [UInt8]) { answer(.reply(reply)) }

    /// The handler has failed. In its task.
    @usableFromInline
    func answer(_ error: any Error) {
        guard let origin else { return }
        answer(.failure(origin.link.core.failure(error, self)))
    }

    private func answer(_ outcome: ServerCore.Outcome) {
        guard let origin else { return }
        origin.link.finished(origin.streamID, outcome, isStream: stream != nil)
    }
}
