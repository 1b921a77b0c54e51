import Foundation
import JSON
import Postgres
import ServiceKit
import Testing

/// What organisers do with a sale: give back in part, give away, sell at the door, look.
@Suite("Organisers")
struct OrganiserTests {
    @Test("one seat of two given back: its ticket is void, the seat is free, the other stays")
    func giveBackInPart() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: buyer)
        let booking = try await buyer.book(hold.holdToken).bookingID
        _ = try await buyer.pay(booking)
        try await buyer.waitForBooking(booking, "BOOKING_STATE_CONFIRMED")

        let path = "/api/bookings/\(booking)/cancel"
        let answer = try await event.organiser.post(path, ["places": [1]])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["refundMinor"]?.string == "2000")
        #expect(answer.json["booking"]?["state"]?.string == "BOOKING_STATE_CONFIRMED")
        #expect(try await event.organiser.post(path, ["places": [1]]).code == "places_not_active")
        _ = try await eventually("the seat free again") {
            try await event.states() == "sf" ? true : nil
        }
        _ = try await eventually("one ticket valid, one void") {
            let tickets =
                try await buyer.get("/api/notifications/tickets?bookingId=\(booking)")
                .json["tickets"]?.array ?? []
            let states = tickets.map { $0["state"]?.string ?? "" }
            return states == ["TICKET_STATE_VALID", "TICKET_STATE_VOID"] ? true : nil
        }
        // The seat is somebody else's now, and has a ticket of theirs.
        let other = try await People.buyer(platform)
        let next = try await event.hold([1], as: other)
        #expect(try await other.book(next.holdToken).status == 201)
        let sales = try await event.organiser.get("/api/bookings/events/\(event.id)/sales")
        #expect(sales.json["lines"]?.array?.first?["places"]?.number?.int64 == 1)
        #expect(sales.json["refundedMinor"]?.string == "2000")
        #expect(sales.json["pendingPlaces"]?.number?.int64 == 1)
    }

    @Test("given away and sold at the door: confirmed at once, with tickets, without a payment")
    func withoutPayment() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 4)
        for (index, kind) in ["COMPLIMENTARY", "BOX_OFFICE"].enumerated() {
            let hold = try await event.hold([2 * index, 2 * index + 1], as: event.organiser)
            let body: JSONValue = [
                "holdToken": .string(hold.holdToken), "kind": .string("BOOKING_KIND_" + kind),
            ]
            let made = try await event.organiser.post("/api/bookings/organiser", body)
            #expect(made.status == 201, "\(made.text)")
            #expect(made.json["booking"]?["state"]?.string == "BOOKING_STATE_CONFIRMED")
            #expect(
                made.json["booking"]?["totalMinor"]?.string == (index == 0 ? "0" : "4000"))
            let again = try await event.organiser.post("/api/bookings/organiser", body)
            #expect(again.bookingID == made.bookingID)
            _ = try await eventually("tickets of \(kind)") {
                let answer = try await event.organiser.get(
                    "/api/notifications/tickets?bookingId=\(made.bookingID)")
                return answer.json["tickets"]?.array?.count == 2 ? true : nil
            }
        }
        let list = try await event.organiser.get(
            "/api/bookings/events/\(event.id)?state=BOOKING_STATE_CONFIRMED")
        #expect(list.json["bookings"]?.array?.count == 2)
        let wrong = try await event.organiser.get("/api/bookings/events/\(event.id)?state=x")
        #expect(wrong.status == 400)
    }

    @Test("a paused sale makes no holds; those that there are become bookings, and are paid")
    func paused() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 3)
        let buyer = try await People.buyer(platform)
        let held = try await event.hold([0], as: buyer)
        let late = try await event.hold([2], as: buyer)
        let before = try await buyer.book(try await event.hold([1], as: buyer).holdToken)
        #expect(before.status == 201, "\(before.text)")
        let path = "/api/events/\(event.id)"
        #expect(try await event.organiser.post(path + "/pause", [:]).status == 200)
        let id = try #require(EventID(event.id)).uuid
        _ = try await eventually("bookings to know of the pause") {
            try await Databases.with(platform, "booking") { pool in
                let rows = try await pool.query(
                    "SELECT 1 FROM events WHERE id = \(id) AND NOT on_sale")
                return rows.isEmpty ? nil : true
            }
        }
        let after = try await buyer.book(held.holdToken)
        #expect(after.status == 201, "\(after.text)")
        for booking in [before.bookingID, after.bookingID] {
            let payment = try await buyer.pay(booking)
            #expect(payment.status == 201, "\(payment.text)")
            try await buyer.waitForBooking(booking, "BOOKING_STATE_CONFIRMED")
        }
        let other = try await People.buyer(platform)
        #expect(try await event.hold([2], as: other).code == "event_not_on_sale")

        // A cancelled event books nothing, whatever was held.
        #expect(try await event.organiser.post(path + "/cancel", [:]).status == 200)
        _ = try await eventually("bookings to know of the cancellation") {
            let answer = try await event.organiser.get(
                "/api/bookings/events/\(event.id)/cancellation")
            return answer.status == 200 ? true : nil
        }
        let refused = try await buyer.book(late.holdToken)
        #expect(refused.status == 409, "\(refused.text)")
        #expect(refused.code == "event_not_on_sale", "\(refused.text)")
    }

    @Test("nobody does so with another's event")
    func strangers() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2)
        let other = try await People.organiser(platform)
        let path = "/api/bookings/events/\(event.id)"
        for get in ["", "/sales", "/cancellation"] {
            #expect(try await other.get(path + get).status == 404)
        }
        #expect(try await other.post(path + "/block", ["places": [0]]).status == 404)
        #expect(try await other.post(path + "/unblock", ["places": [0]]).status == 404)
        let hold = try await event.hold([0], as: other)
        let gift: JSONValue = [
            "holdToken": .string(hold.holdToken), "kind": "BOOKING_KIND_COMPLIMENTARY",
        ]
        #expect(try await other.post("/api/bookings/organiser", gift).status == 404)
        let buyer = try await People.buyer(platform)
        #expect(try await buyer.post("/api/bookings/organiser", gift).status == 403)
        let booking = try await other.book(hold.holdToken).bookingID
        #expect(try await buyer.post("/api/bookings/\(booking)/cancel", [:]).status == 404)
    }
}
