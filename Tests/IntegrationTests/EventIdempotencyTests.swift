import Foundation
import JSON
import NIOHTTP1
import Testing

/// P5 in `event`: holds, events and plans with an `Idempotency-Key`.
@Suite("P5: once per key, of events and holds")
struct EventIdempotencyTests {
    private func send(
        _ who: APIClient, _ path: String, _ body: JSONValue? = nil,
        method: HTTPMethod = .POST, key: String
    ) async throws -> APIClient.Answer {
        try await who.send(method, path, bytes: body?.bytes, headers: [("idempotency-key", key)])
    }

    private func holdID(_ answer: APIClient.Answer) -> String {
        answer.json["hold"]?["holdId"]?.string ?? ""
    }

    @Test("a hold with a key is one hold, however often and whenever it is asked for")
    func holds() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 6)
        let buyer = try await People.buyer(platform)
        let path = "/api/events/\(event.id)/holds"
        let body: JSONValue = ["seats": [["seatGuid": .string(event.seats[0])]]]
        let answers = try await withThrowingTaskGroup(of: APIClient.Answer.self) { group in
            for _ in 0..<10 {
                group.addTask { try await send(buyer, path, body, key: "one") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 201 }, "\(answers.map(\.text))")
        #expect(Set(answers.map(holdID)).count == 1)
        #expect(Set(answers.map(\.holdToken)).count == 1)
        #expect(try await event.states() == "hfffff")
        // Without a key, the same is refused: the seat is taken.
        #expect(try await buyer.post(path, body).code == "seats_unavailable")

        // Another body is an error, another method or user has another key.
        let other: JSONValue = ["seats": [["seatGuid": .string(event.seats[1])]]]
        let reused = try await send(buyer, path, other, key: "one")
        #expect(reused.status == 400 && reused.code == "idempotency_key_reused")
        let pair: JSONValue = ["quantities": [["quantity": 2]]]
        let best = try await send(buyer, path + "/best", pair, key: "one")
        #expect(best.status == 201, "\(best.text)")
        let again = try await send(buyer, path + "/best", pair, key: "one")
        #expect(holdID(again) == holdID(best))
        let stranger = try await People.buyer(platform)
        #expect(try await send(stranger, path, body, key: "one").code == "seats_unavailable")

        // While the sale is paused, what was held is still the answer.
        let pause = "/api/events/\(event.id)/pause"
        #expect(try await event.organiser.post(pause, [:]).status == 200)
        #expect(holdID(try await send(buyer, path, body, key: "one")) == holdID(answers[0]))
        #expect(try await send(buyer, path, other, key: "two").code == "event_not_on_sale")
        // What has ended is said to have ended, and not held anew.
        _ = try await event.organiser.post("/api/events/\(event.id)/resume", [:])
        #expect(try await buyer.send(.DELETE, path + "/" + holdID(best)).status == 204)
        #expect(try await send(buyer, path + "/best", pair, key: "one").code == "hold_ended")
        #expect(try await event.states() == "hfffff")
    }

    @Test("events and plans are made once per key, and changes are answered the same")
    func events() async throws {
        let platform = try await Platform.shared()
        let organiser = try await People.organiser(platform)
        let plan: JSONValue = [
            "name": "Hall", "size": ["width": 100, "height": 100],
            "categories": [["name": "A", "color": "#336699"]],
            "zones": [
                [
                    "name": "Z", "position": ["x": 0, "y": 0],
                    "rows": [
                        [
                            "row_number": "1", "position": ["x": 0, "y": 0],
                            "seats": [
                                [
                                    "seat_guid": "s", "seat_number": "1", "category": "A",
                                    "position": ["x": 0, "y": 0],
                                ]
                            ],
                        ]
                    ],
                ]
            ],
        ]
        var plans: [String] = []
        for _ in 0..<2 {
            let answer = try await send(organiser, "/api/events/plans", plan, key: "plan")
            #expect(answer.status == 201, "\(answer.text)")
            plans.append(answer.json["plan"]?["planId"]?.string ?? "")
        }
        #expect(Set(plans).count == 1)
        let another = try await organiser.post("/api/events/plans", plan)
        #expect(another.json["plan"]?["planId"]?.string != plans[0])

        let details: JSONValue = [
            "title": "T", "venue": "V", "startsAt": "2099-01-01T19:00:00Z",
            "timeZone": "Europe/Berlin", "currency": "EUR", "planId": .string(plans[0]),
            "categories": [["name": "A", "priceMinor": "1000"]],
        ]
        let first = try await send(organiser, "/api/events", details, key: "event")
        #expect(first.status == 201, "\(first.text)")
        let second = try await send(organiser, "/api/events", details, key: "event")
        #expect(first.bytes == second.bytes)
        let path = "/api/events/\(first.json["event"]?["eventId"]?.string ?? "")"
        let published = try await send(organiser, path + "/publish", key: "p")
        #expect(published.status == 200, "\(published.text)")
        let change: JSONValue = ["title": "Other"]
        #expect(try await send(organiser, path, change, method: .PATCH, key: "c").status == 200)
        // Answered as it was then.
        let replayed = try await send(organiser, path + "/publish", key: "p")
        #expect(replayed.bytes == published.bytes)
        let reused = try await send(
            organiser, path, ["title": "Third"], method: .PATCH, key: "c")
        #expect(reused.code == "idempotency_key_reused")
        // A final refusal stays one.
        _ = try await organiser.post(path + "/cancel", [:])
        let refused = try await send(
            organiser, path, ["title": "Third"], method: .PATCH, key: "d")
        #expect(refused.code == "event_cancelled")
    }
}
