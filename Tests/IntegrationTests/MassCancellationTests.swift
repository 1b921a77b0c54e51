import AsyncHTTPClient
import Contracts
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import Postgres
import ServiceKit
import Testing

/// An event with 10,000 paid bookings is cancelled, and the processes that give them back are
/// killed on the way, twice each: every buyer gets their money once, and is told so once.
///
/// The sale before is loaded, not sold: the charges are made at the provider, over its API; the
/// bookings, claims, payments, tickets and addresses are written into their databases as a sale
/// leaves them; Redis forgets, and the seat state is made of the claims. From the cancellation on
/// everything is real.
@Suite("Mass: cancelling an event", .serialized)
struct MassCancellationTests {
    private static let bookings = 10_000
    /// Nothing has moved for so long: it hangs.
    private static let stall = Duration.seconds(120)

    /// How far it has come; every number only grows.
    private struct Progress: Equatable, CustomStringConvertible {
        var cancelled: Int64 = 0
        var refundsAsked: Int64 = 0
        var refunded: Int64 = 0
        var mails: Int64 = 0

        var description: String {
            "\(cancelled) cancelled, \(refundsAsked) refunds asked for, \(refunded) refunded, "
                + "\(mails) mails out"
        }
    }

    /// Who is killed, and when.
    private struct Strike {
        var name: String
        var isTime: (Progress) -> Bool
    }

    @Test("10,000 paid bookings, four kills on the way: all get their money once, and a word of it")
    func cancelled() async throws {
        let platform = try await Platform()
        let event = try await TestEvent(
            platform, seats: Self.bookings, holdSeconds: 3_600, paySeconds: 86_400)
        let sale = PreparedSale(event: event, count: Self.bookings)
        let start = ContinuousClock.now
        try await sale.load()
        print("mass: \(Self.bookings) paid bookings are there after \(ContinuousClock.now - start)")
        #expect(try await P4Audit(platform: platform).faults() == [])

        let cancelled = try await event.organiser.postPatiently(
            "/api/events/\(event.id)/cancel", [:])
        #expect(cancelled.status == 200, "\(cancelled.text)")
        try await follow(platform, since: .now)

        try await P4Audit(platform: platform).waitUntilKept()
        try await checkProvider(sale)
        try await checkMails(sale)
        let answer = try await event.organiser.get(
            "/api/bookings/events/\(event.id)/cancellation")
        let cancellation = answer.json["cancellation"]
        #expect(cancellation?["bookingsDone"]?.number?.int64 == Int64(Self.bookings))
        #expect(cancellation?["bookingsLeft"]?.number?.int64 == 0, "\(answer.text)")
        #expect(cancellation?["refunds"]?.number?.int64 == Int64(Self.bookings))
        #expect(cancellation?["refundedMinor"]?.string == "\(Self.bookings * 2_000)")
        #expect(cancellation?["finishedAt"]?.string?.isEmpty == false)
    }

    /// Watches until all is done, and kills on the way.
    private func follow(_ platform: Platform, since start: ContinuousClock.Instant) async throws {
        try await Databases.with(platform, "booking") { booking in
            try await Databases.with(platform, "payment") { payment in
                try await Databases.with(platform, "notification") { notification in
                    try await follow(platform, since: start) {
                        try await progress(booking, payment, notification)
                    }
                }
            }
        }
    }

    private func follow(
        _ platform: Platform, since start: ContinuousClock.Instant,
        _ progress: () async throws -> Progress
    ) async throws {
        let count = Int64(Self.bookings)
        var strikes = [
            Strike(name: "booking") { $0.cancelled >= count / 10 },
            Strike(name: "payment") { $0.refunded >= count / 10 },
            Strike(name: "booking") { $0.cancelled >= count / 2 },
            Strike(name: "payment") { $0.refunded >= count / 2 },
        ]
        var before = Progress()
        var moved = ContinuousClock.now
        var shown = ContinuousClock.now
        var refundedAfter: Duration?
        while before.refunded < count || before.mails < 2 * count {
            try await Task.sleep(for: .milliseconds(200))
            let now = try await progress()
            let time = ContinuousClock.now
            if now != before { (before, moved) = (now, time) }
            if let index = strikes.firstIndex(where: { $0.isTime(now) }) {
                let strike = strikes.remove(at: index)
                print("mass: kill -9 of \(strike.name) after \(time - start): \(now)")
                try await platform.kill9(strike.name)
            }
            if now.refunded == count, refundedAfter == nil { refundedAfter = time - start }
            if time - shown > .seconds(10) {
                print("mass: after \(time - start): \(now)")
                shown = time
            }
            try #require(time - moved < Self.stall, "nothing moves: \(now)")
        }
        #expect(strikes.isEmpty, "\(strikes.map(\.name)) was not killed")
        print(
            "mass: \(count) bookings refunded after \(refundedAfter ?? .zero), everybody told after "
                + "\(ContinuousClock.now - start)")
    }

    private func progress(
        _ booking: PostgresPool, _ payment: PostgresPool, _ notification: PostgresPool
    ) async throws -> Progress {
        var progress = Progress()
        progress.cancelled = try await Self.count(
            booking, "bookings WHERE state = 'cancelled'")
        progress.refundsAsked = try await Self.count(payment, "refunds")
        progress.refunded = try await Self.count(payment, "refunds WHERE state = 'succeeded'")
        progress.mails = try await Self.count(notification, "mails WHERE written_at IS NOT NULL")
        return progress
    }

    private static func count(_ pool: PostgresPool, _ rows: String) async throws -> Int64 {
        try await pool.query(PostgresQuery(sql: "SELECT count(*) AS count FROM " + rows))
            .first?.decode("count", as: Int64.self) ?? 0
    }

    private static func count(
        _ platform: Platform, _ service: String, _ rows: String
    ) async throws -> Int64 {
        try await Databases.with(platform, service) { try await count($0, rows) }
    }

    /// By the provider's own books: each charge went back whole, by one refund.
    private func checkProvider(_ sale: PreparedSale) async throws {
        let books = try await ProviderBooks.read(sale.event.platform)
        #expect(books.charges.count == sale.count)
        let wrong = books.charges.values.filter {
            $0.refunds.count != 1 || $0.refundedMinor != $0.amountMinor || !$0.pending.isEmpty
        }
        #expect(wrong.count == 0, "\(wrong.prefix(3))")
    }

    /// Everybody was told once of the cancellation, and once of the money; nobody of anything else.
    private func checkMails(_ sale: PreparedSale) async throws {
        let platform = sale.event.platform
        let rows = try await Databases.with(platform, "notification") { pool in
            try await pool.query(
                """
                SELECT user_id, string_agg(split_part(id, '.', 1), ' ' ORDER BY id) AS kinds
                FROM mails GROUP BY user_id
                """
            ).map { try $0.decode("kinds", as: String.self) }
        }
        #expect(rows.count == sale.count)
        #expect(Set(rows) == ["cancelled refunded"])
        let files = try FileManager.default.contentsOfDirectory(atPath: platform.ready.outboxFolder)
        #expect(files.filter { $0.hasSuffix(".eml") }.count == 2 * sale.count)
        let valid = try await Self.count(platform, "notification", "tickets WHERE state = 'valid'")
        #expect(valid == 0)
        let claims = try await Self.count(platform, "booking", "claims WHERE released_at IS NULL")
        #expect(claims == 0)
    }
}

/// A sale that is over, as its traces in all the databases and at the provider.
private struct PreparedSale: Sendable {
    /// Approves after a moment; its webhooks get lost.
    private static let silentCard = "4000000007001201"
    private static let card = "4242424242424242"
    private static let priceMinor: Int64 = 2_000
    private static let chunk = 1_000
    private static let chargesAtOnce = 32

    let event: TestEvent
    let count: Int
    /// One booking of one seat each, by somebody of their own.
    private let sold: [Sold]

    private struct Sold: Sendable {
        let place: Int32
        let booking = BookingID().uuid
        let hold = HoldID().uuid
        let buyer = UserID().uuid
        let payment = PaymentID()
    }

    init(event: TestEvent, count: Int) {
        self.event = event
        self.count = count
        sold = (0..<count).map { Sold(place: Int32($0)) }
    }

    /// Writes all of it.
    func load() async throws {
        for start in stride(from: 0, to: count, by: Self.chunk) {
            let part = Array(sold[start..<min(start + Self.chunk, count)])
            try await loadBookings(part)
            try await loadPayments(part)
            try await loadTickets(part)
        }
        try await charge()
        try await SeatStates.flush(event.platform)
        let letters = String(repeating: "s", count: count)
        _ = try await eventually("the seat state of \(count) sold seats", seconds: 120) {
            try await event.states() == letters ? true : nil
        }
    }

    private func loadBookings(_ part: [Sold]) async throws {
        let id = try #require(EventID(event.id)).uuid
        try await Databases.with(event.platform, "booking") { pool in
            try await pool.transaction { transaction in
                try await transaction.query(
                    """
                    INSERT INTO bookings
                    (id, event_id, buyer_id, hold_id, state, total_minor, currency, pay_by,
                     created_at, confirmed_at, payment_id, event_title, venue, starts_at, time_zone)
                    SELECT item.id, e.id, item.buyer, item.hold, 'confirmed', \(Self.priceMinor),
                     e.currency, now() + interval '1 day', now(), now(), item.payment, e.title,
                     e.venue, e.starts_at, e.time_zone
                    FROM events e, unnest(
                        \(part.map(\.booking)), \(part.map(\.buyer)), \(part.map(\.hold)),
                        \(part.map(\.payment.uuid))) AS item(id, buyer, hold, payment)
                    WHERE e.id = \(id)
                    """)
                try await transaction.query(
                    """
                    INSERT INTO booking_places
                    (booking_id, place, seat_guid, area_id, label, category, price_type,
                     price_minor)
                    SELECT id, place, 'seat-' || place + 1, '', 'Saal, row 1, seat ' || place + 1,
                     'Parkett', '', \(Self.priceMinor)
                    FROM unnest(\(part.map(\.booking)), \(part.map(\.place))) AS item(id, place)
                    """)
                try await transaction.query(
                    """
                    INSERT INTO claims (event_id, place, booking_id, claimed_at)
                    SELECT \(id), place, id, now()
                    FROM unnest(\(part.map(\.booking)), \(part.map(\.place))) AS item(id, place)
                    """)
            }
        }
    }

    private func loadPayments(_ part: [Sold]) async throws {
        try await Databases.with(event.platform, "payment") { pool in
            _ = try await pool.query(
                """
                INSERT INTO payments
                (id, booking_id, payer_id, state, amount_minor, currency, created_at, settled_at,
                 ask_at, pay_by)
                SELECT item.id, item.booking, item.payer, 'captured', \(Self.priceMinor), 'EUR',
                 now(), now(), now(), now() + interval '1 day'
                FROM unnest(
                    \(part.map(\.payment.uuid)), \(part.map(\.booking)), \(part.map(\.buyer)))
                 AS item(id, booking, payer)
                """)
        }
    }

    private func loadTickets(_ part: [Sold]) async throws {
        let id = try #require(EventID(event.id)).uuid
        try await Databases.with(event.platform, "notification") { pool in
            _ = try await pool.query(
                """
                INSERT INTO contacts (user_id, email, display_name)
                SELECT id, 'buyer-' || place || '@example.org', 'Buyer ' || place
                FROM unnest(\(part.map(\.buyer)), \(part.map(\.place))) AS item(id, place)
                """)
            _ = try await pool.query(
                """
                INSERT INTO tickets
                (id, booking_id, event_id, buyer_id, state, place, label, category, price_type,
                 price_minor, currency, event_title, venue, starts_at, time_zone, issued_at,
                 secret)
                SELECT item.id, item.booking, \(id), item.buyer, 'valid', item.place,
                 'Saal, row 1, seat ' || item.place + 1, 'Parkett', '', \(Self.priceMinor), 'EUR',
                 'A test', 'Test hall', '2099-01-01T19:00:00Z', 'Europe/Berlin', now(),
                 'secret-' || item.id
                FROM unnest(
                    \(part.map { _ in TicketID().uuid }), \(part.map(\.booking)),
                    \(part.map(\.buyer)), \(part.map(\.place)))
                 AS item(id, booking, buyer, place)
                """)
        }
    }

    /// Charges everybody at the provider, and writes down what it calls that.
    private func charge() async throws {
        let ready = try Data(
            contentsOf: URL(fileURLWithPath: event.platform.ready.runFolder + "/ready.json"))
        let url = try JSONValue(parsing: Array(ready))["providerURL"]?.string ?? ""
        let key = try Secrets(folder: event.platform.ready.secretsFolder).hexadecimal(.provider)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, sold) in sold.enumerated() {
                if number >= Self.chargesAtOnce { try await group.next() }
                // One in ten has webhooks, of its refund too.
                let card = number.isMultiple(of: 10) ? Self.card : Self.silentCard
                group.addTask { try await charge(sold, card, url: url, key: key) }
            }
            try await group.waitForAll()
        }
        // Those that were pending are captured a moment later.
        let books = try await eventually("all charges captured", seconds: 300) {
            let books = try await ProviderBooks.read(event.platform)
            let isDone = books.charges.values.allSatisfy { $0.status == "captured" }
            return isDone && books.charges.count == count ? books : nil
        }
        let known = books.charges.map { ($0.key, PaymentID($0.value.reference)?.uuid ?? UUID()) }
        try await Databases.with(event.platform, "payment") { pool in
            _ = try await pool.query(
                """
                UPDATE payments p SET provider_reference = item.reference
                FROM unnest(\(known.map(\.0)), \(known.map(\.1))) AS item(reference, id)
                WHERE p.id = item.id
                """)
        }
    }

    private func charge(_ sold: Sold, _ card: String, url: String, key: String) async throws {
        let body: JSONValue = [
            "reference": .string("\(sold.payment)"), "paymentToken": .string(card),
            "amountMinor": .number(JSONNumber(Int(Self.priceMinor))), "currency": "EUR",
        ]
        var request = HTTPClientRequest(url: "\(url)/v1/charges")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(key)")
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "idempotency-key", value: "\(sold.payment)")
        request.body = .bytes(ByteBuffer(bytes: body.bytes))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        _ = try await response.body.collect(upTo: 1 << 20)
        guard response.status == .created else {
            throw Platform.NotReady(description: "charge: \(response.status)")
        }
    }
}
