import Contracts
import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import NIOCore
import RPC
import ServiceKit
import ServiceLifecycle
import Testing
import Wire

@testable import Gateway

/// The gateway before a server that answers for all five services.
enum FakePlatform {
    /// Tokens "buyer", "organiser" and "admin" are good for that role.
    static let tokens: GatewayResponder.TokenCheck = { token in
        guard let role = Role(rawValue: token) else {
            throw RPCError(
                .unauthenticated, "not valid",
                detail: RPCV1.ErrorDetail.with { $0.code = "token_invalid" })
        }
        return [role]
    }

    /// Rates that no test reaches by accident.
    static var roomy: RateLimiter.Configuration {
        var rates = RateLimiter.Configuration()
        rates.api = RateBudget(perSecond: 1e6, burst: 1e6)
        rates.logIn = rates.api
        rates.page = rates.api
        rates.live = rates.api
        return rates
    }

    static func run(
        rates: RateLimiter.Configuration = roomy, proxies: [AddressRange] = [],
        uploadsMax: Int = 4, live: LiveSeats.Limits = .init(), setup: TestingSetup = .router,
        register: (inout CallRouter) -> Void = { _ in },
        test: @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let path = "/tmp/usher-gw-\(UUID().uuidString.prefix(8)).sock"
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var router = CallRouter()
        register(&router)
        let server = RPCServer(router: router, addresses: [.unix(path)], logger: logger)
        let client = RPCClient(address: .unix(path))
        let responder = GatewayResponder(
            table: RouteTable(Routes.all),
            backends: Backends(
                auth: client, event: client, booking: client, payment: client,
                notification: client),
            tokens: tokens, limiter: RateLimiter(rates), proxies: ProxyTrust(proxies),
            uploads: UploadSlots(uploadsMax), live: LiveSeats(event: client, limits: live),
            pages: Pages(logger: logger), logger: logger)
        let services = ServiceGroup(
            configuration: .init(services: [.init(service: server)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            _ = try await server.waitUntilListening()
            do {
                try await Application(
                    responder: responder, services: [responder.live], logger: logger
                ).test(setup, test)
            } catch {
                await client.close()
                await services.triggerGracefulShutdown()
                throw error
            }
            await client.close()
            await services.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

extension TestClientProtocol {
    func send(
        _ method: HTTPRequest.Method, _ uri: String, token: String? = nil, body: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if body != nil, headers[.contentType] == nil {
            headers[.contentType] = "application/json"
        }
        return try await execute(
            uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
    }
}

extension TestResponse {
    var json: JSONValue {
        get throws { try JSONValue(parsing: Array(body.readableBytesView)) }
    }
}

/// The body of a response that is in memory.
enum ResponseReading {
    private final class Sink: ResponseBodyWriter {
        var bytes = ByteBuffer()
        func write(_ buffer: ByteBuffer) async throws { bytes.writeImmutableBuffer(buffer) }
        func finish(_ trailers: HTTPFields?) async throws {}
    }

    static func json(_ response: Response) async throws -> JSONValue {
        let sink = Sink()
        try await response.body.write(sink)
        return try JSONValue(parsing: Array(sink.bytes.readableBytesView))
    }
}
