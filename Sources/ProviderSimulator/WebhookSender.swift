import AsyncHTTPClient
import Crypto
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Telemetry

/// Tells the merchant what happens, by signed and time-stamped HTTP requests. What is not taken
/// is sent again, a bounded number of times; what waits when the process ends is lost, as webhooks
/// are: a merchant asks.
actor WebhookSender: Service {
    /// Deliveries that may wait; the oldest is lost for one more.
    static let waitingMax = 100_000
    /// Times that one is sent, counting the first.
    static let attemptsMax = 6
    private static let atOnce = 64
    private static let tick = Duration.milliseconds(20)

    private struct Delivery {
        let event: WebhookEvent
        var dueAt: ContinuousClock.Instant
        var attempt = 1
    }

    private let url: String
    private let secret: SymmetricKey
    private let client: HTTPClient
    private let logger: Logger
    /// By the time they are due.
    private var waiting: [Delivery] = []
    private var inFlight = 0

    /// A sender to one address.
    ///
    /// - Parameters:
    ///   - url: where the merchant takes webhooks.
    ///   - secret: shared with the merchant; signs.
    init(url: String, secret: SymmetricKey, client: HTTPClient, logger: Logger) {
        self.url = url
        self.secret = secret
        self.client = client
        self.logger = logger
    }

    /// Puts an event in the queue.
    func send(_ event: WebhookEvent, after delay: Duration) {
        queue(Delivery(event: event, dueAt: .now + delay))
    }

    private func queue(_ delivery: Delivery) {
        if waiting.count >= Self.waitingMax { waiting.removeFirst() }
        let index = waiting.firstIndex { $0.dueAt > delivery.dueAt } ?? waiting.endIndex
        waiting.insert(delivery, at: index)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    let due = await self.takeDue()
                    for delivery in due {
                        group.addTask { await self.deliver(delivery) }
                    }
                    if due.isEmpty { try? await Task.sleep(for: Self.tick) }
                }
            }
        }
    }

    private func takeDue() -> [Delivery] {
        let now = ContinuousClock.now
        let due = Array(waiting.prefix(Self.atOnce - inFlight).prefix { $0.dueAt <= now })
        waiting.removeFirst(due.count)
        inFlight += due.count
        return due
    }

    private func deliver(_ delivery: Delivery) async {
        defer { inFlight -= 1 }
        let body = delivery.event.bytes
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(
            name: Self.signatureHeader,
            value: Self.signature(of: body, at: Date(), secret: secret))
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(request, timeout: .seconds(5))
            if (200..<300).contains(Int(response.status.code)) { return }
            again(delivery, "answered \(response.status.code)")
        } catch {
            again(delivery, "\(error)")
        }
    }

    private func again(_ delivery: Delivery, _ reason: String) {
        guard delivery.attempt < Self.attemptsMax, !Task.isCancelled else {
            logger.warning(
                "webhook not taken",
                metadata: ["event.id": "\(delivery.event.id)", "error": "\(reason)"])
            return
        }
        var next = delivery
        next.dueAt = .now + .milliseconds(200) * (1 << (delivery.attempt * 2 - 2))
        next.attempt += 1
        queue(next)
    }

    /// Header field of the signature.
    static let signatureHeader = "provider-signature"

    /// `t=<unix seconds>,v1=<hexadecimal>`: HMAC-SHA-256 over the time, a full stop and the body
    /// as it is sent.
    static func signature(of body: [UInt8], at time: Date, secret: SymmetricKey) -> String {
        let seconds = Int64(time.timeIntervalSince1970)
        var mac = HMAC<SHA256>(key: secret)
        mac.update(data: Data("\(seconds).".utf8))
        mac.update(data: body)
        let digits = mac.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "t=\(seconds),v1=\(digits)"
    }
}
