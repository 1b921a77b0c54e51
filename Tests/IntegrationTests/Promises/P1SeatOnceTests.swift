import Foundation
import JSON
import Logging
import Postgres
import ServiceKit
import Testing

/// Promise P1 under a rush: 200 people, each from an address of their own, want the same two
/// seats at once.
@Suite("P1: a place has at most one active claim", .serialized)
struct P1SeatOnceTests {
    private static let crowd = 200

    /// What became of everybody's way from hold to booking.
    private struct Outcome: Sendable {
        var hold: APIClient.Answer
        var booking: APIClient.Answer?
    }

    @Test("with the index off and Redis flushed in between, the double sale happens")
    func neither() async throws {
        // The breach that the other tests would have to see: two holders of one seat, told so by
        // two lives of Redis, and no index to decide between them.
        let platform = try await Platform()
        let event = try await TestEvent(platform, seats: 10)
        try await onBookings(platform) { pool in
            _ = try await pool.query("DROP INDEX claims_active")
        }
        let first = try await People.buyer(platform)
        let second = try await People.buyer(platform)

        let one = try await event.hold([3, 4], as: first)
        #expect(one.status == 201, "\(one.text)")
        try await SeatStates.flush(platform)
        let other = try await eventually("the second hold of the same seats") {
            let answer = try await event.hold([3, 4], as: second)
            return answer.status == 201 ? answer : nil
        }
        // Redis forgets again, and again where the state was rebuilt before the token came.
        for (buyer, token) in [(first, one.holdToken), (second, other.holdToken)] {
            _ = try await eventually("a sale of the same seats") {
                try await SeatStates.flush(platform)
                return try await buyer.book(token).status == 201 ? true : nil
            }
        }
        #expect(try await claims(event) == 4)
    }

    @Test("one booking and 199 refusals with a reason per seat")
    func guardAndIndex() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 10)
        let outcomes = try await rush(event)

        let refused = outcomes.filter { $0.hold.status != 201 }
        #expect(refused.count == Self.crowd - 1)
        for outcome in refused {
            #expect(outcome.hold.status == 409, "\(outcome.hold.text)")
            #expect(outcome.hold.code == "seats_unavailable")
            #expect(outcome.hold.reasons.map(\.subject).sorted() == ["seat-4", "seat-5"])
            #expect(outcome.hold.reasons.allSatisfy { ["held", "claimed"].contains($0.code) })
        }
        let booked = outcomes.compactMap(\.booking)
        #expect(booked.map(\.status) == [201], "\(booked.map(\.text))")
        #expect(try await claims(event) == 2)
    }

    @Test("with the Redis guard off, the index still lets one in")
    func indexAlone() async throws {
        let platform = try await Platform.withoutGuard()
        let event = try await TestEvent(platform, seats: 10)
        let outcomes = try await rush(event)

        // The guard is really off: everybody holds.
        #expect(outcomes.filter { $0.hold.status == 201 }.count == Self.crowd)
        let bookings = outcomes.compactMap(\.booking)
        #expect(bookings.filter { $0.status == 201 }.count == 1)
        let refused = bookings.filter { $0.status != 201 }
        #expect(refused.count == Self.crowd - 1)
        for answer in refused {
            #expect(answer.status == 409, "\(answer.text)")
            #expect(answer.code == "seats_unavailable")
            #expect(answer.reasons.map(\.subject).sorted() == ["seat-4", "seat-5"])
        }
        #expect(try await claims(event) == 2)
    }

    @Test("what the organiser keeps back is a claim as well")
    func blocked() async throws {
        let platform = try await Platform()
        let event = try await TestEvent(platform, seats: 4)
        let buyer = try await People.buyer(platform)
        let path = "/api/bookings/events/\(event.id)"
        #expect(try await buyer.post(path + "/block", ["places": [1]]).status == 404)
        let blocked = try await event.organiser.post(path + "/block", ["places": [1, 2]])
        #expect(blocked.status == 200, "\(blocked.text)")
        _ = try await eventually("the seat state of blocked seats") {
            try await event.states() == "fbbf" ? true : nil
        }
        let refused = try await event.hold([0, 1], as: buyer)
        #expect(refused.status == 409 && refused.code == "seats_unavailable")

        // Redis forgets, the claims do not.
        try await SeatStates.flush(platform)
        _ = try await eventually("the seat state after Redis forgot") {
            try await event.states() == "fbbf" ? true : nil
        }
        let freed = try await event.organiser.post(path + "/unblock", ["places": [1]])
        #expect(freed.status == 200, "\(freed.text)")
        _ = try await eventually("the seat state of a seat given free") {
            try await event.states() == "ffbf" ? true : nil
        }
        let hold = try await event.hold([0, 1], as: buyer)
        #expect(try await buyer.book(hold.holdToken).status == 201)
        let late = try await event.organiser.post(path + "/block", ["places": [0, 3]])
        #expect(late.status == 409 && late.reasons.map(\.subject) == ["0"])
        #expect(try await claims(event) == 3)
    }

    private func rush(_ event: TestEvent) async throws -> [Outcome] {
        let buyers = try await People.buyers(Self.crowd, event.platform)
        let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for buyer in buyers {
                group.addTask {
                    let hold = try await event.hold([3, 4], as: buyer)
                    guard hold.status == 201 else {
                        return Outcome(hold: hold)
                    }
                    return Outcome(hold: hold, booking: try await buyer.book(hold.holdToken))
                }
            }
            return try await group.reduce(into: [Outcome]()) { $0.append($1) }
        }
        let answers = outcomes.map(\.hold) + outcomes.compactMap(\.booking)
        #expect(answers.filter { $0.status >= 500 }.map(\.text) == [])
        return outcomes
    }

    private func claims(_ event: TestEvent) async throws -> Int {
        let id = try #require(EventID(event.id))
        return try await onBookings(event.platform) { pool in
            try await pool.query(
                "SELECT 1 FROM claims WHERE event_id = \(id.uuid) AND released_at IS NULL"
            ).count
        }
    }

    private func onBookings<Result>(
        _ platform: Platform, _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        try await Databases.with(platform, "booking", body)
    }
}
