import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import ServiceKit

/// The provider's HTTP interface, as the simulated one speaks it.
struct HTTPPaymentProvider: PaymentProvider {
    /// Bytes of an answer at most.
    private static let answerBytesMax = 1 << 20

    let client: HTTPClient
    /// Without a slash at its end.
    let baseURL: String
    let apiKey: String
    /// What it signs its webhooks with.
    let webhookSecret: SymmetricKey
    /// Time for one request and its answer.
    let timeout: Duration

    private struct Charge: Codable {
        var id: String
        var status: String
        var declineCode: String?
        var amountMinor: Int64
        var currency: String
        var reference: String
    }

    private struct Charges: Codable {
        var charges: [Charge]
    }

    private struct Refund: Codable {
        var id: String
        var status: String
        var failureCode: String?
        var reference: String
    }

    private struct Event<Object: Decodable>: Decodable {
        var data: Object
    }

    private struct EventHead: Decodable {
        var id: String
        var type: String
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

    func cancel(reference: String) async throws(ProviderError) -> ProviderCharge? {
        let charges: Charges = try await send(
            .post, "/v1/charges/cancel", body: ["reference": reference])
        guard let charge = charges.charges.first else {
            return nil
        }
        return try Self.charge(charge)
    }

    func refund(_ order: RefundOrder) async throws(ProviderError) -> ProviderRefund {
        struct Body: Encodable {
            var amountMinor: Int64
            var reference: String
        }
        let key = order.key.description
        let refund: Refund = try await send(
            .post, "/v1/charges/\(order.chargeID)/refunds", idempotencyKey: key,
            body: Body(amountMinor: order.amountMinor, reference: key))
        return try Self.refund(refund)
    }

    func event(
        _ body: [UInt8], signature: String, now: Date
    ) throws(WebhookFault) -> ProviderEvent {
        try WebhookSignature.verify(body, header: signature, secret: webhookSecret, now: now)
        do {
            let data = Data(body)
            let head = try JSONDecoder().decode(EventHead.self, from: data)
            guard (1...200).contains(head.id.utf8.count), head.type.utf8.count <= 100 else {
                throw WebhookFault.body("id or type are too long, or empty")
            }
            let news: ProviderEvent.News
            if head.type.hasPrefix("charge.") {
                let charge = try JSONDecoder().decode(Event<Charge>.self, from: data).data
                news = .charge(reference: charge.reference, try Self.charge(charge))
            } else if head.type.hasPrefix("refund.") {
                let refund = try JSONDecoder().decode(Event<Refund>.self, from: data).data
                news = .refund(key: refund.reference, try Self.refund(refund))
            } else {
                news = .other
            }
            return ProviderEvent(id: head.id, type: head.type, news: news)
        } catch {
            throw .body("\(error)")
        }
    }

    private static func charge(_ charge: Charge) throws(ProviderError) -> ProviderCharge {
        let outcome: ProviderCharge.Outcome
        switch charge.status {
        case "pending": outcome = .pending
        case "captured": outcome = .captured
        case "declined": outcome = .declined(code: charge.declineCode ?? "declined")
        default: throw .unknown("the charge \(charge.id) is \(charge.status)")
        }
        guard charge.amountMinor > 0 else {
            throw .unknown("the charge \(charge.id) is of \(charge.amountMinor)")
        }
        return ProviderCharge(
            id: charge.id, outcome: outcome, amountMinor: charge.amountMinor,
            currency: charge.currency)
    }

    private static func refund(_ refund: Refund) throws(ProviderError) -> ProviderRefund {
        let outcome: ProviderRefund.Outcome
        switch refund.status {
        case "pending": outcome = .pending
        case "succeeded": outcome = .succeeded
        case "failed": outcome = .failed(code: refund.failureCode ?? "refund_failed")
        default: throw .unknown("the refund \(refund.id) is \(refund.status)")
        }
        return ProviderRefund(id: refund.id, outcome: outcome)
    }

    /// Sends a request; one that is answered "try again later" is sent again under its key, as long
    /// as there is time.
    private func send<Answer: Decodable>(
        _ method: Method, _ path: String, idempotencyKey: String? = nil,
        body: (any Encodable)? = nil
    ) async throws(ProviderError) -> Answer {
        let deadline = ContinuousClock.now + timeout
        var pause = Duration.milliseconds(100)
        while true {
            let (status, answer) = try await exchange(
                method, path, idempotencyKey: idempotencyKey, body: body, deadline: deadline)
            switch status {
            case 200..<300:
                do {
                    return try JSONDecoder().decode(Answer.self, from: answer)
                } catch {
                    throw .unknown("the provider's answer cannot be read: \(error)")
                }
            case 400..<500 where status != 408 && status != 429:
                let failure = try? JSONDecoder().decode(Failure.self, from: answer)
                throw .refused(
                    code: failure?.error.code ?? "status_\(status)",
                    message: failure?.error.message ?? "")
            default:
                guard deadline - .now > pause * 2,
                    (try? await Task.sleep(for: pause)) != nil
                else {
                    throw .unknown("the provider answered \(status)")
                }
                pause = pause * 3
            }
        }
    }

    private func exchange(
        _ method: Method, _ path: String, idempotencyKey: String?, body: (any Encodable)?,
        deadline: ContinuousClock.Instant
    ) async throws(ProviderError) -> (status: UInt, body: Data) {
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
            let left = max(deadline - .now, .milliseconds(1))
            let response = try await client.execute(
                request, timeout: .milliseconds(left.milliseconds))
            let buffer = try await response.body.collect(upTo: Self.answerBytesMax)
            return (response.status.code, Data(buffer.readableBytesView))
        } catch {
            throw .unknown("\(error)")
        }
    }

    private enum Method: String {
        case get = "GET"
        case post = "POST"
    }
}
