import Foundation
import Logging
import Metrics
import NIOCore
import RPC
import ServiceContextModule
import ServiceLifecycle
import Synchronization
import Testing

/// Runs an echo server on a unix socket, by default one of its own, while the body runs, then shuts
/// it down gracefully.
func withEchoServer<R>(
    path: String = "/tmp/usher-rpc-\(UUID().uuidString.prefix(8)).sock",
    configuration: RPCServerConfiguration = RPCServerConfiguration(),
    router: CallRouter = echoRouter(),
    metrics: any MetricsFactory = NOOPMetricsHandler.instance,
    interceptors: [any ServerInterceptor] = [],
    log: LogRecorder = LogRecorder(),
    _ body: (EchoServer) async throws -> R
) async throws -> R {
    let logger = Logger(label: "test") { _ in log }
    let server = RPCServer(
        router: router, addresses: [.unix(path), .tcp(host: "127.0.0.1", port: 0)],
        configuration: configuration, interceptors: interceptors, logger: logger,
        metrics: metrics)
    let group = ServiceGroup(
        configuration: .init(
            services: [.init(service: server)], logger: Logger(label: "test") { _ in log }))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let addresses = try await server.waitUntilListening()
        let result = try await body(
            EchoServer(addresses: addresses, path: path, server: server, group: group))
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        #expect(!FileManager.default.fileExists(atPath: path))
        return result
    }
}

/// A client whose calls wait as long as a busy machine may take.
func patientClient(_ address: RPCAddress) -> RPCClient {
    var configuration = RPCClientConfiguration()
    configuration.timeout = .seconds(120)
    configuration.connectWait = .seconds(60)
    return RPCClient(address: address, configuration: configuration)
}

struct EchoServer {
    let addresses: [RPCAddress]
    let path: String
    let server: RPCServer
    let group: ServiceGroup

    var address: RPCAddress { .unix(path) }
}

func echoRouter() -> CallRouter {
    var router = CallRouter()
    router.handle(EchoService.unary) { request, _ in request }
    router.handle(EchoService.yielding) { request, _ in
        await Task.yield()
        return request
    }
    router.handle(EchoService.sleep) { request, _ in
        try await waitUntilCancelled()
        return request
    }
    router.handle(EchoService.large) { request, _ in
        StringValue(String(repeating: "x", count: Int(request.value) ?? 0))
    }
    router.handle(EchoService.fail) { request, _ in
        if request.value == "secret" { throw CocoaError(.fileNoSuchFile) }
        throw RPCError(.failedPrecondition, "no", detail: request)
    }
    router.handle(EchoService.metadata) { request, context in
        StringValue(context.metadata.values(for: request.value).joined(separator: ","))
    }
    router.handle(EchoService.identity) { _, context in
        StringValue(context.identity?.description ?? "nobody")
    }
    router.handle(EchoService.trace) { _, _ in
        await Task.yield()
        return StringValue(ServiceContext.current?.traceParent?.traceID ?? "none")
    }
    addStreams(to: &router)
    return router
}

/// Waits without end; throws when it is cancelled. (A sleep that is cancelled keeps its timer, and
/// the memory that belongs to it, until its time has come.)
func waitUntilCancelled() async throws {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    for await _ in stream {}
    withExtendedLifetime(continuation) {}
    try Task.checkCancellation()
}

private func addStreams(to router: inout CallRouter) {
    router.handleServerStream(EchoService.down) { request, responses, _ in
        for _ in 0..<3 { try await responses.write(request) }
    }
    router.handleClientStream(EchoService.up) { requests, _ in
        var count = 0
        for try await _ in requests { count += 1 }
        return StringValue("\(count)")
    }
    router.handleBidirectional(EchoService.bidi) { requests, responses, _ in
        for try await request in requests { try await responses.write(request) }
    }
    router.handleServerStream(EchoService.flood) { request, responses, _ in
        let message = StringValue(String(repeating: "x", count: Int(request.value) ?? 0))
        while true { try await responses.write(message) }
    }
    router.handleClientStream(EchoService.deaf) { _, _ in
        try await waitUntilCancelled()
        return StringValue()
    }
    router.handleBidirectional(EchoService.breakOff) { _, responses, _ in
        for _ in 0..<2 { try await responses.write(StringValue("a")) }
        throw RPCError(.aborted, "no more")
    }
}

/// Keeps log lines.
struct LogRecorder: LogHandler {
    private final class Storage: Sendable {
        let lines = Mutex<[String]>([])
    }

    private let storage = Storage()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    var lines: [String] { storage.lines.withLock { $0 } }

    func log(event: LogEvent) {
        storage.lines.withLock { $0.append("\(event.level) \(event.message)") }
    }
}
