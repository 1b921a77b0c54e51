import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import NIOCore
import Testing

@testable import ProviderSimulator

@Suite("Provider's API")
struct ProviderSimulatorTests {
    private static let body = """
        {"amountMinor":5000,"currency":"EUR","paymentToken":"4242424242424242","reference":"pay_1"}
        """

    private func withClient(
        _ test: @Sendable (Client) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID()).jsonl")
        defer { try? FileManager.default.removeItem(at: path) }
        let simulator = ProviderSimulator(
            port: 0, ledgerPath: path.path, apiKey: "secret", logger: Logger(label: "t"))
        try await simulator.application().test(.router) { try await test(Client(client: $0)) }
    }

    private struct Client {
        let client: any TestClientProtocol

        func send(
            _ method: HTTPRequest.Method, _ uri: String, _ body: String? = nil,
            key: String? = nil, apiKey: String = "secret"
        ) async throws -> (status: Int, json: JSONValue) {
            var headers: HTTPFields = [.authorization: "Bearer \(apiKey)"]
            if let key, let name = HTTPField.Name("Idempotency-Key") { headers[name] = key }
            let response = try await client.execute(
                uri: uri, method: method, headers: headers,
                body: body.map { ByteBuffer(string: $0) })
            return (
                response.status.code,
                try JSONValue(parsing: Array(response.body.readableBytesView))
            )
        }
    }

    @Test("Charge, read, refund, reconcile")
    func wholeWay() async throws {
        try await withClient { client in
            let made = try await client.send(.post, "/v1/charges", Self.body, key: "k1")
            #expect(made.status == 201)
            #expect(made.json["status"] == "captured")
            let again = try await client.send(.post, "/v1/charges", Self.body, key: "k1")
            #expect(again.status == 201)
            #expect(again.json == made.json)
            let id = try #require(made.json["id"]?.string)
            let refund = try await client.send(
                .post, "/v1/charges/\(id)/refunds", "{\"amountMinor\":2000}", key: "k2")
            #expect(refund.status == 201)
            #expect(refund.json["amountMinor"] == 2000)
            let read = try await client.send(.get, "/v1/charges/\(id)")
            #expect(read.json["refundedMinor"] == 2000)
            let found = try await client.send(.get, "/v1/charges?reference=pay_1")
            #expect(found.json["charges"]?.array?.count == 1)
            let page = try await client.send(.get, "/v1/ledger?after=1")
            #expect(page.json["entries"]?.array?.first?["type"] == "refund")
            #expect(page.json["lastPosition"] == 2)
        }
    }

    @Test(
        "Refusals",
        arguments: [
            ("POST", "/v1/charges", "{", "k", 400, "invalid_request"),
            ("POST", "/v1/charges", "{\"amountMinor\":0}", "k", 400, "invalid_request"),
            ("POST", "/v1/charges", "{\"x\":0}", "k", 400, "invalid_request"),
            ("POST", "/v1/charges", "{}", "", 400, "idempotency_key_required"),
            ("GET", "/v1/charges/ch_none", "", "", 404, "charge_not_found"),
            ("GET", "/v1/charges", "", "", 400, "invalid_request"),
            ("GET", "/v1/ledger?x=1", "", "", 400, "invalid_request"),
            ("GET", "/v1/ledger?limit=0", "", "", 400, "invalid_request"),
            ("DELETE", "/v1/charges", "", "", 405, "method_not_allowed"),
            ("GET", "/v2", "", "", 404, "not_found"),
        ])
    func refusals(
        method: String, uri: String, body: String, key: String, status: Int, code: String
    ) async throws {
        try await withClient { client in
            let answer = try await client.send(
                try #require(HTTPRequest.Method(method)), uri, body.isEmpty ? nil : body,
                key: key.isEmpty ? nil : key)
            #expect(answer.status == status)
            #expect(answer.json["error"]?["code"] == .string(code))
        }
    }

    @Test("Without the API key nothing is told")
    func unauthenticated() async throws {
        try await withClient { client in
            for key in ["", "secre", "secreT", "secrets"] {
                let answer = try await client.send(.get, "/v1/ledger", apiKey: key)
                #expect(answer.status == 401)
            }
            let live = try await client.send(.get, "/health/live", apiKey: "")
            #expect(live.status == 200)
        }
    }

    @Test("A key that comes back with another body is refused, a huge body too")
    func conflicts() async throws {
        try await withClient { client in
            _ = try await client.send(.post, "/v1/charges", Self.body, key: "k1")
            let other = Self.body.replacingOccurrences(of: "5000", with: "5001")
            let conflict = try await client.send(.post, "/v1/charges", other, key: "k1")
            #expect(conflict.status == 422)
            let huge = String(repeating: " ", count: 20000) + Self.body
            let tooLarge = try await client.send(.post, "/v1/charges", huge, key: "k9")
            #expect(tooLarge.status == 413)
        }
    }
}
