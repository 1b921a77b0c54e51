import Foundation
import JSON
import NIOHTTP1
import Testing

/// "Why did I lose B12?": what the organiser is told of a seat.
@Suite("Timeline of a seat")
struct TimelineTests {
    @Test("holds, refusals, extensions, bookings and payments of one seat in one order")
    func whole() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(
            platform, seats: 3, settings: ["holdExtendSeconds": 900])
        let buyer = try await People.buyer(platform)
        let other = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: buyer)
        let id = hold.json["hold"]?["holdId"]?.string ?? ""
        let deadline = hold.json["hold"]?["expiresAt"]?.string ?? ""
        #expect(try await event.hold([1], as: other).code == "seats_unavailable")
        let extended = try await buyer.post(
            "/api/events/\(event.id)/holds/\(id)/extend", ["expiresAt": .string(deadline)])
        let booking = try await buyer.book(extended.holdToken).bookingID
        _ = try await buyer.pay(booking)
        try await buyer.waitForBooking(booking, "BOOKING_STATE_CONFIRMED")

        let path = "/api/events/\(event.id)/timeline"
        let answer = try await event.organiser.get(path + "?placeIndex=1")
        #expect(answer.status == 200, "\(answer.text)")
        let entries = answer.json["entries"]?.array ?? []
        let whats = entries.compactMap { $0["what"]?.string }
        #expect(
            whats == [
                "state_rebuilt", "held", "refused", "extended", "redeemed", "booking_created",
                "booking_confirmed",
            ], "\(answer.text)")
        let longer = entries.first { $0["what"]?.string == "extended" }
        #expect(longer?["previousExpiresAt"]?.string == deadline)
        #expect(
            longer?["expiresAt"]?.string == extended.json["hold"]?["expiresAt"]?.string)
        #expect(longer?["holdId"]?.string == id)
        let refused = entries.first { $0["what"]?.string == "refused" }
        #expect(refused?["reason"]?.string == "held")
        let created = entries.first { $0["what"]?.string == "booking_created" }
        #expect(created?["bookingId"]?.string == booking)
        let byName = try await event.organiser.get(path + "?seatGuid=\(event.seats[1])")
        #expect(byName.json["entries"]?.array?.count == entries.count)

        // Given back: what is due, and that it has gone back.
        let given = try await event.organiser.post("/api/bookings/\(booking)/cancel", [:])
        #expect(given.status == 200, "\(given.text)")
        let money = try await eventually("a refund that is settled") {
            let entries = try await event.organiser.get(path + "?placeIndex=1").json["entries"]
            let money = (entries?.array ?? []).filter { $0["refundId"]?.string?.isEmpty == false }
            return money.count == 2 ? money : nil
        }
        #expect(money.map { $0["what"]?.string } == ["booking_refund_due", "booking_refunded"])
        #expect(money.map { $0["amountMinor"]?.string } == ["4000", "4000"])
        #expect(money[0]["refundId"] == money[1]["refundId"])

        // Nobody else's business.
        let stranger = try await People.organiser(platform)
        #expect(try await stranger.get(path + "?placeIndex=1").status == 404)
        #expect(try await buyer.get(path + "?placeIndex=1").status == 404)
        #expect(try await APIClient(platform).get(path + "?placeIndex=1").status == 401)
        #expect(try await event.organiser.get(path).status == 400)
        #expect(try await event.organiser.get(path + "?placeIndex=3").status == 400)
        #expect(try await event.organiser.get(path + "?seatGuid=x").status == 400)
    }
}
