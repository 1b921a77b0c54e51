import Contracts
import Foundation
import Logging
import Postgres
import ServiceKit
import TestSupport
import Testing
import Wire

@testable import PaymentService

/// A database of its own with this service's tables.
struct PaymentFixture {
    let pool: PostgresPool
    let payments: PaymentStore
    let refunds: RefundStore
    let webhooks: WebhookStore
    let timing: PaymentTiming

    static func with<T>(
        _ name: String = #function, _ body: (PaymentFixture) async throws -> T
    ) async throws -> T {
        let configuration = try await PostgresServer.shared.makeDatabase(name)
        try await PostgresMigrator(directory: PaymentService.migrations).migrate(configuration)
        return try await PostgresPool.withPool(configuration, logger: Logger(label: "test")) {
            try await body(PaymentFixture($0))
        }
    }

    private init(_ pool: PostgresPool) {
        self.pool = pool
        payments = PaymentStore(pool: pool, feed: FeedStore(pool: pool))
        refunds = RefundStore(pool: pool, feed: payments.feed)
        timing = PaymentTiming()
        webhooks = WebhookStore(payments: payments, refunds: refunds, timing: timing)
    }

    /// An attempt of a booking over 50.00 EUR.
    func open(_ booking: BookingID = BookingID()) async throws -> PaymentID {
        let id = PaymentID()
        let opened = try await pool.transaction { transaction in
            try await payments.open(
                id,
                of: .with {
                    $0.totalMinor = 5000
                    $0.currency = "EUR"
                }, booking, payer: UserID(), timing, in: transaction)
        }
        _ = try #require(opened)
        return id
    }

    static let capture = ProviderCharge(
        id: "ch_1", outcome: .captured, amountMinor: 5000, currency: "EUR")

    func captured() async throws -> PaymentID {
        let id = try await open()
        _ = try await payments.settle(id, Self.capture)
        return id
    }

    func due(_ payment: PaymentID, _ refund: String, _ amount: Int64) async throws {
        try await pool.transaction { transaction in
            let fact = BookingV1.RefundDue.with {
                $0.paymentID = payment.description
                $0.refundID = refund
                $0.amountMinor = amount
                $0.reason = "booking_cancelled"
            }
            try await refunds.start([(fact, 7)], in: transaction)
        }
    }

    /// Writes a verdict; returns how many facts it leads to.
    func record(_ key: RefundKey, _ answer: ProviderRefund) async throws -> Int {
        try await refunds.record([.init(key: key, answer: answer)], timing)
    }

    func facts() async throws -> [PaymentV1.FeedEntry.Fact?] {
        let page: PaymentV1.ReadFeedResponse = try await payments.feed.read(
            PaymentV1.ReadFeedRequest())
        return page.entries.map(\.fact)
    }
}

@Suite("Attempts to pay, in the database")
struct PaymentStoreTests {
    @Test("One open attempt per booking; a declined one makes room")
    func oneOpen() async throws {
        try await PaymentFixture.with { fixture in
            let booking = BookingID()
            let first = try await fixture.open(booking)
            let second = try await fixture.pool.transaction { transaction in
                try await fixture.payments.open(
                    PaymentID(), of: .with { $0.totalMinor = 1 }, booking, payer: UserID(),
                    fixture.timing, in: transaction)
            }
            #expect(second == nil)
            _ = try await fixture.payments.fail(first, code: "card_declined")
            _ = try await fixture.open(booking)
        }
    }

    @Test("A verdict takes effect once; another verdict afterwards changes nothing")
    func once() async throws {
        try await PaymentFixture.with { fixture in
            let id = try await fixture.captured()
            _ = try await fixture.payments.settle(id, PaymentFixture.capture)
            let after = try await fixture.payments.fail(id, code: "late")
            #expect(after?.state == .captured)
            #expect(try await fixture.facts().count == 1)
        }
    }

    @Test("What the provider has taken counts, not what it was asked for")
    func amount() async throws {
        try await PaymentFixture.with { fixture in
            let id = try await fixture.open()
            var charge = PaymentFixture.capture
            charge.amountMinor = 4999
            let payment = try await fixture.payments.settle(id, charge)
            #expect(payment?.amountMinor == 4999)
        }
    }

    @Test("An attempt is due when its answer has not come, and is put off while it is looked into")
    func due() async throws {
        try await PaymentFixture.with { fixture in
            let id = try await fixture.open()
            #expect(try await fixture.payments.dueToAsk(limit: 9, fixture.timing).isEmpty)
            try await fixture.pool.query("UPDATE payments SET ask_at = now()")
            let due = try await fixture.payments.dueToAsk(limit: 9, fixture.timing)
            #expect(due.map(\.paymentID) == [id.description])
            #expect(try await fixture.payments.dueToAsk(limit: 9, fixture.timing).isEmpty)
        }
    }

    @Test("Before its booking expires it is asked about once more")
    func beforeExpiry() async throws {
        try await PaymentFixture.with { fixture in
            var timing = PaymentTiming()
            timing.providerTimeout = .milliseconds(1)
            timing.askAfter = .seconds(3000)
            let payBy = Date() + 600
            _ = try await fixture.pool.transaction { [timing] transaction in
                try await fixture.payments.open(
                    PaymentID(),
                    of: .with {
                        $0.totalMinor = 1
                        $0.payBy = Timestamp(payBy)
                    }, BookingID(), payer: UserID(), timing, in: transaction)
            }
            let rows = try await fixture.pool.query("SELECT ask_at FROM payments")
            let askAt = try #require(try rows.first?.decode("ask_at", as: Date.self))
            #expect(abs(askAt.timeIntervalSince(payBy) + 5) < 0.01)
        }
    }
}

@Suite("Refunds, in the database")
struct RefundStoreTests {
    private let succeeded = ProviderRefund(id: "re_1", outcome: .succeeded)
    private let failed = ProviderRefund(id: "re_1", outcome: .failed(code: "refund_declined"))

    @Test("One refund per id, however often it is told; the parts add up to all")
    func parts() async throws {
        try await PaymentFixture.with { fixture in
            let id = try await fixture.captured()
            for _ in 0..<3 { try await fixture.due(id, "rfd_a", 2000) }
            try await fixture.due(id, "rfd_b", 3000)
            #expect(try await fixture.payments.payment(id)?.state == .refunding)
            let due = try await fixture.refunds.dueToAsk(limit: 9, fixture.timing)
            #expect(due.map(\.order.amountMinor).sorted() == [2000, 3000])
            #expect(due.allSatisfy { $0.order.chargeID == "ch_1" })
            #expect(try await fixture.refunds.dueToAsk(limit: 9, fixture.timing).isEmpty)

            let a = RefundKey(refund: "rfd_a", refusals: 0)
            #expect(try await fixture.record(a, succeeded) == 1)
            #expect(try await fixture.record(a, succeeded) == 0)
            #expect(try await fixture.payments.payment(id)?.refundedMinor == 2000)
            let b = RefundKey(refund: "rfd_b", refusals: 0)
            #expect(try await fixture.record(b, succeeded) == 1)
            let payment = try await fixture.payments.payment(id)
            #expect(payment?.state == .refunded)
            #expect(payment?.refundedMinor == 5000)
            #expect(try await fixture.facts().count == 3)
        }
    }

    @Test("Many at once: each told once, whatever is known already, and one that cannot be alone")
    func together() async throws {
        try await PaymentFixture.with { fixture in
            var verdicts: [RefundBatcher.Verdict] = []
            var dues: [(fact: BookingV1.RefundDue, position: UInt64)] = []
            for number in 0..<20 {
                let id = try await fixture.captured()
                for part in 0..<2 {
                    let refund = "rfd_\(number)_\(part)"
                    let fact = BookingV1.RefundDue.with {
                        $0.paymentID = id.description
                        $0.refundID = refund
                        $0.amountMinor = 2500
                        $0.reason = "event_cancelled"
                    }
                    dues.append((fact, UInt64(number)))
                    verdicts.append(
                        .init(key: RefundKey(refund: refund, refusals: 0), answer: succeeded))
                }
            }
            // Told twice, within one page too.
            for _ in 0..<2 {
                try await fixture.pool.transaction { [dues] transaction in
                    try await fixture.refunds.start(dues + dues.prefix(3), in: transaction)
                }
            }
            let refusal = RefundBatcher.Verdict(
                key: RefundKey(refund: "rfd_0_0", refusals: 0), answer: failed)
            #expect(try await fixture.refunds.record([refusal], fixture.timing) == 1)
            // The first is asked for under another key by now.
            #expect(try await fixture.refunds.record(verdicts, fixture.timing) == 39)
            #expect(try await fixture.refunds.record(verdicts, fixture.timing) == 0)
            let states = try await fixture.pool.query("SELECT state FROM payments").map {
                try $0.decode("state", as: String.self)
            }
            #expect(states.filter { $0 == "refund_owed" }.count == 1)
            #expect(states.filter { $0 == "refunded" }.count == 19)
            // Of facts that come together, one without a payment is found.
            let unknown = BookingV1.RefundDue.with {
                $0.paymentID = PaymentID().description
                $0.refundID = "rfd_x"
                $0.amountMinor = 1
            }
            await #expect(throws: UnreadableFact.self) {
                try await fixture.pool.transaction { [dues] transaction in
                    try await fixture.refunds.start(dues + [(unknown, 99)], in: transaction)
                }
            }
        }
    }

    @Test("A part that went back leaves the rest captured")
    func partly() async throws {
        try await PaymentFixture.with { fixture in
            let id = try await fixture.captured()
            try await fixture.due(id, "rfd_a", 2000)
            _ = try await fixture.record(RefundKey(refund: "rfd_a", refusals: 0), succeeded)
            #expect(try await fixture.payments.payment(id)?.state == .captured)
        }
    }

    @Test("More than was captured never goes back: the database refuses, not the code alone")
    func tooMuch() async throws {
        try await PaymentFixture.with { fixture in
            let id = try await fixture.captured()
            try await fixture.due(id, "rfd_a", 3000)
            await #expect(throws: PostgresError.self) {
                try await fixture.due(id, "rfd_b", 2001)
            }
            await #expect(throws: PostgresError.self) {
                try await fixture.pool.query(
                    "UPDATE refunds SET amount_minor = 5001 WHERE id = 'rfd_a'")
            }
            await #expect(throws: PostgresError.self) {
                try await fixture.pool.query("DELETE FROM refunds")
            }
            #expect(try await fixture.refunds.refunds(of: id).map(\.amountMinor) == [3000])
            // An attempt without money has none to give back.
            let open = try await fixture.open()
            await #expect(throws: UnreadableFact.self) {
                try await fixture.due(open, "rfd_c", 1)
            }
        }
    }

    @Test("A refusal is owed, told once, and asked for again under another key until it succeeds")
    func owed() async throws {
        try await PaymentFixture.with { fixture in
            let id = try await fixture.captured()
            try await fixture.due(id, "rfd_a", 5000)
            for refusals in 0..<3 {
                try await fixture.pool.query("UPDATE refunds SET ask_at = now()")
                let due = try await fixture.refunds.dueToAsk(limit: 9, fixture.timing)
                #expect(due.map(\.order.key.description) == ["rfd_a.\(refusals)"])
                let key = RefundKey(refund: "rfd_a", refusals: refusals)
                _ = try await fixture.record(key, failed)
                // A webhook tells the same; it counts once.
                _ = try await fixture.record(key, failed)
            }
            #expect(try await fixture.payments.payment(id)?.state == .refundOwed)
            let owed = try await fixture.refunds.owed(after: "", limit: 10)
            #expect(owed.map(\.refusals) == [3])
            #expect(owed.map(\.failureCode) == ["refund_declined"])
            #expect(try await fixture.refunds.owed(after: "rfd_a", limit: 10).isEmpty)
            _ = try await fixture.record(RefundKey(refund: "rfd_a", refusals: 3), succeeded)
            #expect(try await fixture.payments.payment(id)?.state == .refunded)
            let told = try await fixture.facts().map { fact in
                switch fact {
                case .paymentCaptured: "captured"
                case .paymentRefundOwed: "owed"
                case .paymentRefunded: "refunded"
                default: "other"
                }
            }
            #expect(told == ["captured", "owed", "refunded"])
        }
    }
}

@Suite("Webhooks, in the database")
struct WebhookStoreTests {
    private func event(_ id: String, _ payment: PaymentID, _ outcome: ProviderCharge.Outcome)
        -> ProviderEvent
    {
        var charge = PaymentFixture.capture
        charge.outcome = outcome
        return ProviderEvent(
            id: id, type: "charge", news: .charge(reference: payment.description, charge))
    }

    @Test("An event takes effect once, however often and at once it is sent")
    func once() async throws {
        try await PaymentFixture.with { fixture in
            let id = try await fixture.open()
            let event = event("evt_1", id, .captured)
            let outcomes = try await withThrowingTaskGroup(of: WebhookStore.Outcome.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await fixture.webhooks.apply(event, from: "simulated") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == .applied }.count == 1)
            #expect(outcomes.filter { $0 == .repeated }.count == 7)
            #expect(try await fixture.facts().count == 1)
        }
    }

    @Test("Out of order, late or contradicting: the first end stays")
    func disorder() async throws {
        try await PaymentFixture.with { fixture in
            let id = try await fixture.open()
            func apply(_ event: ProviderEvent) async throws -> WebhookStore.Outcome {
                try await fixture.webhooks.apply(event, from: "simulated")
            }
            #expect(try await apply(event("evt_2", id, .captured)) == .applied)
            #expect(try await apply(event("evt_1", id, .pending)) == .noChange)
            #expect(try await apply(event("evt_3", id, .captured)) == .noChange)
            #expect(try await apply(event("evt_4", id, .declined(code: "x"))) == .contradiction)
            #expect(try await apply(event("evt_5", PaymentID(), .captured)) == .unknown)
            #expect(try await fixture.payments.payment(id)?.state == .captured)
        }
    }

    @Test("A refund's news settle it, by its key")
    func refund() async throws {
        try await PaymentFixture.with { fixture in
            let id = try await fixture.captured()
            try await fixture.due(id, "rfd_a", 5000)
            func apply(_ event: String, _ key: String) async throws -> WebhookStore.Outcome {
                try await fixture.webhooks.apply(
                    ProviderEvent(
                        id: event, type: "refund.succeeded",
                        news: .refund(key: key, ProviderRefund(id: "re_1", outcome: .succeeded))),
                    from: "simulated")
            }
            #expect(try await apply("evt_1", "rfd_b.0") == .unknown)
            #expect(try await apply("evt_2", "rfd_a.1") == .noChange)
            #expect(try await apply("evt_3", "rfd_a.0") == .applied)
            #expect(try await fixture.payments.payment(id)?.state == .refunded)
        }
    }
}
