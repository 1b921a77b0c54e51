import Foundation
import JSON
import Logging
import NIOHTTP1
import Postgres
import ServiceKit
import Testing

/// Promise P5: a write with an `Idempotency-Key` happens once per user and method.
@Suite("P5: once per key")
struct P5IdempotencyTests {
    private func post(
        _ buyer: APIClient, _ path: String, _ body: JSONValue? = nil, key: String
    ) async throws -> APIClient.Answer {
        try await buyer.elsewhere.send(
            .POST, path, bytes: body?.bytes, headers: [("idempotency-key", key)])
    }

    /// A confirmed booking of seats, with its tickets.
    private func confirmed(
        _ event: TestEvent, _ places: [Int], _ buyer: APIClient
    ) async throws -> String {
        let hold = try await event.hold(places, as: buyer)
        let booking = try await buyer.book(hold.holdToken).bookingID
        _ = try await buyer.pay(booking)
        try await buyer.waitForBooking(booking, "BOOKING_STATE_CONFIRMED")
        _ = try await eventually("tickets") {
            let answer = try await buyer.get("/api/notifications/tickets?bookingId=\(booking)")
            return answer.json["tickets"]?.array?.isEmpty == false ? true : nil
        }
        return booking
    }

    private func mails(_ booking: String, _ platform: Platform) async throws -> Int {
        let id = try #require(BookingID(booking))
        return try await Databases.with(platform, "notification") { pool in
            try await pool.query("SELECT 1 FROM mails WHERE booking_id = \(id.uuid)").count
        }
    }

    @Test("without a key, what is sent twice happens twice; with one, once")
    func onceOrTwice() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2)
        let buyer = try await People.buyer(platform)
        let booking = try await confirmed(event, [0, 1], buyer)
        let path = "/api/notifications/bookings/\(booking)/resend"
        #expect(try await mails(booking, platform) == 1)
        for _ in 0..<2 {
            #expect(try await buyer.send(.POST, path).status == 200)
        }
        #expect(try await mails(booking, platform) == 3)
        for _ in 0..<3 {
            let answer = try await post(buyer, path, key: "again")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["tickets"]?.number?.int64 == 2)
        }
        #expect(try await mails(booking, platform) == 4)
    }

    @Test("twenty times the same booking at once: one booking, one answer")
    func crowd() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 4)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: buyer)
        let body: JSONValue = ["holdToken": .string(hold.holdToken)]
        let answers = try await withThrowingTaskGroup(of: APIClient.Answer.self) { group in
            for _ in 0..<15 {
                group.addTask { try await post(buyer, "/api/bookings", body, key: "crowd") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for answer in answers where answer.status != 201 {
            #expect(answer.code == "idempotency_key_in_flight", "\(answer.text)")
        }
        #expect(Set(answers.filter { $0.status == 201 }.map(\.text)).count == 1)

        // The same key and another body is an error, whatever it says.
        let other = try await event.hold([2], as: buyer)
        let reused = try await post(
            buyer, "/api/bookings", ["holdToken": .string(other.holdToken)], key: "crowd")
        #expect(reused.status == 400 && reused.code == "idempotency_key_reused")
        #expect(try await event.states() == "cchf")
    }

    @Test("paying: with the key of before, the attempt of before; without one, another")
    func paying() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([0], as: buyer)
        let booking = try await buyer.book(hold.holdToken).bookingID
        func body(_ card: String) -> JSONValue {
            ["bookingId": .string(booking), "paymentToken": .string(card)]
        }
        let declined = "4000000000000002"
        var attempts: Set<String> = []
        for _ in 0..<3 {
            let answer = try await post(buyer, "/api/payments", body(declined), key: "pay")
            #expect(answer.json["payment"]?["state"]?.string == "PAYMENT_STATE_DECLINED")
            attempts.insert(answer.json["payment"]?["paymentId"]?.string ?? answer.text)
        }
        #expect(attempts.count == 1)
        // The breach: without a key, a request that is sent twice asks the card twice.
        for _ in 0..<2 {
            let answer = try await buyer.elsewhere.pay(booking, card: declined)
            attempts.insert(answer.json["payment"]?["paymentId"]?.string ?? answer.text)
        }
        #expect(attempts.count == 3)

        let reused = try await post(
            buyer, "/api/payments", body("4242424242424242"), key: "pay")
        #expect(reused.status == 400 && reused.code == "idempotency_key_reused")
        let answers = try await withThrowingTaskGroup(of: APIClient.Answer.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await post(buyer, "/api/payments", body("4242424242424242"), key: "again")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for answer in answers where answer.status != 201 {
            #expect(answer.code == "idempotency_key_in_flight", "\(answer.text)")
        }
        let made = answers.compactMap { $0.json["payment"]?["paymentId"]?.string }
        #expect(Set(made).count == 1)
        try await buyer.waitForBooking(booking, "BOOKING_STATE_CONFIRMED")
        let last = try await post(
            buyer, "/api/payments", body("4242424242424242"), key: "again")
        #expect(last.json["payment"]?["state"]?.string == "PAYMENT_STATE_CAPTURED")
        let list = try await buyer.get("/api/payments?bookingId=\(booking)")
        #expect(list.json["payments"]?.array?.count == 4)

        // A refusal that is final stays one; the key is another one for somebody else.
        let stranger = try await People.buyer(platform)
        for _ in 0..<2 {
            let answer = try await post(
                stranger, "/api/payments", body("4242424242424242"), key: "again")
            #expect(answer.status == 404 && answer.code == "booking_unknown", "\(answer.text)")
        }
    }

    @Test("a final refusal stays one, and another user's key is another key")
    func refusals() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2)
        let buyer = try await People.buyer(platform)
        let stranger = try await People.buyer(platform)
        let booking = try await confirmed(event, [0], buyer)
        let path = "/api/bookings/\(booking)/cancel"
        // The event has no policy for buyers.
        for _ in 0..<2 {
            let answer = try await post(buyer, path, [:], key: "cancel")
            #expect(answer.status == 409 && answer.code == "cancellation_closed")
        }
        #expect(try await post(stranger, path, [:], key: "cancel").status == 404)
        let done = try await post(event.organiser, path, [:], key: "cancel")
        #expect(done.status == 200, "\(done.text)")
        let again = try await post(event.organiser, path, [:], key: "cancel")
        #expect(again.bytes == done.bytes)
        // The same without its key: the booking is gone.
        #expect(
            try await event.organiser.post(path, [:]).code == "booking_not_active")
        let answer = try await post(buyer, path, [:], key: "cancel")
        #expect(answer.code == "cancellation_closed")
    }
}
