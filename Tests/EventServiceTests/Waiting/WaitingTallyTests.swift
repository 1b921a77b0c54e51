import Contracts
import Postgres
import ServiceKit
import Testing

@testable import EventService

@Suite("A waiting list in numbers")
struct WaitingTallyTests {
    private let one = WaitingWish(quantity: 1)

    @Test("counts are by category, in the event's order, with the places that are wished for")
    func counts() async throws {
        try await WaitingFixture.with("ss") { fixture in
            let pair = WaitingWish(category: "B", quantity: 2)
            _ = try await fixture.join(pair)
            _ = try await fixture.join(pair)
            _ = try await fixture.join(WaitingWish(category: "A", quantity: 3))
            _ = try await fixture.join(one)
            try await fixture.set(.accepted, fixture.join(one))
            try await fixture.set(.offering, fixture.join(one))
            try await fixture.set(.offered, fixture.join(one))
            let answer = WaitingTally.response(
                try await fixture.store.counts(fixture.event), order: ["A", "B", "C"])
            #expect(answer.categories.map(\.category) == ["A", "B", ""])
            #expect(answer.categories.map(\.waiting) == [1, 2, 2])
            #expect(answer.categories.map(\.placesWanted) == [3, 4, 2])
            #expect(answer.categories.map(\.offered) == [0, 0, 1])
            #expect(answer.categories.map(\.accepted) == [0, 0, 1])
            #expect(answer.total?.waiting == 5 && answer.total?.placesWanted == 9)
            #expect(answer.total?.offered == 1 && answer.total?.placesOffered == 1)
            #expect(try await fixture.store.counts(EventID()).isEmpty)
        }
    }
}

extension WaitingFixture {
    /// Gives somebody's entry a state, as if it had got there.
    fileprivate func set(_ state: WaitingStore.State, _ buyer: UserID) async throws {
        try await database.pool.query(
            """
            UPDATE waiting_entries SET state = \(state.rawValue), offer_hold = gen_random_uuid()
            WHERE buyer_id = \(buyer.uuid)
            """)
    }
}
