import Foundation
import JSON
import NIOHTTP1
import Postgres
import Testing

/// The waiting list as people use it.
@Suite("Waiting list")
struct WaitingListTests {
    private func path(_ event: TestEvent) -> String { "/api/events/\(event.id)/waiting-list" }

    private func state(_ answer: APIClient.Answer) -> String {
        answer.json["entry"]?["state"]?.string ?? ""
    }

    /// True where the mail of that id has been written out.
    private func isMailed(_ id: String, _ platform: Platform) async throws -> Bool {
        try await Databases.with(platform, "notification") { pool in
            try await pool.query(
                "SELECT 1 FROM mails WHERE id = \(id) AND written_at IS NOT NULL"
            ).count == 1
        }
    }

    @Test("sold out, joined, cancelled, offered in order, declined, accepted and booked")
    func whole() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(
            platform, seats: 2,
            settings: ["cancellation": ["untilSecondsBeforeStart": 0]])
        let owner = try await People.buyer(platform)
        let (ann, bob) = (try await People.buyer(platform), try await People.buyer(platform))
        let wish: JSONValue = ["quantity": 2, "together": true]
        // While there are such seats, nobody waits.
        #expect(try await ann.post(path(event), wish).code == "places_free")
        #expect(try await ann.get(path(event)).code == "not_waiting")

        let hold = try await event.hold([0, 1], as: owner)
        let booking = try await owner.book(hold.holdToken).bookingID
        _ = try await owner.pay(booking)
        try await owner.waitForBooking(booking, "BOOKING_STATE_CONFIRMED")
        let joined = try await ann.post(path(event), wish)
        #expect(joined.status == 200, "\(joined.text)")
        #expect(joined.json["entry"]?["position"]?.number?.int64 == 1)
        let again = try await ann.post(path(event), wish)
        #expect(again.json["entry"]?["entryId"] == joined.json["entry"]?["entryId"])
        #expect(try await ann.post(path(event), ["quantity": 1]).code == "already_waiting")
        #expect(try await bob.post(path(event), ["quantity": 0]).status == 400)
        let second = try await bob.post(path(event), wish)
        #expect(second.json["entry"]?["position"]?.number?.int64 == 2, "\(second.text)")

        // The seats come back: to the first, whoever else asks.
        let given = try await owner.post("/api/bookings/\(booking)/cancel", [:])
        #expect(given.status == 200, "\(given.text)")
        let offer = try await eventually("an offer for the first") {
            let answer = try await ann.get(path(event))
            return state(answer) == "WAITING_STATE_OFFERED" ? answer : nil
        }
        #expect(try await event.hold([0], as: owner).code == "seats_unavailable")
        #expect(offer.json["entry"]?["offer"]?["places"]?.array?.count == 2)
        let next = try await bob.get(path(event))
        #expect(state(next) == "WAITING_STATE_WAITING")
        #expect(next.json["entry"]?["position"]?.number?.int64 == 1)

        // Declined: the next one's, who books it.
        #expect(try await ann.send(.DELETE, path(event)).status == 204)
        #expect(try await ann.send(.DELETE, path(event)).status == 204)
        #expect(state(try await ann.get(path(event))) == "WAITING_STATE_DECLINED")
        let accepted = try await eventually("an offer for the second") {
            let answer = try await bob.get(path(event))
            return state(answer) == "WAITING_STATE_OFFERED" ? answer : nil
        }
        let token = accepted.json["entry"]?["offer"]?["token"]?.string ?? ""
        let made = try await bob.book(token)
        #expect(made.status == 201, "\(made.text)")
        _ = try await eventually("the booking known to the list") {
            state(try await bob.get(path(event))) == "WAITING_STATE_ACCEPTED" ? true : nil
        }
        #expect(try await event.states() == "cc")
        for answer in [offer, accepted] {
            let hold = answer.json["entry"]?["offer"]?["holdId"]?.string ?? ""
            _ = try await eventually("a mail about the offer \(hold)") {
                try await isMailed("offer.\(hold)@usher", platform) ? true : nil
            }
        }
        // Seen by the organiser, in numbers and in the seat's timeline.
        let counts = try await event.organiser.get(path(event) + "/counts")
        #expect(counts.status == 200, "\(counts.text)")
        let numbers = ["waiting", "offered", "placesOffered", "accepted", "declined"].map {
            counts.json["total"]?[$0]?.number?.int64
        }
        #expect(numbers == [0, 0, 0, 1, 1], "\(counts.text)")
        #expect(counts.json["categories"]?.array?.count == 1, "\(counts.text)")
        #expect(try await ann.get(path(event) + "/counts").code == "event_unknown")
        let timeline = try await event.organiser.get(
            "/api/events/\(event.id)/timeline?placeIndex=0")
        let offers = (timeline.json["entries"]?.array ?? []).filter {
            $0["what"]?.string == "offered"
        }
        #expect(offers.count == 2, "\(timeline.text)")
    }

    @Test("nobody waits without logging in, or for an event that is over; its end is told")
    func ends() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 1)
        let (owner, ann) = (try await People.buyer(platform), try await People.buyer(platform))
        _ = try await event.hold([0], as: owner)
        #expect(
            try await APIClient(platform).post(path(event), ["quantity": 1]).status == 401)
        let joined = try await ann.post(path(event), ["quantity": 1])
        let entry = joined.json["entry"]?["entryId"]?.string ?? ""
        #expect(joined.status == 200, "\(joined.text)")
        #expect(
            try await event.organiser.post("/api/events/\(event.id)/cancel", [:]).status == 200)
        _ = try await eventually("the list ended") {
            state(try await ann.get(path(event))) == "WAITING_STATE_ENDED" ? true : nil
        }
        _ = try await eventually("a mail about the end") {
            try await isMailed("waiting.\(entry)@usher", platform) ? true : nil
        }
        #expect(try await owner.post(path(event), ["quantity": 1]).code == "event_not_on_sale")
    }
}
