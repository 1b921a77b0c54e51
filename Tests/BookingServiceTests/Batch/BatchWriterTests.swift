import Contracts
import Foundation
import Logging
import Postgres
import ServiceKit
import Testing

@testable import BookingService

@Suite("Bookings that share a commit")
struct BatchWriterTests {
    @Test("with the index off, a place is sold twice")
    func withoutIndex() async throws {
        try await BookingDatabase.with { database in
            try await database.pool.query("DROP INDEX claims_active")
            // One by one: each transaction leaves it to the index to refuse.
            _ = try await database.writer.write([database.order([7])])
            _ = try await database.writer.write([database.order([7])])
            #expect(try await database.claimed() == [7, 7])
        }
    }

    @Test("64 at once of which 20 are in the way: 44 confirmed, 20 refused, one commit")
    func sixtyFour() async throws {
        try await BookingDatabase.with { database in
            let gate = Gate()
            let writer = database.writer
            let batches = Batches()
            let batcher = BookingBatcher(logger: Logger(label: "test")) { orders in
                await gate.pass()
                await batches.add(orders.count)
                return try await writer.write(orders)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await batcher.run() }
                // The first one is under way while the others come.
                async let first = batcher.book(database.order([1_000], price: 0))
                await gate.waitUntilSomebodyWaits()
                let outcomes = try await crowd(database, batcher) {
                    await gate.open()
                }
                _ = try await first
                group.cancelAll()

                let created = outcomes.compactMap { outcome in
                    if case .created(let booking) = outcome { booking } else { nil }
                }
                #expect(created.count == 44)
                #expect(created.allSatisfy { $0.state == .confirmed })
                let refused = outcomes.filter {
                    if case .taken(let places) = $0 { places.count == 1 } else { false }
                }
                #expect(refused.count == 20)
            }
            #expect(await batches.sizes == [1, 64])
            #expect(try await database.claimed() == (0..<44).map(Int32.init) + [1_000])
            // Rows of one transaction bear its number.
            for table in ["claims", "bookings", "booking_places"] {
                #expect(
                    try await database.count(
                        "SELECT count(DISTINCT xmin::text) FROM \(unescaped: table)") == 2)
            }
            let facts = try await database.facts()
            #expect(facts.count == 2 * 45)
            #expect(try await database.count("SELECT count(DISTINCT xmin::text) FROM feed") == 2)
        }
    }

    /// 44 with a place of their own, then 20 who want one of those.
    private func crowd(
        _ database: BookingDatabase, _ batcher: BookingBatcher, _ go: () async -> Void
    ) async throws -> [BookingOutcome] {
        try await withThrowingTaskGroup(of: BookingOutcome.self) { group in
            for index in 0..<64 {
                let order = database.order([UInt32(index % 44)], price: 0)
                group.addTask { try await batcher.book(order) }
                while batcher.waitingCount < index + 1 {
                    await Task.yield()
                }
            }
            await go()
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("all or none, when another transaction is faster with one of the places")
    func lostRace() async throws {
        try await BookingDatabase.with { database in
            let other = database.order([5])
            _ = try await database.writer.write([other])
            // Alone, an order learns of it by its claim; in a batch it is looked up first. Here
            // it is neither: the claims of the batch are written as if nothing were known.
            let loser = database.order([4, 5, 6])
            let lost = try await database.pool.transaction { transaction in
                try await BookingPlaces.claim(
                    [(loser.id, loser.wish.claims)], in: transaction)
            }
            #expect(lost == [loser.id: [.init(event: database.event, index: 5)]])
            #expect(try await database.claimed() == [5])

            let outcomes = try await database.writer.write([loser])
            guard case .taken([5]) = outcomes[0] else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(try await database.count("SELECT count(*) FROM bookings") == 1)
            #expect(try await database.facts().count == 1)
        }
    }

    @Test("many writers at once: every place once, every booking whole", arguments: 0..<4)
    func writersAtOnce(seed: Int) async throws {
        try await BookingDatabase.with("writersAtOnce\(seed)") { database in
            let outcomes = try await withThrowingTaskGroup(of: [BookingOutcome].self) { group in
                for writer in 0..<6 {
                    let orders = (0..<8).map { index in
                        let first = UInt32((writer * 7 + index * (seed + 3)) % 40)
                        return database.order([first, first + 1, first + 2])
                    }
                    group.addTask { try await database.writer.write(orders) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let created = outcomes.filter { if case .created = $0 { true } else { false } }
            let claimed = try await database.claimed()
            #expect(claimed.count == 3 * created.count)
            #expect(Set(claimed).count == claimed.count)
            #expect(
                try await database.count(
                    """
                    SELECT count(*) FROM bookings b WHERE 3 <> (
                        SELECT count(*) FROM claims c WHERE c.booking_id = b.id)
                    """) == 0)
            #expect(try await database.count("SELECT count(*) FROM bookings") == created.count)
            #expect(try await database.facts().count == created.count)
        }
    }

    @Test("a buyer who books twice at once stays within the event's limit")
    func buyerLimit() async throws {
        try await BookingDatabase.with { database in
            try await database.pool.query("UPDATE events SET places_per_buyer_max = 4")
            let buyer = UserID()
            let outcomes = try await withThrowingTaskGroup(of: BookingOutcome.self) { group in
                for index in 0..<4 {
                    let order = database.order(
                        [UInt32(index * 3), UInt32(index * 3 + 1), UInt32(index * 3 + 2)],
                        by: buyer)
                    group.addTask { try await database.writer.write([order])[0] }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let refused = outcomes.filter { if case .overLimit(4) = $0 { true } else { false } }
            #expect(refused.count == 3)
            #expect(try await database.claimed().count == 3)
        }
    }

    @Test("the same hold again is the same booking; somebody else's hold is nobody's")
    func sameHold() async throws {
        try await BookingDatabase.with { database in
            let buyer = UserID()
            let hold = HoldID()
            let first = try await database.writer.write([
                database.order([1], by: buyer, hold: hold)
            ])
            let again = try await database.writer.write([
                database.order([1], by: buyer, hold: hold), database.order([2]),
            ])
            #expect(again[0].booking?.bookingID == first[0].booking?.bookingID)
            let other = try await database.writer.write([database.order([1], hold: hold)])
            guard case .holdUsed = other[0] else {
                Issue.record("\(other)")
                return
            }
            #expect(try await database.claimed() == [1, 2])
        }
    }
}

/// Lets nobody pass until it is opened.
private actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var watchers: [CheckedContinuation<Void, Never>] = []

    func pass() async {
        guard !isOpen else {
            return
        }
        await withCheckedContinuation { continuation in
            waiting.append(continuation)
            watchers.forEach { $0.resume() }
            watchers = []
        }
    }

    func waitUntilSomebodyWaits() async {
        if waiting.isEmpty {
            await withCheckedContinuation { watchers.append($0) }
        }
    }

    func open() {
        isOpen = true
        waiting.forEach { $0.resume() }
        waiting = []
    }
}

/// How large the batches were.
private actor Batches {
    private(set) var sizes: [Int] = []

    func add(_ size: Int) {
        sizes.append(size)
    }
}
