import Contracts
import HTTPTypes
import HummingbirdCore
import HummingbirdTesting
import JSON
import NIOCore
import RPC
import ServiceContextModule
import Testing
import Wire

@testable import Gateway

@Suite("Gateway, request by request")
struct GatewayResponderTests {
    private static func registerEvents(_ router: inout CallRouter) {
        router.handle(EventV1.EventService.listEvents) { request, _ in
            .with {
                $0.nextPageToken = "\(request.pageSize)/\(request.pageToken)"
            }
        }
        router.handle(EventV1.EventService.holdSeats) { request, context in
            .with {
                $0.hold = .with {
                    $0.holdID = "hld_1"
                    $0.eventID = request.eventID
                    $0.token = context.metadata["authorization"] ?? "none"
                    $0.currency = context.metadata["idempotency-key"] ?? "none"
                }
            }
        }
        router.handle(EventV1.EventService.releaseHold) { _, _ in .init() }
        router.handle(EventV1.EventService.getEvent) { request, _ in
            .with {
                $0.event = .with {
                    $0.eventID = request.eventID
                    $0.title = ServiceContext.current?.traceParent?.traceID ?? "none"
                }
            }
        }
        router.handle(EventV1.EventService.getSeatState) { _, context in
            guard context.deadline != nil else { throw RPCError(.internal, "no deadline") }
            try await Task.sleep(for: .seconds(600))
            return .init()
        }
    }

    private func run(_ test: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        try await FakePlatform.run(register: Self.registerEvents, test: test)
    }

    @Test("Query in, message out; zero values and empty lists are written")
    func list() async throws {
        try await run { client in
            let response = try await client.send(.get, "/api/events?pageSize=7&pageToken=a%2Fb")
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "application/json")
            #expect(try response.json == ["events": [], "nextPageToken": "7/a/b"])
        }
    }

    @Test("What is made has an address; the user's token and idempotency key travel on")
    func create() async throws {
        try await run { client in
            let response = try await client.send(
                .post, "/api/events/evt_1/holds", token: "buyer",
                body: "{\"seats\":[{\"seatGuid\":\"g\"}]}", headers: [.idempotencyKey: "key-1"])
            #expect(response.status == .created)
            #expect(response.headers[.location] == "/api/events/evt_1/holds/hld_1")
            #expect(try response.json["hold"]?["token"] == "Bearer buyer")
            #expect(try response.json["hold"]?["currency"] == "key-1")
            #expect(try response.json["hold"]?["totalMinor"] == "0")
            let release = try await client.send(
                .delete, "/api/events/evt_1/holds/hld_1", token: "buyer")
            #expect(release.status == .noContent)
            #expect(release.body.readableBytes == 0)
        }
    }

    @Test("A body that contradicts the address is refused")
    func contradiction() async throws {
        try await run { client in
            let response = try await client.send(
                .post, "/api/events/evt_1/holds", token: "buyer", body: "{\"eventId\":\"evt_2\"}")
            #expect(response.status == .badRequest)
            #expect(try response.json["reasons"]?.array?.first?["subject"] == "eventId")
        }
    }

    @Test(
        "Refusals are problems with a stable code",
        arguments: [
            Refusal("GET", "/api/nothing", 404, "not_found"),
            Refusal("GET", "/no-such-page", 404, "not_found"),
            Refusal("PUT", "/api/events", 405, "method_not_allowed"),
            Refusal("OPTIONS", "/api/events", 405, "method_not_allowed"),
            Refusal("POST", "/", 405, "method_not_allowed"),
            Refusal("GET", "/api/events?page=1", 400, "unknown_parameter"),
            Refusal("GET", "/api/events?pageSize=x", 400, "invalid_parameter"),
            Refusal("GET", "/api/bookings", 401, "token_missing"),
            Refusal("GET", "/api/bookings", 401, "token_invalid", token: "nobody"),
            Refusal("POST", "/api/events", 403, "role_missing", token: "buyer", body: "{}"),
            Refusal("POST", "/api/auth/users", 403, "role_missing", token: "organiser", body: "{}"),
            Refusal("GET", "/api/payments", 400, "invalid_parameter", token: "buyer"),
            Refusal("POST", "/api/auth/login", 400, "invalid_body", body: "{"),
            Refusal("POST", "/api/auth/login", 400, "invalid_body", body: "{\"mail\":\"a\"}"),
            Refusal("POST", "/api/auth/login", 501, "unimplemented", body: "{}"),
            Refusal("POST", "/api/events", 501, "unimplemented", token: "admin", body: "{}"),
        ])
    func refusals(refusal: Refusal) async throws {
        try await run { client in
            let response = try await client.send(
                try #require(HTTPRequest.Method(refusal.method)), refusal.uri,
                token: refusal.token, body: refusal.body)
            #expect(response.status.code == refusal.status)
            #expect(response.headers[.contentType] == "application/problem+json")
            #expect(try response.json["code"] == .string(refusal.code))
            #expect(
                try response.json["requestId"]?.string == response.headers[.requestID])
            if refusal.status == 405 { #expect(response.headers[.allow] != nil) }
            if refusal.status == 401 {
                #expect(response.headers[.wwwAuthenticate] == "Bearer")
            }
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let method, uri, code: String
        let status: Int
        let token, body: String?

        init(
            _ method: String, _ uri: String, _ status: Int, _ code: String, token: String? = nil,
            body: String? = nil
        ) {
            self.method = method
            self.uri = uri
            self.status = status
            self.code = code
            self.token = token
            self.body = body
        }

        var testDescription: String { "\(method) \(uri) → \(status) \(code)" }
    }

    @Test("A field that is wrong is told by its path")
    func fieldPath() async throws {
        try await run { client in
            let response = try await client.send(
                .post, "/api/events/e/holds", token: "buyer",
                body: "{\"seats\":[{\"seatGuid\":\"a\"},{\"seatGuid\":7}]}")
            #expect(response.status == .badRequest)
            #expect(try response.json["reasons"]?.array?.first?["subject"] == "seats[1].seatGuid")
        }
    }

    @Test("Bodies must be JSON and have a limit, whether their length is told or not")
    func bodies() async throws {
        try await run { client in
            let plain = try await client.send(
                .post, "/api/auth/login", body: "{}", headers: [.contentType: "text/plain"])
            #expect(plain.status == .unsupportedMediaType)
            let charset = try await client.send(
                .post, "/api/auth/login", body: "{}",
                headers: [.contentType: "Application/JSON; charset=utf-8"])
            #expect(charset.status == .notImplemented)
            let huge = String(repeating: " ", count: 300 * 1024) + "{}"
            let large = try await client.send(.post, "/api/auth/login", body: huge)
            #expect(large.status == .contentTooLarge)
            #expect(try large.json["code"] == "body_too_large")
        }
    }

    @Test("HEAD is GET without a body")
    func head() async throws {
        try await run { client in
            let response = try await client.send(.head, "/api/events")
            #expect(response.status == .ok)
            #expect(response.body.readableBytes == 0)
            let page = try await client.send(.head, "/")
            #expect(page.status == .ok)
            #expect(page.body.readableBytes == 0)
        }
    }

    @Test(
        "No path leads out of the pages' folder",
        arguments: [
            "/../openapi.yaml", "/js/../../openapi.yaml", "/%2e%2e/openapi.yaml",
            "/..%2fopenapi.yaml", "//etc/passwd", "/js/", "/.git/config",
        ])
    func traversal(path: String) async throws {
        try await run { client in
            let response = try await client.send(.get, path)
            #expect((400...404).contains(response.status.code))
            #expect(response.headers[.contentType] == "application/problem+json")
        }
    }

    @Test("The pages, their parts and the API's description are served as what they are")
    func pages() async throws {
        try await run { client in
            for (path, type) in [
                ("/", "text/html"), ("/event.html", "text/html"), ("/css/usher.css", "text/css"),
                ("/js/api.js", "javascript"), ("/openapi.yaml", ""),
            ] {
                let response = try await client.send(.get, path)
                #expect(response.status == .ok, "\(path)")
                #expect(response.body.readableBytes > 0)
                if !type.isEmpty {
                    #expect(response.headers[.contentType]?.contains(type) == true, "\(path)")
                }
            }
        }
    }

    @Test("The trace goes on to the service and comes back; so does a plain request id")
    func trace() async throws {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        try await run { client in
            let response = try await client.send(
                .get, "/api/events/evt_1",
                headers: [.traceparent: "00-\(trace)-00f067aa0ba902b7-01", .requestID: "my-id.1"])
            #expect(try response.json["event"]?["title"] == .string(trace))
            #expect(response.headers[.requestID] == "my-id.1")
            let back = try #require(response.headers[.traceparent])
            #expect(back.hasPrefix("00-\(trace)-"))
            #expect(!back.contains("00f067aa0ba902b7"))
            let other = try await client.send(
                .get, "/api/events/evt_1", headers: [.traceparent: "junk", .requestID: "no\"pe"])
            let id = try #require(other.headers[.requestID])
            #expect(id.count == 32)
            #expect(try other.json["event"]?["title"] == .string(id))
        }
    }

    @Test("A caller's timeout reaches the service's call")
    func timeout() async throws {
        try await run { client in
            let response = try await client.send(
                .get, "/api/events/evt_1/seats", headers: [.grpcTimeout: "50m"])
            #expect(response.status == .gatewayTimeout)
            let broken = try await client.send(
                .get, "/api/events/evt_1/seats", headers: [.grpcTimeout: "soon"])
            #expect(broken.status == .badRequest)
            #expect(try broken.json["code"] == "invalid_header")
        }
    }

    @Test("Every response carries the security headers; the API's are not stored")
    func securityHeaders() async throws {
        try await run { client in
            for uri in ["/", "/api/events", "/api/nothing", "/openapi.yaml"] {
                let response = try await client.send(.get, uri)
                let policy = response.headers[.contentSecurityPolicy]
                #expect(policy?.contains("default-src 'none'") == true)
                #expect(policy?.contains("unsafe") == false)
                #expect(response.headers[.contentTypeOptions] == "nosniff")
                #expect(response.headers[.referrerPolicy] != nil)
                let isAPI = uri.hasPrefix("/api")
                #expect((response.headers[.cacheControl] == "no-store") == isAPI)
                #expect(response.headers[.accessControlAllowOrigin] == nil)
            }
        }
    }
}
