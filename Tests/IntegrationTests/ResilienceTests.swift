import Foundation
import JSON
import Testing

/// Processes that are killed, at any time (P7).
@Suite("Kills", .serialized)
struct ResilienceTests {
    @Test("kill -9 of any one service: it is back within seconds, and the sale goes on")
    func oneService() async throws {
        let platform = try await Platform()
        let event = try await TestEvent(platform, seats: 40)
        let buyer = try await People.buyer(platform)
        let names = ["auth", "event", "booking", "payment", "notification", "gateway"]
        for (index, name) in names.enumerated() {
            let places = [2 * index, 2 * index + 1]
            let hold = try await event.hold(places, as: buyer)
            #expect(hold.status == 201, "before killing \(name): \(hold.text)")
            let pid = try #require(platform.ready.processes[name])
            #expect(kill(pid, SIGKILL) == 0)

            let booking = try await eventually("a booking after killing \(name)") {
                let answer = try? await buyer.book(hold.holdToken)
                return answer?.status == 201 || answer?.status == 200 ? answer : nil
            }
            _ = try await eventually("a payment after killing \(name)") {
                let answer = try? await buyer.pay(booking.bookingID)
                return answer?.json["payment"]?["state"]?.string == "PAYMENT_STATE_CAPTURED"
                    ? true : nil
            }
            try await buyer.waitForBooking(booking.bookingID, "BOOKING_STATE_CONFIRMED")
            let tickets = try await eventually("tickets after killing \(name)") {
                let answer = try await buyer.get(
                    "/api/notifications/tickets?bookingId=\(booking.bookingID)")
                let tickets = answer.json["tickets"]?.array ?? []
                return tickets.isEmpty ? nil : tickets
            }
            #expect(tickets.count == 2)
        }
    }

    @Test("kill -9 of usher up, then usher up again: no leftovers, nothing lost")
    func everything() async throws {
        let platform = try await Platform()
        let event = try await TestEvent(platform, seats: 4)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: buyer)
        let booking = try await buyer.book(hold.holdToken)
        _ = try await buyer.pay(booking.bookingID)
        try await buyer.waitForBooking(booking.bookingID, "BOOKING_STATE_CONFIRMED")
        let before = platform.ready

        platform.killUp()
        try await platform.start()

        #expect(platform.ready.pid != before.pid)
        // Who was stopped by the second start may take a moment to be gone.
        _ = try await eventually("the end of everything that was left") {
            let left = before.processes.filter { name, pid in
                kill(pid, 0) == 0 && platform.ready.processes[name] != pid
            }
            return left.isEmpty ? true : nil
        }
        // The same people, events and bookings; the same seats sold.
        var again = APIClient(platform)
        again.token = buyer.token
        try await again.waitForBooking(booking.bookingID, "BOOKING_STATE_CONFIRMED")
        let answer = try await eventually("the seat state") {
            let answer = try await again.get("/api/events/\(event.id)/seats")
            return answer.json["states"]?.string == "ssff" ? answer : nil
        }
        #expect(answer.status == 200)
        let rest = try await eventually("another sale") {
            let answer = try await again.post(
                "/api/events/\(event.id)/holds",
                ["seats": [["seatGuid": "seat-3"], ["seatGuid": "seat-4"]]])
            return answer.status == 201 ? answer : nil
        }
        #expect(try await again.book(rest.holdToken).status == 201)
    }
}
