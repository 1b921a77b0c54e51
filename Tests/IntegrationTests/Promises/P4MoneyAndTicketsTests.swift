import Contracts
import Foundation
import JSON
import Postgres
import ServiceKit
import Testing
import Wire

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

/// Refunds, as bookings tell that they are due: their fact is written into the feed of bookings.
@Suite("P4: refunds happen once, whatever the provider does")
struct P4RefundTests {
    private static let crashes = Lazy {
        var environment = CrashPoints.quickly
        // Longer than a booking waits for its payment.
        environment["USHER_PROVIDER_LATE_MS"] = "12000"
        return try await CrashPoints(environment)
    }

    /// Every habit of the provider about a refund.
    static let cards = [
        "4242424242424242",  // prompt
        "4000000000007726",  // slow
        "4000000000005126",  // declined for good
        "4000000007001409",  // declined twice
        "4000000007001508",  // times out and happens
        "4000000007001607",  // happens, and the answer is lost
        "4000000007001706",  // an error first
        "4000000007001805",  // slow, and the webhook is lost
    ]

    static let points: [(point: String, together: Int)] = [
        ("payment.refund_before_provider", 8),
        ("payment.refund_after_provider", 8),
        ("payment.refund_after_recording", 8),
        ("payment.webhook_before_recording", 6),
        ("feed.before_commit@booking", 1),
    ]

    @Test("In parts, told twice, × every crash of giving back")
    func table() async throws {
        let crashes = try await Self.crashes.get()
        let platform = crashes.platform
        let event = try await TestEvent(platform, seats: Self.cards.count * Self.points.count)
        var all: [(card: String, payment: String)] = []
        for (round, point) in Self.points.enumerated() {
            let paid = try await Self.paid(event, round)
            try crashes.arm(point.point, together: point.together)
            for (_, payment) in paid { try await Self.tell(platform, payment) }
            let together = try await crashes.waitUntilReached(point.point)
            #expect(together >= point.together, "\(point.point)")
            all += paid
        }
        try await P4Audit(platform: platform).waitUntilKept(comparesSeats: false)
        for (card, payment) in all {
            try await Self.checkEnd(platform, card, payment)
        }

        let admin = try await Self.admin(platform)
        let owed = try await admin.get("/api/payments/refunds/owed?pageSize=100")
        let refunds = owed.json["refunds"]?.array ?? []
        #expect(refunds.count == 2 * Self.points.count, "\(owed.text)")
        #expect(refunds.allSatisfy { $0["failureCode"]?.string == "refund_declined" })
        let buyer = try await People.buyer(platform)
        #expect(try await buyer.get("/api/payments/refunds/owed").status == 403)
        let id = all.first?.payment ?? ""
        #expect(try await buyer.get("/api/payments/\(id)/refunds").status == 404)
        let parts = try await admin.get("/api/payments/\(id)/refunds").json["refunds"]?.array
        #expect(parts?.count == 2)
    }

    private static func checkEnd(
        _ platform: Platform, _ card: String, _ payment: String
    ) async throws {
        let id = try #require(PaymentID(payment)).uuid
        try await Databases.with(platform, "payment") { pool in
            let row = try #require(
                try await pool.query("SELECT * FROM payments WHERE id = \(id)").first)
            let refused = card == "4000000000005126"
            #expect(
                try row.decode("state", as: String.self)
                    == (refused ? "refund_owed" : "refunded"), "\(card)")
            #expect(
                try row.decode("refunded_minor", as: Int64.self) == (refused ? 0 : 2000), "\(card)")
        }
    }

    /// Buyers with confirmed bookings: a card and its payment each.
    private static func paid(
        _ event: TestEvent, _ round: Int
    ) async throws -> [(card: String, payment: String)] {
        try await withThrowingTaskGroup(of: (card: String, payment: String).self) { group in
            for (index, card) in cards.enumerated() {
                group.addTask {
                    let buyer = try await PatientBuyer(
                        event, place: round * cards.count + index, card: card)
                    #expect(try await buyer.pay() == .confirmed)
                    let list = try await eventually("the payment of \(buyer.booking)") {
                        let list = try await buyer.client.get(
                            "/api/payments?bookingId=\(buyer.booking)")
                        return list.json["payments"]?.array?.last?["paymentId"]?.string
                    }
                    return (card, list)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Tells, twice, that two parts of a payment of 20.00 are to go back.
    private static func tell(_ platform: Platform, _ payment: String) async throws {
        try await Databases.with(platform, "booking") { pool in
            for amount in [Int64(1200), 800, 1200, 800] {
                let entry = BookingV1.FeedEntry.with {
                    $0.fact = .refundDue(
                        .with {
                            $0.paymentID = payment
                            $0.refundID = "rfd_\(payment)_\(amount)"
                            $0.amountMinor = amount
                            $0.currency = "EUR"
                            $0.reason = "booking_cancelled"
                            $0.payerID = UserID().description
                        })
                }
                try await pool.query(
                    """
                    WITH head AS (UPDATE feed_head SET position = position + 1 RETURNING position)
                    INSERT INTO feed (position, key, fact)
                    SELECT position, \(payment), \(entry.serialized()) FROM head
                    """)
            }
        }
    }

    private static func admin(_ platform: Platform) async throws -> APIClient {
        let email = "it-\(UUID().uuidString.lowercased())@example.org"
        try await People.withClient(platform, of: "auth") { client in
            let key = try Secrets(folder: platform.ready.secretsFolder).key(.serviceCredential)
            _ = try await ServiceCaller(
                client: client, credential: ServiceCredential(key: key), name: operatorName
            ).call(
                AuthV1.AuthService.createAccount,
                .with {
                    $0.email = email
                    $0.password = "correct horse battery"
                    $0.displayName = "Test Admin"
                    $0.roles = [.admin]
                })
        }
        var client = APIClient(platform)
        let answer = try await client.post(
            "/api/auth/login",
            ["email": .string(email), "password": "correct horse battery"])
        client.token = answer.json["session"]?["accessToken"]?.string
        return client
    }

    @Test("Money after the booking's time: the same seat where it is free, else it goes back")
    func late() async throws {
        let platform = try await Self.crashes.get().platform
        let event = try await TestEvent(platform, seats: 2, paySeconds: 10)
        let lucky = try await PatientBuyer(event, place: 0, card: "4000000007001300")
        let unlucky = try await PatientBuyer(event, place: 1, card: "4000000007001300")
        for buyer in [lucky, unlucky] {
            _ = try await buyer.client.pay(buyer.booking, card: buyer.card)
        }
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
