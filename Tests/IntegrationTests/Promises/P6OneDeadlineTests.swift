import Foundation
import JSON
import NIOHTTP1
import Testing

/// P6: a hold has one absolute deadline; more time only by an explicit call, up to a limit. And
/// what else may be done with a hold, and with the sale around it.
@Suite("P6: one deadline")
struct P6OneDeadlineTests {
    private func deadline(_ answer: APIClient.Answer) -> String {
        answer.json["hold"]?["expiresAt"]?.string ?? ""
    }

    private func path(_ event: TestEvent, _ answer: APIClient.Answer) -> String {
        "/api/events/\(event.id)/holds/\(answer.json["hold"]?["holdId"]?.string ?? "")"
    }

    @Test("the breach: with a deadline of its own choosing, a client would hold for ever")
    func breach() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2, holdSeconds: 20)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([0], as: buyer)
        // The guard taken away, behind the service's back: the seat state's deadline is moved.
        let id = hold.json["hold"]?["holdId"]?.string ?? ""
        _ = try await Shell.run(
            "redis-cli -s '\(platform.ready.redisSocket)' "
                + "ZADD 'seat:{\(event.id)}:deadlines' 99999999999999 \(id)")
        try await Task.sleep(for: .seconds(22))
        let states = try await eventually("an answer") {
            let states = try await event.states()
            return states.isEmpty ? nil : states
        }
        #expect(states == "hf")
    }

    @Test("reading, listing and holding again never move it; extending does, up to the limit")
    func extending() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(
            platform, seats: 4, holdSeconds: 600, settings: ["holdExtendSeconds": 900])
        let buyer = try await People.buyer(platform)
        let other = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: buyer)
        let first = deadline(hold)
        for _ in 0..<3 {
            #expect(deadline(try await buyer.get(path(event, hold))) == first)
            _ = try await event.hold([0, 1], as: buyer)
        }
        let ask = { (who: APIClient, known: String) in
            try await who.post(path(event, hold) + "/extend", ["expiresAt": .string(known)])
        }
        #expect(try await ask(other, first).status == 404)
        let second = try await ask(buyer, first)
        #expect(second.status == 200, "\(second.text)")
        // Sent again, it is the same answer and not more time.
        #expect(deadline(try await ask(buyer, first)) == deadline(second))
        let third = try await ask(buyer, deadline(second))
        #expect(third.status == 200, "\(third.text)")
        let more = try await ask(buyer, deadline(third))
        #expect(more.code == "extension_limit", "\(more.text)")
        let formatter = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let seconds = try formatter.parse(deadline(third)).timeIntervalSince(
            try formatter.parse(first))
        #expect(abs(seconds - 900) < 0.01)

        let strict = try await TestEvent(platform, seats: 1)
        let short = try await strict.hold([0], as: buyer)
        let never = try await buyer.post(
            path(strict, short) + "/extend", ["expiresAt": .string(deadline(short))])
        #expect(never.code == "extension_limit", "\(never.text)")
    }

    @Test("changing seats: all or none, same deadline, and the old token is worth nothing")
    func changing() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 6)
        let buyer = try await People.buyer(platform)
        let other = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: buyer)
        _ = try await event.hold([5], as: other)
        let choose = { (places: [Int]) -> JSONValue in
            ["seats": .array(places.map { ["seatGuid": .string(event.seats[$0])] })]
        }
        let put = { (who: APIClient, places: [Int]) in
            try await who.send(.PUT, path(event, hold), bytes: choose(places).bytes)
        }
        let refused = try await put(buyer, [1, 5])
        #expect(refused.code == "seats_unavailable", "\(refused.text)")
        #expect(try await event.states() == "hhfffh")
        #expect(try await put(other, [2]).status == 404)
        let changed = try await put(buyer, [1, 2, 3])
        #expect(changed.status == 200, "\(changed.text)")
        #expect(deadline(changed) == deadline(hold))
        #expect(changed.json["hold"]?["totalMinor"]?.string == "6000")
        #expect(try await event.states() == "fhhhfh")
        let old = try await buyer.book(hold.holdToken)
        #expect(old.code == "hold_changed", "\(old.text)")
        #expect(try await buyer.book(changed.holdToken).status == 201)
    }

    @Test("the best seats side by side, each pair to one buyer")
    func best() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 8)
        let buyers = try await People.buyers(6, platform)
        let answers = try await withThrowingTaskGroup(of: APIClient.Answer.self) { group in
            for buyer in buyers {
                group.addTask {
                    try await buyer.post(
                        "/api/events/\(event.id)/holds/best",
                        ["quantities": [["quantity": 2]]])
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let places = answers.flatMap { answer in
            (answer.json["hold"]?["places"]?.array ?? []).compactMap {
                $0["place"]?.number?.int64
            }
        }
        #expect(Set(places).count == places.count)
        // The middle first, then one pair on each side of it. What is left is not side by side.
        #expect(answers.filter { $0.status == 201 }.count == 3)
        let refused = answers.filter { $0.status != 201 }
        #expect(refused.allSatisfy { $0.code == "seats_unavailable" }, "\(refused.map(\.text))")
        #expect(places.count == 6)
        #expect(places.contains(3) && places.contains(4))
        let apart = try await buyers[0].post(
            "/api/events/\(event.id)/holds/best",
            ["quantities": [["quantity": 2]], "mayBeApart": true])
        #expect(apart.status == 201, "\(apart.text)")
        #expect(try await event.states() == "hhhhhhhh")
    }

    @Test("a single seat is not left alone where the event says so")
    func single() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(
            platform, seats: 5, settings: ["refusesSingleSeats": true])
        let buyer = try await People.buyer(platform)
        let refused = try await event.hold([1, 2], as: buyer)
        #expect(refused.code == "leaves_single_seat", "\(refused.text)")
        #expect(refused.reasons.map(\.subject) == ["seat-1"])
        #expect(try await event.hold([0, 1], as: buyer).status == 201)
    }

    @Test("the organiser pauses, goes on, changes prices and cancels; nobody else does")
    func control() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 3)
        let buyer = try await People.buyer(platform)
        let stranger = try await People.organiser(platform)
        let path = "/api/events/\(event.id)"
        #expect(try await stranger.post(path + "/pause", [:]).status == 404)
        #expect(try await buyer.post(path + "/cancel", [:]).status == 403)
        let before = try await event.hold([0], as: buyer)

        for _ in 0..<2 {
            let paused = try await event.organiser.post(path + "/pause", [:])
            #expect(
                paused.json["event"]?["state"]?.string == "EVENT_STATE_PAUSED", "\(paused.text)")
        }
        #expect(try await event.hold([1], as: buyer).code == "event_not_on_sale")
        #expect(try await event.organiser.post(path + "/resume", [:]).status == 200)

        let change: JSONValue = [
            "title": "Another title",
            "categories": [["name": "Parkett", "priceMinor": "2500"]],
        ]
        let changed = try await event.organiser.send(.PATCH, path, bytes: change.bytes)
        #expect(changed.status == 200, "\(changed.text)")
        #expect(changed.json["event"]?["title"]?.string == "Another title")
        // The hold of before keeps its price, a new one has the new price.
        let kept = try await buyer.get(self.path(event, before))
        #expect(kept.json["hold"]?["totalMinor"]?.string == "2000")
        let after = try await event.hold([1], as: buyer)
        #expect(after.json["hold"]?["totalMinor"]?.string == "2500")

        let cancelled = try await event.organiser.post(path + "/cancel", [:])
        #expect(cancelled.json["event"]?["state"]?.string == "EVENT_STATE_CANCELLED")
        #expect(try await event.organiser.post(path + "/resume", [:]).code == "event_cancelled")
        #expect(try await event.hold([2], as: buyer).code == "event_not_on_sale")
    }
}
