import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The provider's HTTP interface, as the simulated one speaks it.
struct HTTPPaymentProvider: PaymentProvider {
    /// Bytes of an answer at most.
    private static let answerBytesMax = 1 << 20
    private static let timeout = TimeAmount.seconds(10)

    let client: HTTPClient
    /// Without a slash at its end.
    let baseURL: String
    let apiKey: String

    private struct Charge: Codable {
        var id: String
        var status: String
        var declineCode: String?
        var amountMinor: Int64
        var currency: String
    }

    private struct Charges: Codable {
        var charges: [Charge]
    }

    private struct Failure: Codable {
        struct Detail: Codable {
            var code: String
            var message: String
        }
        var error: Detail
    }

    func charge(_ order: ChargeOrder) async throws(ProviderError) -> ProviderCharge {
        struct Body: Encodable {
            var amountMinor: Int64
            var currency: String
            var paymentToken: String
            var reference: String
        }
        let charge: Charge = try await send(
            .post, "/v1/charges", idempotencyKey: order.reference,
            body: Body(
                amountMinor: order.amountMinor, currency: order.currency,
                paymentToken: order.paymentToken, reference: order.reference))
        return try Self.charge(charge)
    }

    func charge(reference: String) async throws(ProviderError) -> ProviderCharge? {
        let charges: Charges = try await send(.get, "/v1/charges?reference=\(reference)")
        guard let charge = charges.charges.first else {
            return nil
        }
        return try Self.charge(charge)
    }

    func refund(_ order: RefundOrder) async throws(ProviderError) {
        struct Body: Encodable {
            var amountMinor: Int64
        }
        struct Refund: Decodable {
            var id: String
            var status: String
        }
        let refund: Refund = try await send(
            .post, "/v1/charges/\(order.chargeID)/refunds", idempotencyKey: order.idempotencyKey,
            body: Body(amountMinor: order.amountMinor))
        guard refund.status == "succeeded" else {
            throw .unknown("the refund \(refund.id) is \(refund.status)")
        }
    }

    private static func charge(_ charge: Charge) throws(ProviderError) -> ProviderCharge {
        let outcome: ProviderCharge.Outcome
        switch charge.status {
        case "captured": outcome = .captured
        case "declined": outcome = .declined(code: charge.declineCode ?? "declined")
        default: throw .unknown("the charge \(charge.id) is \(charge.status)")
        }
        return ProviderCharge(
            id: charge.id, outcome: outcome, amountMinor: charge.amountMinor,
            currency: charge.currency)
    }

    private func send<Answer: Decodable>(
        _ method: Method, _ path: String, idempotencyKey: String? = nil,
        body: (any Encodable)? = nil
    ) async throws(ProviderError) -> Answer {
        let status: UInt
        let answer: Data
        do {
            var request = HTTPClientRequest(url: baseURL + path)
            request.method = .init(rawValue: method.rawValue)
            request.headers.add(name: "authorization", value: "Bearer \(apiKey)")
            if let idempotencyKey {
                request.headers.add(name: "idempotency-key", value: idempotencyKey)
            }
            if let body {
                request.headers.add(name: "content-type", value: "application/json")
                request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
            }
            let response = try await client.execute(request, timeout: Self.timeout)
            let buffer = try await response.body.collect(upTo: Self.answerBytesMax)
            status = response.status.code
            answer = Data(buffer.readableBytesView)
        } catch {
            throw .unknown("\(error)")
        }
        switch status {
        case 200..<300:
            do {
                return try JSONDecoder().decode(Answer.self, from: answer)
            } catch {
                throw .unknown("the provider's answer cannot be read: \(error)")
            }
        case 400..<500 where status != 429:
            let failure = try? JSONDecoder().decode(Failure.self, from: answer)
            throw .refused(
                code: failure?.error.code ?? "status_\(status)",
                message: failure?.error.message ?? "")
        default:
            throw .unknown("the provider answered \(status)")
        }
    }

    private enum Method: String {
        case get = "GET"
        case post = "POST"
    }
}
