import Foundation
import Logging
import Postgres
import ServiceKit
import Testing

@testable import EventService

@Suite("Entries of waiting lists that are over")
struct WaitingSweeperTests {
    private let one = WaitingWish(quantity: 1)

    /// An entry of that state which is over for so many days, or not at all.
    private func insert(
        _ state: WaitingStore.State, daysAgo: Int?, _ fixture: WaitingFixture
    ) async throws {
        let buyer = try await fixture.join(one)
        try await fixture.database.pool.query(
            """
            UPDATE waiting_entries SET state = \(state.rawValue),
             joined_at = clock_timestamp() - interval '400 days', offer_hold = gen_random_uuid(),
             ended_at = clock_timestamp() - make_interval(days => \(daysAgo.map(Int32.init)))
            WHERE buyer_id = \(buyer.uuid)
            """)
    }

    private func states(_ fixture: WaitingFixture) async throws -> [String] {
        try await fixture.database.pool.query("SELECT state FROM waiting_entries ORDER BY number")
            .map { try $0.decode("state") }
    }

    @Test("are forgotten after 90 days, so many at once; who still waits is not")
    func sweep() async throws {
        try await WaitingFixture.with("ss") { fixture in
            for state in [WaitingStore.State.accepted, .expired, .declined, .left, .ended] {
                try await insert(state, daysAgo: 91, fixture)
            }
            try await insert(.expired, daysAgo: 89, fixture)
            for state in [WaitingStore.State.waiting, .offering, .offered] {
                try await insert(state, daysAgo: nil, fixture)
            }
            let sweeper = WaitingSweeper(
                pool: fixture.database.pool, logger: Logger(label: "test"))
            #expect(try await sweeper.sweep(limit: 3) == 3)
            #expect(try await states(fixture).count == 6)
            #expect(try await sweeper.sweep(limit: 3) == 2)
            #expect(try await sweeper.sweep(limit: 3) == 0)
            #expect(try await states(fixture) == ["expired", "waiting", "offering", "offered"])
        }
    }
}
