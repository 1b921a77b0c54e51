import Foundation
import JSON
import NIOHTTP1
import Testing

/// Promises P3, P6, P8 and P10 of holds, through the public API.
@Suite("Holds")
struct HoldTests {
    @Test("a hold that is not booked is free after its deadline, and its seats can be sold")
    func expiry() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 4, holdSeconds: 20)
        let slow = try await People.buyer(platform)
        let quick = try await People.buyer(platform)

        let first = try await event.hold([0, 1], as: slow)
        #expect(first.status == 201, "\(first.text)")
        let refused = try await event.hold([1, 2], as: quick)
        #expect(refused.status == 409, "\(refused.text)")
        #expect(try await event.states() == "hhff")

        // The owner sees one absolute deadline from everywhere.
        let path = "/api/events/\(event.id)/holds"
        let id = first.json["hold"]?["holdId"]?.string ?? ""
        let again = try await slow.get("\(path)/\(id)")
        #expect(again.json["hold"] == first.json["hold"])
        #expect(try await slow.get(path).json["holds"]?.array?.first == first.json["hold"])

        let second = try await eventually("the seats of the expired hold") {
            let answer = try await event.hold([1, 2], as: quick)
            return answer.status == 201 ? answer : nil
        }
        let late = try await slow.book(first.holdToken)
        #expect(late.status == 409, "\(late.text)")
        #expect(late.code == "hold_expired")
        let booking = try await quick.book(second.holdToken)
        #expect(booking.status == 201, "\(booking.text)")
        #expect(booking.json["booking"]?["totalMinor"]?.string == "4000")
        let payment = try await quick.pay(booking.bookingID)
        #expect(payment.json["payment"]?["state"]?.string == "PAYMENT_STATE_CAPTURED")
        try await quick.waitForBooking(booking.bookingID, "BOOKING_STATE_CONFIRMED")
        _ = try await eventually("sold seats to show") {
            try await event.states() == "fssf" ? true : nil
        }
    }

    @Test("a booking that is not paid expires, and its seats can be sold")
    func unpaid() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2, paySeconds: 20)
        let slow = try await People.buyer(platform)
        let quick = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: slow)
        let booking = try await slow.book(hold.holdToken)
        #expect(booking.status == 201, "\(booking.text)")
        _ = try await eventually("claimed seats to show") {
            try await event.states() == "cc" ? true : nil
        }
        try await slow.waitForBooking(booking.bookingID, "BOOKING_STATE_EXPIRED")
        let second = try await eventually("the seats of the expired booking") {
            let answer = try await event.hold([0], as: quick)
            return answer.status == 201 ? answer : nil
        }
        #expect(try await quick.book(second.holdToken).status == 201)
        #expect(try await slow.pay(booking.bookingID).code == "booking_not_pending")
    }

    @Test("a token that is foreign, altered or no token at all books nothing")
    func tokens() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 4)
        let owner = try await People.buyer(platform)
        let other = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: owner)
        let token = hold.holdToken

        let foreign = try await other.book(token)
        #expect(foreign.status == 403, "\(foreign.text)")
        let halves = token.split(separator: ".").map(String.init)
        try #require(halves.count == 2)
        let swapped = String(halves[0].reversed()) + "." + halves[1]
        for altered in [
            swapped, halves[0] + ".AAAA", String(token.dropLast(4)), "nonsense", "",
        ] {
            let answer = try await owner.book(altered)
            #expect(answer.status == 400, "\(altered): \(answer.text)")
            #expect(answer.code == "hold_token_invalid")
        }
        // Of another installation: signed, but not by this one's key.
        let elsewhere = try await Platform.withoutGuard()
        let theirs = try await TestEvent(elsewhere, seats: 2)
        let stranger = try await People.buyer(elsewhere)
        let strange = try await theirs.hold([0], as: stranger)
        #expect(try await owner.book(strange.holdToken).code == "hold_token_invalid")

        // Nobody else sees or releases it, and nobody needs to be told why.
        let path = "/api/events/\(event.id)/holds/\(hold.json["hold"]?["holdId"]?.string ?? "")"
        #expect(try await other.get(path).status == 404)
        #expect(try await other.send(.DELETE, path).status == 404)
        #expect(try await APIClient(platform).get(path).status == 401)
        #expect(try await event.states() == "hhff")
        #expect(try await owner.send(.DELETE, path).status == 204)
        #expect(try await event.states() == "ffff")
        // A released hold is no hold any more.
        #expect(try await owner.book(token).status == 409)
    }

    @Test("the same token makes one booking, however often it is sent")
    func onceOnly() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([0], as: buyer)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask { try await buyer.book(hold.holdToken).bookingID }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(ids.first?.hasPrefix("bkg_") == true)
    }

    @Test("standing places are sold up to the area's capacity, and no further")
    func standing() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 1, standing: 20)
        let buyers = try await People.buyers(10, platform)
        let answers = try await withThrowingTaskGroup(of: APIClient.Answer.self) { group in
            for buyer in buyers {
                group.addTask {
                    try await buyer.post(
                        "/api/events/\(event.id)/holds",
                        ["areas": [["areaId": "area-0-0", "quantity": 3]]])
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { $0.status == 201 }.count == 6)
        let refused = answers.filter { $0.status != 201 }
        #expect(refused.allSatisfy { $0.status == 409 }, "\(refused.map(\.text))")
        #expect(refused.first?.reasons.first?.subject == "area-0-0")
        #expect(try await event.states().filter { $0 == "h" }.count == 18)
    }

    @Test("FLUSHALL: the owner is told, sold seats stay sold, the state is rebuilt")
    func flush() async throws {
        let platform = try await Platform()
        let event = try await TestEvent(platform, seats: 6)
        let buyer = try await People.buyer(platform)
        let holder = try await People.buyer(platform)
        let sold = try await event.hold([0, 1], as: buyer)
        let booking = try await buyer.book(sold.holdToken)
        _ = try await buyer.pay(booking.bookingID)
        try await buyer.waitForBooking(booking.bookingID, "BOOKING_STATE_CONFIRMED")
        let pending = try await event.hold([2], as: buyer)
        #expect(try await buyer.book(pending.holdToken).status == 201)
        _ = try await eventually("the state before") {
            try await event.states() == "sscfff" ? true : nil
        }
        let held = try await event.hold([3, 4], as: holder)
        #expect(held.status == 201, "\(held.text)")

        try await SeatStates.flush(platform)

        _ = try await eventually("the state after") {
            try await event.states() == "sscfff" ? true : nil
        }
        let path = "/api/events/\(event.id)/holds/\(held.json["hold"]?["holdId"]?.string ?? "")"
        let lost = try await holder.get(path)
        #expect(lost.status == 409, "\(lost.text)")
        #expect(lost.code == "hold_lost")
        let again = try await event.hold([0], as: holder)
        #expect(again.status == 409, "\(again.text)")

        // Somebody else takes the seats; the old token is worth nothing against them.
        let other = try await People.buyer(platform)
        let taken = try await event.hold([3, 4], as: other)
        #expect(taken.status == 201, "\(taken.text)")
        let late = try await holder.book(held.holdToken)
        #expect(late.status == 409, "\(late.text)")
        #expect(late.code == "hold_lost")
        #expect(try await other.book(taken.holdToken).status == 201)
    }
}
