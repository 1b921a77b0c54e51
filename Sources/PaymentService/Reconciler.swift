import Contracts
import Foundation
import Logging
import Metrics
import ServiceKit
import ServiceLifecycle
import Wire

/// Asks the provider about every attempt without a verdict, and gives back what is due.
struct Reconciler: Service {
    private static let batch = 50
    private static let pause = Duration.milliseconds(500)
    private static let askAgainAfter = Duration.seconds(5)
    private static let owedAgainAfter = Duration.seconds(60)
    /// An attempt that the provider has not heard of by now never reached it: its request had
    /// a time limit of 10 s.
    private static let lostAfter = TimeInterval(60)

    let store: PaymentStore
    let provider: any PaymentProvider
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let due = try await store.dueToAsk(
                        limit: Self.batch, askAgainAfter: Self.askAgainAfter)
                    for payment in due {
                        try await look(into: payment)
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("payments not reconciled", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private func look(into payment: PaymentV1.Payment) async throws {
        guard let id = PaymentID(payment.paymentID) else {
            return
        }
        do {
            if payment.state == .open {
                try await settle(payment, id)
            } else {
                try await provider.refund(
                    RefundOrder(
                        idempotencyKey: "refund-\(payment.paymentID)",
                        chargeID: payment.providerReference, amountMinor: payment.amountMinor))
                try await store.finishRefund(id)
                count(.refunded)
            }
        } catch ProviderError.refused(let code, let message) where payment.state != .open {
            try await store.markRefundOwed(id, askAgainAfter: Self.owedAgainAfter)
            count(.refundOwed)
            logger.error(
                "provider refuses a refund",
                metadata: [
                    "payment.id": "\(id)", "code": "\(code)", "error": "\(message)",
                ])
        } catch let error as ProviderError {
            logger.warning(
                "provider gave no verdict", metadata: ["payment.id": "\(id)", "error": "\(error)"])
        }
    }

    private func settle(_ payment: PaymentV1.Payment, _ id: PaymentID) async throws {
        if let charge = try await provider.charge(reference: payment.paymentID) {
            _ = try await store.settle(id, charge)
            count(charge.outcome == .captured ? .captured : .declined)
        } else if let createdAt = payment.createdAt?.date,
            Date().timeIntervalSince(createdAt) > Self.lostAfter
        {
            _ = try await store.fail(id, code: "provider_not_reached")
            count(.declined)
        }
    }

    private func count(_ state: PaymentV1.PaymentState) {
        Counter(
            label: "payments_total", dimensions: [("outcome", PaymentMetrics.outcome(state))]
        ).increment()
    }
}
