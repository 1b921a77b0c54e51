import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Measure

/// grpc-swift-2's server and client, for messages that are bytes:
///
///     EchoGRPC serve SOCKET
///     EchoGRPC load SOCKET METHOD COUNT IN-FLIGHT SERVER-PROCESS
@main
struct EchoGRPC {
    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "serve" {
            try await serve(path: arguments[2])
        } else if arguments.count == 7, arguments[1] == "load", let count = Int(arguments[4]),
            let inFlight = Int(arguments[5]), let server = Int32(arguments[6])
        {
            try await load(
                path: arguments[2], method: arguments[3], count, inFlight, server: server)
        } else {
            stop(
                "usage: serve SOCKET | load SOCKET Unary|Suspending|Woken COUNT IN-FLIGHT SERVER-PROCESS"
            )
        }
    }

    static func serve(path: String) async throws {
        let server = GRPCServer(
            transport: .http2NIOPosix(
                address: .unixDomainSocket(path: path), transportSecurity: .plaintext),
            services: [EchoService()])
        try await server.serve()
    }

    static func load(
        path: String, method: String, _ count: Int, _ inFlight: Int, server: Int32
    ) async throws {
        let descriptor = MethodDescriptor(fullyQualifiedService: "bench.Echo", method: method)
        let payload = [UInt8](repeating: 0x2A, count: 64)
        try await withGRPCClient(
            transport: .http2NIOPosix(
                target: .unixDomainSocket(path: path), transportSecurity: .plaintext)
        ) { client in
            var options = CallOptions.defaults
            options.timeout = .seconds(5)
            let call: @Sendable () async throws -> Void = { [options] in
                let reply = try await client.unary(
                    request: ClientRequest(message: payload), descriptor: descriptor,
                    serializer: Bytes(), deserializer: Bytes(), options: options
                ) { try $0.message }
                guard reply == payload else { stop("not the echo") }
            }
            for _ in 0..<2000 { try await call() }
            try await Measure.load(count: count, inFlight: inFlight, server: server, call)
        }
    }
}

struct EchoService: RegistrableRPCService {
    private let waker = Waker()

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        for method in ["Unary", "Suspending", "Woken"] {
            router.registerHandler(
                forMethod: MethodDescriptor(fullyQualifiedService: "bench.Echo", method: method),
                deserializer: Bytes(), serializer: Bytes()
            ) { [waker] request, context in
                let message = try await ServerRequest(stream: request).message
                switch method {
                case "Suspending": await Task.yield()
                case "Woken": await waker.wait()
                default: break
                }
                return StreamingServerResponse(single: ServerResponse(message: message))
            }
        }
    }
}

/// A message that is its bytes.
struct Bytes: MessageSerializer, MessageDeserializer {
    func serialize<Target: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Target {
        Target(message)
    }

    func deserialize<Source: GRPCContiguousBytes>(_ bytes: Source) throws -> [UInt8] {
        bytes.withUnsafeBytes { [UInt8]($0) }
    }
}
