import Contracts
import Foundation
import Logging
import Postgres
import RPC
import ServiceKit
import Testing
import Wire

@testable import BookingService

@Suite("Writes with an Idempotency-Key")
struct IdempotencyTests {
    private struct Broken: Error {}

    private func key(
        _ text: String = "k", user: UUID = UUID(), method: String = "m", body: UInt8 = 1
    ) -> IdempotencyKey {
        .init(user: user, method: method, key: text, fingerprint: [body])
    }

    /// The write: a row more, whatever was there before.
    private func write(
        _ key: IdempotencyKey?, _ database: BookingDatabase,
        _ then: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> BookingV1.SalesLine {
        try await database.records.once(key) { transaction in
            try await transaction.query("INSERT INTO writes DEFAULT VALUES")
            try await then()
            let rows = try await transaction.query("SELECT count(*) AS count FROM writes")
            return try .with {
                $0.priceMinor = try rows.first?.decode("count", as: Int64.self) ?? 0
            }
        }
    }

    private func with(
        _ name: String = #function, _ body: (BookingDatabase) async throws -> Void
    ) async throws {
        try await BookingDatabase.with(name) { database in
            try await database.pool.query("CREATE TABLE writes (at timestamptz DEFAULT now())")
            try await body(database)
        }
    }

    private func writes(_ database: BookingDatabase) async throws -> Int {
        try await database.count("SELECT count(*) FROM writes")
    }

    @Test("without a key, what is sent twice happens twice")
    func withoutKey() async throws {
        try await with { (database) async throws in
            _ = try await write(nil, database)
            _ = try await write(nil, database)
            #expect(try await writes(database) == 2)
        }
    }

    @Test("the same key and body: once, and the same answer")
    func again() async throws {
        try await with { (database) async throws in
            let key = key()
            let first = try await write(key, database)
            _ = try await write(nil, database)
            #expect(try await write(key, database) == first)
            #expect(try await writes(database) == 2)
            #expect(
                try await database.records.answer(of: key) == .success(first.serialized()))
        }
    }

    @Test("the same key and another body is an error; another user's or method's is another key")
    func reused() async throws {
        try await with { (database) async throws in
            let user = UUID()
            _ = try await write(key(user: user), database)
            let error = await #expect(throws: RPCError.self) {
                try await write(key(user: user, body: 2), database)
            }
            #expect(error?.detail?.code == "idempotency_key_reused")
            _ = try await write(key(), database)
            _ = try await write(key(user: user, method: "n"), database)
            #expect(try await writes(database) == 3)
        }
    }

    @Test("while it is running: 409, and once at the end")
    func inFlight() async throws {
        try await with { (database) async throws in
            let key = key()
            var error: RPCError?
            _ = try await database.records.once(key) { transaction in
                try await transaction.query("INSERT INTO writes DEFAULT VALUES")
                error = await refusal { try await write(key, database) }
                return BookingV1.SalesLine()
            }
            #expect(error?.code == .aborted)
            #expect(error?.detail?.code == IdempotencyRecords.inFlightCode)
            #expect(try await writes(database) == 1)
        }
    }

    private func refusal(
        _ body: () async throws -> BookingV1.SalesLine
    ) async -> RPCError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? RPCError
        }
    }

    @Test("many at once: one write, everybody else is told the same or to wait")
    func crowd() async throws {
        try await with { (database) async throws in
            let key = key()
            let answers = await withTaskGroup(of: Result<Int64, any Error>.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        do {
                            return .success(try await write(key, database).priceMinor)
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for answer in answers {
                switch answer {
                case .success(let count): #expect(count == 1)
                case .failure(let error):
                    let code = (error as? RPCError)?.detail?.code
                    #expect(code == IdempotencyRecords.inFlightCode)
                }
            }
            #expect(try await writes(database) == 1)
        }
    }

    @Test("a final refusal stays one and leaves nothing; what passes is tried again")
    func refusals() async throws {
        try await with { (database) async throws in
            let final = key("final")
            let passing = key("passing")
            for _ in 0..<2 {
                let error = await refusal {
                    try await write(final, database) {
                        throw RPCError.aborted("seats_unavailable", "gone", [.init("a", "b", "c")])
                    }
                }
                #expect(error?.detail?.code == "seats_unavailable")
                #expect(error?.detail?.reasons.count == 1)
            }
            // Now it would succeed, but it has been answered.
            #expect(await refusal { try await write(final, database) }?.code == .aborted)
            #expect(try await writes(database) == 0)

            let error = await refusal {
                try await write(passing, database) { throw RPCError.unavailable("later", "later") }
            }
            #expect(error?.code == .unavailable)
            await #expect(throws: Broken.self) {
                try await write(passing, database) { throw Broken() }
            }
            #expect(try await write(passing, database).priceMinor == 1)
        }
    }

    @Test("a booking's key: same answer from a later batch, whatever became of the seat")
    func booking() async throws {
        try await BookingDatabase.with { database in
            let buyer = UserID()
            let key = key(user: buyer.uuid)
            let order = database.order([1, 2], by: buyer, key: key)
            let first = try await database.writer.write([order])[0].response(to: order)
            try await database.pool.query("UPDATE bookings SET state = 'expired'")
            let again = try await database.writer.write([
                order, database.order([9]),
            ])[0].response(to: order)
            #expect(again == first)
            #expect(again.booking?.state == .pending)

            // A refusal is kept as well, with its reasons.
            let late = database.order([1], key: self.key("late", user: buyer.uuid))
            for _ in 0..<2 {
                let outcome = try await database.writer.write([late])[0]
                let error = #expect(throws: RPCError.self) { try outcome.response(to: late) }
                #expect(error?.detail?.code == "seats_unavailable")
                try await database.pool.query(
                    "UPDATE claims SET released_at = clock_timestamp() WHERE place = 1")
            }
        }
    }

    @Test("answers are forgotten after a day")
    func sweep() async throws {
        try await with { (database) async throws in
            _ = try await write(key("old"), database)
            try await database.pool.query(
                "UPDATE idempotency SET recorded_at = now() - interval '25 hours'")
            _ = try await write(key("new"), database)
            let sweeper = IdempotencySweeper(pool: database.pool, logger: Logger(label: "test"))
            #expect(try await sweeper.sweep(limit: 10) == 1)
            #expect(try await database.count("SELECT count(*) FROM idempotency") == 1)
        }
    }
}
