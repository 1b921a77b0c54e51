import Contracts
import Foundation
import JSON
import Postgres
import ServiceKit
import Testing

/// Promise P4: with nothing in flight, captured − refunded = the price of the booking's active
/// seats, each has exactly one valid ticket, and the provider's books agree to the last cent:
/// whatever the provider did, and whoever died on the way.
@Suite("P4: money and tickets agree in the end")
struct P4MoneyAndTicketsTests {
    /// Every habit of the provider about a charge, and how it ends.
    static let charges: [(card: String, end: PatientBuyer.Outcome)] = [
        ("4242424242424242", .confirmed),
        ("4000000000000002", .declined("card_declined")),
        ("4000000000009995", .declined("insufficient_funds")),
        // slow; time-out then approve; time-out then decline
        ("4000000007000104", .confirmed),
        ("4000000007000203", .confirmed),
        ("4000000007000302", .declined("card_declined")),
        // the answer is lost; an error first; answer and webhook are lost
        ("4000000007000401", .confirmed),
        ("4000000007000500", .confirmed),
        ("4000000007000609", .confirmed),
        // pending then approve; pending then decline
        ("4000000007000708", .confirmed),
        ("4000000007000807", .declined("card_declined")),
        // double, reordered, late and lost webhooks; a late end
        ("4000000007000906", .confirmed),
        ("4000000007001003", .confirmed),
        ("4000000007001102", .confirmed),
        ("4000000007001201", .confirmed),
        ("4000000007001300", .confirmed),
    ]

    /// Every step of pay and confirm where a process is killed, and how many buyers must be at that
    /// very point then: all; those with webhooks that come soon; those whom nothing but asking
    /// helps. At the points inside a transaction there is one: the others wait for its locks.
    static let crashes: [(point: String, together: Int)] = [
        ("payment.before_attempt", 16),
        ("payment.after_attempt", 16),
        ("payment.after_provider", 16),
        ("payment.after_recording", 16),
        ("payment.webhook_before_recording", 12),
        ("payment.webhook_after_recording", 12),
        ("payment.reconcile_before_provider", 2),
        ("payment.reconcile_after_provider", 2),
        ("booking.before_capture", 1),
        ("booking.after_capture", 1),
        ("feed.before_commit@payment", 1),
        ("feed.after_commit@payment", 1),
        ("notification.after_tickets", 1),
        ("feed.before_commit@booking", 1),
        ("feed.after_commit@booking", 1),
    ]

    @Test("Without the reconciliation, money is taken and buys nothing: the breach")
    func breach() async throws {
        var environment = CrashPoints.quickly
        environment["USHER_SABOTAGE"] = "no-reconciler"
        let platform = try await Platform(environment: environment)
        let event = try await TestEvent(platform, seats: 1)
        // Answer and webhook are lost.
        let buyer = try await PatientBuyer(event, place: 0, card: "4000000007000609")
        _ = try await buyer.client.pay(buyer.booking, card: buyer.card)

        // Long after it should have been asked about …
        _ = try await eventually("the time to ask") {
            try await Databases.with(platform, "payment") { pool in
                let due = try await pool.query(
                    "SELECT 1 FROM payments WHERE ask_at < clock_timestamp() - interval '3 s'")
                return due.isEmpty ? nil : true
            }
        }
        // … the provider has the money, and the buyer has nothing.
        let books = try await ProviderBooks.read(platform)
        #expect(books.charges.values.map(\.status) == ["captured"])
        let answer = try await buyer.client.get("/api/bookings/\(buyer.booking)")
        #expect(answer.json["booking"]?["state"]?.string == "BOOKING_STATE_PENDING")
        #expect(try await !P4Audit(platform: platform).faults().isEmpty)
    }

    @Test("Every habit of the provider × every crash of pay and confirm")
    func table() async throws {
        let crashes = try await CrashPoints()
        defer { crashes.remove() }
        let event = try await TestEvent(
            crashes.platform, seats: Self.charges.count * Self.crashes.count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (round, crash) in Self.crashes.enumerated() {
                let buyers = try await Self.buyers(event, round)
                try crashes.arm(crash.point, together: crash.together)
                for (buyer, end) in buyers {
                    group.addTask {
                        let outcome = try await buyer.pay()
                        #expect(outcome == end, "\(buyer.card) at \(crash.point)")
                    }
                }
                let together = try await crashes.waitUntilReached(crash.point)
                #expect(together >= crash.together, "\(crash.point)")
            }
            try await group.waitForAll()
        }
        try await P4Audit(platform: crashes.platform).waitUntilKept()
    }

    /// A buyer for each habit, with a booking to pay.
    private static func buyers(
        _ event: TestEvent, _ round: Int
    ) async throws -> [(PatientBuyer, PatientBuyer.Outcome)] {
        try await withThrowingTaskGroup(of: (PatientBuyer, PatientBuyer.Outcome).self) { group in
            for (index, charge) in charges.enumerated() {
                group.addTask {
                    let place = round * charges.count + index
                    return (
                        try await PatientBuyer(event, place: place, card: charge.card), charge.end
                    )
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

/// Money goes back because a booking, or its event, was really cancelled.
@Suite("P4: refunds happen once, whatever the provider does")
struct P4RefundTests {
    private static let crashes = Lazy {
        var environment = CrashPoints.quickly
        // Longer than a booking waits for its payment.
        environment["USHER_PROVIDER_LATE_MS"] = "30000"
        return try await CrashPoints(environment)
    }

    /// Every habit of the provider about a refund.
    static let cards = [
        "4242424242424242",  // prompt
        "4000000000007726",  // slow
        refusing,
        "4000000007001409",  // declined twice
        "4000000007001508",  // times out and happens
        "4000000007001607",  // happens, and the answer is lost
        "4000000007001706",  // an error first
        "4000000007001805",  // slow, and the webhook is lost
    ]
    /// Declined for good.
    static let refusing = "4000000000005126"

    /// How a booking of two seats, 40.00, is given back. Buyers may, for a tenth of the price.
    enum Way: Sendable {
        case buyer, buyerInPart, organiser, organiserInParts, event

        /// What goes back, each a refund of its own.
        var refunds: [Int64] {
            switch self {
            case .buyer: [3600]
            case .buyerInPart: [1800]
            case .organiser, .event: [4000]
            case .organiserInParts: [2000, 2000]
            }
        }
    }

    static let rounds: [(way: Way, point: String, together: Int)] = [
        (.buyer, "payment.refund_before_provider", 8),
        (.buyerInPart, "payment.refund_after_provider", 8),
        (.organiser, "payment.refund_after_recording", 8),
        (.organiserInParts, "payment.webhook_before_recording", 6),
        (.event, "feed.before_commit@booking", 1),
    ]

    @Test("By buyers, by the organiser, in parts, with the event, × every crash of giving back")
    func table() async throws {
        let crashes = try await Self.crashes.get()
        let platform = crashes.platform
        var all: [(way: Way, card: String, payment: String)] = []
        for round in Self.rounds {
            let event = try await TestEvent(
                platform, seats: 2 * Self.cards.count,
                settings: [
                    "cancellation": ["untilSecondsBeforeStart": 3_600, "feePermille": 100]
                ])
            let paid = try await Self.paid(event)
            try crashes.arm(round.point, together: round.together)
            try await Self.giveBack(paid, round.way, event)
            let together = try await crashes.waitUntilReached(round.point)
            #expect(together >= round.together, "\(round.point)")
            for (buyer, payment) in paid { all.append((round.way, buyer.card, payment)) }
        }
        try await P4Audit(platform: platform).waitUntilKept()
        for (way, card, payment) in all {
            try await Self.checkEnd(platform, way, card, payment)
        }
        try await Self.checkOwed(platform, all)
    }

    private static func checkEnd(
        _ platform: Platform, _ way: Way, _ card: String, _ payment: String
    ) async throws {
        let id = try #require(PaymentID(payment)).uuid
        let due = way.refunds.reduce(0, +)
        let (state, refunded): (String, Int64) =
            if card == refusing {
                ("refund_owed", 0)
            } else {
                // What was kept, a fee or a seat, stays captured.
                (due == 4000 ? "refunded" : "captured", due)
            }
        try await Databases.with(platform, "payment") { pool in
            let row = try #require(
                try await pool.query("SELECT * FROM payments WHERE id = \(id)").first)
            #expect(try row.decode("state", as: String.self) == state, "\(way) \(card)")
            #expect(
                try row.decode("refunded_minor", as: Int64.self) == refunded, "\(way) \(card)")
            let amounts = try await pool.query(
                "SELECT amount_minor FROM refunds WHERE payment_id = \(id) ORDER BY created_at"
            ).map { try $0.decode("amount_minor", as: Int64.self) }
            #expect(amounts == way.refunds, "\(way) \(card)")
        }
    }

    /// What the provider refuses is shown to admins, and to nobody else.
    private static func checkOwed(
        _ platform: Platform, _ all: [(way: Way, card: String, payment: String)]
    ) async throws {
        let admin = try await People.account(platform, [.admin]).client
        let owed = try await admin.get("/api/payments/refunds/owed?pageSize=100")
        let refunds = owed.json["refunds"]?.array ?? []
        let due = all.filter { $0.card == refusing }.map(\.way.refunds.count).reduce(0, +)
        #expect(refunds.count == due, "\(owed.text)")
        #expect(refunds.allSatisfy { $0["failureCode"]?.string == "refund_declined" })
        let buyer = try await People.buyer(platform)
        #expect(try await buyer.get("/api/payments/refunds/owed").status == 403)
        let parts = try #require(all.first { $0.way == .organiserInParts })
        let path = "/api/payments/\(parts.payment)/refunds"
        #expect(try await buyer.get(path).status == 404)
        #expect(try await admin.get(path).json["refunds"]?.array?.count == 2)
    }

    /// Buyers with confirmed bookings of two seats, one for each card, and their payments.
    private static func paid(
        _ event: TestEvent
    ) async throws -> [(buyer: PatientBuyer, payment: String)] {
        try await withThrowingTaskGroup(of: (buyer: PatientBuyer, payment: String).self) { group in
            for (index, card) in cards.enumerated() {
                group.addTask {
                    let buyer = try await PatientBuyer(
                        event, places: [2 * index, 2 * index + 1], card: card)
                    #expect(try await buyer.pay() == .confirmed)
                    let payment = try await eventually("the payment of \(buyer.booking)") {
                        let list = try await buyer.client.get(
                            "/api/payments?bookingId=\(buyer.booking)")
                        return list.json["payments"]?.array?.last?["paymentId"]?.string
                    }
                    return (buyer, payment)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Cancels, and waits until it is so.
    private static func giveBack(
        _ paid: [(buyer: PatientBuyer, payment: String)], _ way: Way, _ event: TestEvent
    ) async throws {
        if way == .event {
            try await cancel(event.organiser, "/api/events/\(event.id)/cancel", [:])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (buyer, _) in paid {
                group.addTask { try await giveBack(buyer, way, event) }
            }
            try await group.waitForAll()
        }
    }

    private static func giveBack(
        _ buyer: PatientBuyer, _ way: Way, _ event: TestEvent
    ) async throws {
        let path = "/api/bookings/\(buyer.booking)/cancel"
        let booking = try await buyer.client.get("/api/bookings/\(buyer.booking)")
        let places = (booking.json["booking"]?["places"]?.array ?? []).compactMap { $0["place"] }
        let organiser = APIClient(event.platform, token: event.organiser.token)
        switch way {
        case .buyer: try await cancel(buyer.client, path, [:])
        case .buyerInPart: try await cancel(buyer.client, path, ["places": [places[0]]])
        case .organiser: try await cancel(organiser, path, [:])
        case .organiserInParts:
            for place in places { try await cancel(organiser, path, ["places": [place]]) }
        case .event: break
        }
        try await buyer.client.waitForBooking(
            buyer.booking,
            way == .buyerInPart ? "BOOKING_STATE_CONFIRMED" : "BOOKING_STATE_CANCELLED")
    }

    private static func cancel(
        _ client: APIClient, _ path: String, _ body: JSONValue
    ) async throws {
        let answer = try await client.postPatiently(path, body)
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test("Money after the booking's time: the same seat where it is free, else it goes back")
    func late() async throws {
        let platform = try await Self.crashes.get().platform
        let event = try await TestEvent(platform, seats: 2, paySeconds: 20)
        // Each pays at once: a slow machine must not take the time of the other.
        var buyers: [PatientBuyer] = []
        for place in 0..<2 {
            let buyer = try await PatientBuyer(event, place: place, card: "4000000007001300")
            let payment = try await buyer.client.pay(buyer.booking, card: buyer.card)
            #expect(payment.status == 201, "\(payment.text)")
            buyers.append(buyer)
        }
        let (lucky, unlucky) = (buyers[0], buyers[1])
        // Somebody else takes the second seat as soon as it is free.
        let rival = try await People.buyer(platform)
        let hold = try await eventually("a free seat") {
            let hold = try await event.hold([1], as: rival)
            return hold.status == 201 ? hold : nil
        }
        #expect(try await rival.book(hold.holdToken).status == 201)

        try await lucky.client.waitForBooking(lucky.booking, "BOOKING_STATE_CONFIRMED")
        _ = try await eventually("the money back") {
            let list = try await unlucky.client.get("/api/payments?bookingId=\(unlucky.booking)")
            let state = list.json["payments"]?.array?.first?["state"]?.string
            return state == "PAYMENT_STATE_REFUNDED" ? true : nil
        }
        let answer = try await unlucky.client.get("/api/bookings/\(unlucky.booking)")
        #expect(answer.json["booking"]?["state"]?.string == "BOOKING_STATE_EXPIRED")
    }
}
