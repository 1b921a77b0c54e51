import Foundation
import JSON
import Logging
import Postgres
import ServiceKit
import Testing

/// Promise P2: several seats are held and booked all or none.
@Suite("P2: all or none")
struct P2AllOrNoneTests {
    @Test("without the rule that losers leave whole, half a booking stays")
    func breach() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 6)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([3], as: buyer)
        #expect(try await buyer.book(hold.holdToken).status == 201)
        // The statement that claims, and nothing after it: what is free of 3 and 4 is taken.
        let id = try #require(EventID(event.id))
        _ = try await Databases.with(platform, "booking") { pool in
            try await pool.transaction { transaction in
                try await transaction.query(
                    """
                    INSERT INTO claims (event_id, place, booking_id, claimed_at)
                    SELECT \(id.uuid), place, (
                        SELECT booking_id FROM claims WHERE event_id = \(id.uuid)), now()
                    FROM unnest(\([Int32(3), 4])) AS place ON CONFLICT DO NOTHING
                    """)
            }
        }
        #expect(try await places(event) == [3, 4])
    }

    @Test("two want overlapping seats and Redis keeps nobody off: one has all, the other none")
    func overlapping() async throws {
        let platform = try await Platform.withoutGuard()
        let event = try await TestEvent(platform, seats: 6)
        let first = try await People.buyer(platform)
        let second = try await People.buyer(platform)
        let one = try await event.hold([2, 3], as: first)
        let other = try await event.hold([3, 4], as: second)
        #expect(one.status == 201 && other.status == 201)
        async let a = first.book(one.holdToken)
        async let b = second.book(other.holdToken)
        let answers = try await [a, b]
        #expect(answers.map(\.status).sorted() == [201, 409])
        let winner = answers[0].status == 201 ? [2, 3] : [3, 4]
        #expect(try await places(event) == winner)
        let loser = try #require(answers.first { $0.status == 409 })
        #expect(loser.code == "seats_unavailable")
        #expect(loser.reasons.map(\.subject) == ["seat-4"])
    }

    @Test("a hold of which one seat is gone takes none")
    func hold() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 6)
        let first = try await People.buyer(platform)
        let second = try await People.buyer(platform)
        #expect(try await event.hold([1], as: first).status == 201)
        #expect(try await event.hold([0, 1, 2], as: second).status == 409)
        #expect(try await event.states() == "fhffff")
    }

    private func places(_ event: TestEvent) async throws -> [Int] {
        let id = try #require(EventID(event.id))
        return try await Databases.with(event.platform, "booking") { pool in
            try await pool.query(
                """
                SELECT place FROM claims WHERE event_id = \(id.uuid) AND released_at IS NULL
                ORDER BY place
                """
            ).map { Int(try $0.decode("place", as: Int32.self)) }
        }
    }
}
