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

    let limits: ServerLimits
    let routes: [CallRouter.Route]
    let table: RouteTable
    let kinds: [MethodKind]
    /// Of each route that has one; empty if none has.
    let methodLimits: [MethodLimit?]
    let metrics: [MethodMetrics]
    let callsInFlight = SharedGauge(label: "grpc_server_in_flight")
    private let logger: Logger

    init(
        router: CallRouter, limits: ServerLimits, offersExtension: Bool, logger: Logger,
        metrics factory: any MetricsFactory = MetricsSystem.factory
    ) {
        self.limits = limits
        routes = router.routes
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
        metrics = router.routes.map {
            MethodMetrics(
                side: "server", kind: $0.kind, service: $0.service, method: $0.method,
                factory: factory)
        }
        self.logger = logger
    }

    /// Runs a handler with what it finds in task-locals.
    func run(_ route: Int, _ request: ByteBuffer, _ context: CallContext) async -> Outcome {
        await CallContext.$current.withValue(context) {
            guard
                let traceParent = context.metadata[TraceParent.metadataKey].flatMap(
                    TraceParent.init)
            else {
                return await answer(route, request, context)
            }
            var serviceContext = ServiceContext.topLevel
            serviceContext.traceParent = traceParent
            return await ServiceContext.withValue(serviceContext) {
                await answer(route, request, context)
            }
        }
    }

    private func answer(
        _ route: Int, _ request: ByteBuffer, _ context: CallContext
    ) async -> Outcome {
        do {
            return .reply(try await routes[route].handler(request, context))
        } catch let error as RPCError {
            return .failure(error.code == .ok ? RPCError(.unknown, error.message) : error)
        } catch is CancellationError {
            return .failure(RPCError(.cancelled, "the call was cancelled"))
        } catch {
            // Whatever a cancelled handler throws, nobody is at fault.
            if Task.isCancelled {
                return .failure(RPCError(.cancelled, "the call was cancelled"))
            }
            logger.error(
                "RPC handler failed",
                metadata: [
                    "rpc.service": "\(context.service)", "rpc.method": "\(context.method)",
                    "error": "\(String(reflecting: error))",
                ])
            return .failure(RPCError(.internal, "internal error"))
        }
    }
}
