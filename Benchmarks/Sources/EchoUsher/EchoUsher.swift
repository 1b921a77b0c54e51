import Logging
import Measure
import Metrics
import RPC
import Telemetry
import Wire

/// Usher's server, and the load for every ttrpc server:
///
///     EchoUsher serve SOCKET
///     EchoUsher load SOCKET METHOD COUNT IN-FLIGHT SERVER-PROCESS
@main
struct EchoUsher {
    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "serve" {
            try await serve(path: arguments[2])
        } else if arguments.count == 7, arguments[1] == "load",
            let method = Echo.all.first(where: { $0.name == arguments[3] }),
            let count = Int(arguments[4]), let inFlight = Int(arguments[5]),
            let server = Int32(arguments[6])
        {
            try await load(path: arguments[2], method, count, inFlight, server: server)
        } else {
            stop(
                "usage: serve SOCKET | load SOCKET Unary|Suspending|Woken COUNT IN-FLIGHT SERVER-PROCESS"
            )
        }
    }

    static func serve(path: String) async throws {
        // The product's own metrics.
        MetricsSystem.bootstrap(PrometheusMetricsFactory(registry: MetricsRegistry()))
        var router = CallRouter()
        router.handle(Echo.unary) { request, _ in request }
        router.handle(Echo.suspending) { request, _ in
            await Task.yield()
            return request
        }
        let waker = Waker()
        router.handle(Echo.woken) { request, _ in
            await waker.wait()
            return request
        }
        let server = RPCServer(
            router: router, addresses: [.unix(path)], logger: Logger(label: "bench"))
        try await server.run()
    }

    static func load(
        path: String, _ method: Method<EchoMessage, EchoMessage>, _ count: Int, _ inFlight: Int,
        server: Int32
    ) async throws {
        let client = RPCClient(address: .unix(path), methods: [method])
        let request = EchoMessage.with { $0.payload = [UInt8](repeating: 0x2A, count: 64) }
        // Warm, and connected.
        for _ in 0..<2000 { _ = try await client.call(method, request, timeout: .seconds(5)) }
        try await Measure.load(count: count, inFlight: inFlight, server: server) {
            let reply = try await client.call(method, request, timeout: .seconds(5))
            guard reply == request else { stop("not the echo") }
        }
        await client.close()
    }
}
