import Contracts
import Foundation
import Logging
import Metrics
import ServiceKit
import ServiceLifecycle
import Synchronization
import Wire

/// Asks the provider about every attempt without a verdict, and asks for the refunds that are due:
/// many at once, so that one that hangs does not keep the others.
struct Reconciler: Service {
    static let atOnce = 64
    /// Room for so many is waited for before more is looked for: a look costs a commit.
    private static let roomMin = 16
    private static let pause = Duration.milliseconds(200)
    /// Rounds between two looks at what is left.
    private static let roundsOfGauges = 25

    let store: PaymentStore
    let refunds: RefundStore
    let webhooks: WebhookStore
    let provider: any PaymentProvider
    let timing: PaymentTiming
    let logger: Logger
    private let rounds = Counter(label: "reconciler_rounds_total")
    private let batcher: RefundBatcher

    init(
        store: PaymentStore, refunds: RefundStore, webhooks: WebhookStore,
        provider: any PaymentProvider, timing: PaymentTiming, logger: Logger
    ) {
        self.store = store
        self.refunds = refunds
        self.webhooks = webhooks
        self.provider = provider
        self.timing = timing
        self.logger = logger
        batcher = RefundBatcher(logger: logger) { try await refunds.record($0, timing) }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let busy = Busy()
                var round = 0
                while !Task.isCancelled {
                    let room = Self.atOnce - busy.count.load(ordering: .relaxed)
                    let work = room >= Self.roomMin ? await due(room) : []
                    busy.count.wrappingAdd(work.count, ordering: .relaxed)
                    for item in work {
                        group.addTask { [self] in
                            await self.look(into: item)
                            busy.count.wrappingSubtract(1, ordering: .relaxed)
                        }
                    }
                    if round % Self.roundsOfGauges == 0 {
                        await measure()
                    }
                    round += 1
                    // Full hands: there is more.
                    let isMore = room < Self.roomMin || work.count >= room
                    try? await Task.sleep(for: isMore ? .milliseconds(5) : Self.pause)
                }
            }
        }
    }

    /// How many are being looked into.
    private final class Busy: Sendable {
        let count = Atomic<Int>(0)
    }

    private enum Item: Sendable {
        case attempt(PaymentV1.Payment)
        case refund(RefundStore.Due)
    }

    private func due(_ room: Int) async -> [Item] {
        do {
            let attempts = try await store.dueToAsk(limit: room, timing).map(Item.attempt)
            rounds.increment()
            guard attempts.count < room else {
                return attempts
            }
            let refunds = try await refunds.dueToAsk(limit: room - attempts.count, timing)
            return attempts + refunds.map(Item.refund)
        } catch {
            logger.warning("nothing reconciled", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func look(into item: Item) async {
        do {
            switch item {
            case .attempt(let payment): try await settle(payment)
            case .refund(let due): try await giveBack(due)
            }
        } catch {
            // Put off already; it comes again.
            logger.warning("not reconciled", metadata: ["error": "\(error)"])
        }
    }

    private func settle(_ payment: PaymentV1.Payment) async throws {
        guard let id = PaymentID(payment.paymentID), let createdAt = payment.createdAt?.date else {
            return
        }
        try await FailPoint.reconcileBeforeProvider.reach(payment.bookingID)
        let isLost =
            Date().timeIntervalSince(createdAt) > timing.lostAfter.inSeconds
        let charge =
            isLost
            ? try await provider.cancel(reference: payment.paymentID)
            : try await provider.charge(reference: payment.paymentID)
        try await FailPoint.reconcileAfterProvider.reach(payment.bookingID)
        if let charge {
            _ = try await store.settle(id, charge)
        } else if isLost {
            _ = try await store.fail(id, code: "provider_not_reached")
        }
    }

    private func giveBack(_ due: RefundStore.Due) async throws {
        try await FailPoint.refundBeforeProvider.reach(due.refund.bookingID)
        let answer = await ask(due.order)
        try await FailPoint.refundAfterProvider.reach(due.refund.bookingID)
        guard let answer else {
            return
        }
        try await batcher.record(.init(key: due.order.key, answer: answer))
        PaymentMetrics.count(answer.outcome)
        try await FailPoint.refundAfterRecording.reach(due.refund.bookingID)
        if case .failed(let code) = answer.outcome {
            logger.error(
                "provider refuses a refund",
                metadata: [
                    "refund.id": "\(due.refund.refundID)", "payment.id": "\(due.refund.paymentID)",
                    "code": "\(code)",
                ])
        }
    }

    /// Nil where there was no verdict.
    private func ask(_ order: RefundOrder) async -> ProviderRefund? {
        do {
            return try await provider.refund(order)
        } catch {
            switch error {
            case .refused(let code, _):
                return ProviderRefund(id: "", outcome: .failed(code: code))
            case .unknown(let why):
                logger.warning(
                    "provider gave no verdict",
                    metadata: ["refund.key": "\(order.key)", "error": "\(why)"])
                return nil
            }
        }
    }

    private func measure() async {
        do {
            PaymentMetrics.record(try await store.backlog())
            try await webhooks.forgetOld()
        } catch {
            logger.warning("backlog not measured", metadata: ["error": "\(error)"])
        }
    }
}
