import Contracts
import Foundation
import Logging
import RPC
import ServiceKit
import Wire

/// The method that takes what providers tell. Its callers need no account: the signature says who
/// they are.
struct WebhookHandler: Sendable {
    private static let bodyBytesMax = 64 * 1024

    let store: WebhookStore
    /// By the name in the webhook's address.
    let providers: [String: any PaymentProvider]
    let logger: Logger

    func register(on router: inout CallRouter) {
        router.handle(PaymentV1.PaymentService.handleWebhook, handle)
    }

    @Sendable private func handle(
        _ request: PaymentV1.HandleWebhookRequest, _ context: CallContext
    ) async throws -> PaymentV1.HandleWebhookResponse {
        guard let provider = providers[request.provider] else {
            throw RPCError.notFound(
                "provider_unknown", "there is no provider \"\(request.provider)\"")
        }
        guard request.body.count <= Self.bodyBytesMax else {
            throw RPCError.invalid(
                field: "body", "length", "at most \(Self.bodyBytesMax) bytes are taken")
        }
        let event = try read(request, provider)
        try await FailPoint.webhookBeforeRecording.reach(event.subject)
        let outcome = try await store.apply(event, from: request.provider)
        PaymentMetrics.count(event, outcome)
        try await FailPoint.webhookAfterRecording.reach(event.subject)
        if outcome == .contradiction || outcome == .unknown {
            logger.warning(
                "webhook without effect",
                metadata: [
                    "event.id": "\(event.id)", "event.type": "\(event.type)",
                    "subject": "\(event.subject)", "outcome": "\(outcome.rawValue)",
                ])
        }
        return .with { $0.alreadyKnown = outcome == .repeated }
    }

    private func read(
        _ request: PaymentV1.HandleWebhookRequest, _ provider: any PaymentProvider
    ) throws -> ProviderEvent {
        do {
            return try provider.event(request.body, signature: request.signature, now: Date())
        } catch {
            PaymentMetrics.count(webhook: "refused")
            switch error {
            case .signature:
                throw RPCError.unauthenticated(
                    "signature_invalid", "the signature is missing or not the provider's")
            case .time:
                throw RPCError.unauthenticated(
                    "timestamp_outside_tolerance",
                    "signed more than \(Int(WebhookSignature.tolerance)) s ago, or in the future")
            case .body(let why):
                throw RPCError.invalid(field: "body", "unreadable", why)
            }
        }
    }
}
