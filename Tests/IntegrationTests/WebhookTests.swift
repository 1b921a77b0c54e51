import Crypto
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import ServiceKit
import Testing

/// The provider's webhooks, as they arrive at the gateway.
@Suite("Webhooks")
struct WebhookTests {
    private static let path = "/api/payments/webhooks/simulated"

    private func body(_ id: String, padding: Int = 0) -> [UInt8] {
        let json: JSONValue = [
            "id": .string(id), "type": "charge.captured",
            "padding": .string(String(repeating: "x", count: padding)),
            "data": [
                "id": "ch_1", "status": "captured", "amountMinor": 100, "currency": "EUR",
                "reference": "pay_unknown",
            ],
        ]
        return json.bytes
    }

    private func send(
        _ platform: Platform, _ body: [UInt8], signedAt time: Date = Date(), path: String = path,
        altered: Bool = false
    ) async throws -> APIClient.Answer {
        let key = try Secrets(folder: platform.ready.secretsFolder).key(.providerWebhook)
        let seconds = Int64(time.timeIntervalSince1970)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(seconds).".utf8) + body, using: key)
        let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return try await APIClient(platform).send(
            .POST, path, bytes: altered ? body + Array(" ".utf8) : body,
            headers: [("provider-signature", "t=\(seconds),v1=\(digits)")])
    }

    @Test("Signed lately: taken, once; about a payment that nobody knows too")
    func taken() async throws {
        let platform = try await Platform.shared()
        let body = body("evt_" + UUID().uuidString)
        let first = try await send(platform, body)
        #expect(first.status == 200, "\(first.text)")
        #expect(first.json["alreadyKnown"] == false)
        let again = try await send(platform, body)
        #expect(again.json["alreadyKnown"] == true)
    }

    @Test("Altered, unsigned, replayed, from the future, too large or for nobody: refused")
    func refused() async throws {
        let platform = try await Platform.shared()
        let body = body("evt_" + UUID().uuidString)
        #expect(try await send(platform, body, altered: true).code == "signature_invalid")
        let unsigned = try await APIClient(platform).send(.POST, Self.path, bytes: body)
        #expect(unsigned.status == 401)
        for seconds in [-400.0, 400] {
            let answer = try await send(platform, body, signedAt: Date() + seconds)
            #expect(answer.status == 401)
            #expect(answer.code == "timestamp_outside_tolerance")
        }
        let large = try await send(platform, self.body("evt_1", padding: 70_000))
        #expect(large.status == 413)
        let other = try await send(platform, body, path: "/api/payments/webhooks/nobody")
        #expect(other.status == 404)
        #expect(try await send(platform, Array("[]".utf8)).status == 400)
        // None of that was remembered.
        #expect(try await send(platform, body).json["alreadyKnown"] == false)
    }
}
