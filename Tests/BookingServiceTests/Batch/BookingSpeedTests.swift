import Foundation
import Logging
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import BookingService

/// Bookings a second, beside pgbench doing the same inserts one by one on the same server. Only
/// where `USHER_BENCH` is set; in a release build:
/// `USHER_BENCH=1 swift test -c release -Xswiftc -enable-testing --filter BookingSpeed`.
@Suite("Bookings a second", .enabled(if: ProcessInfo.processInfo.environment["USHER_BENCH"] != nil))
struct BookingSpeedTests {
    private static let seconds = 5

    @Test("1, 16 and 64 clients")
    func clients() async throws {
        let configuration = try await PostgresServer.shared.makeDatabase("speed")
        _ = try await PostgresMigrator(directory: BookingService.migrations)
            .migrate(configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await PostgresPool.withPool(configuration, logger: logger) { pool in
            let database = try await BookingDatabase(pool)
            try await pool.query("CREATE SEQUENCE bench_place START 1000000000 CACHE 100")
            let writer = database.writer
            let commits = Mutex(0)
            let batcher = BookingBatcher(logger: logger) { orders in
                commits.withLock { $0 += 1 }
                return try await writer.write(orders)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await batcher.run() }
                for clients in [1, 16, 64] {
                    let plain = try Self.pgbench(clients, configuration)
                    let before = commits.withLock { $0 }
                    let booked = try await Self.book(clients, database, batcher)
                    let ratio = Double(booked) / Double(commits.withLock { $0 } - before)
                    print(
                        "print: \(clients) clients: \(booked / Self.seconds) bookings/s,",
                        String(format: "%.1f a commit;", ratio),
                        "pgbench one by one: \(plain)/s")
                    #expect(booked > 0)
                }
                group.cancelAll()
            }
        }
    }

    private static func book(
        _ clients: Int, _ database: BookingDatabase, _ batcher: BookingBatcher
    ) async throws -> Int {
        let end = ContinuousClock.now + .seconds(Self.seconds)
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<clients {
                group.addTask {
                    var count = 0
                    while ContinuousClock.now < end {
                        let place = UInt32(clients * 10_000_000 + client * 100_000 + count)
                        _ = try await batcher.book(database.order([place]))
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
    }

    /// Transactions a second of pgbench: the same rows, the same locks, one booking in each. A
    /// number of them, not a time: its timer's signal is blocked in children of this process.
    private static func pgbench(_ clients: Int, _ configuration: PostgresConfiguration) throws
        -> Int
    {
        let script = FileManager.default.temporaryDirectory
            .appendingPathComponent("usher-bench-\(UUID().uuidString).sql")
        try Data(Self.script.utf8).write(to: script)
        defer { try? FileManager.default.removeItem(at: script) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "pgbench", "-n", "-M", "prepared", "-c", "\(clients)", "-j", "\(min(clients, 2))",
            "-t", "\(6_400 / clients)", "-f", script.path, "-h", configuration.host, "-p",
            "\(configuration.port)", "-U", configuration.user, configuration.database,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let tps = text.firstMatch(of: #/tps = ([0-9]+)/#)
        return try #require(tps.flatMap { Int($0.output.1) }, "\(text)")
    }

    private static let script =
        """
        BEGIN;
        SELECT id, on_sale, places_per_buyer_max FROM events ORDER BY id FOR SHARE;
        WITH item AS MATERIALIZED (
            SELECT gen_random_uuid() AS id, nextval('bench_place') AS place
        ), claim AS (
            INSERT INTO claims (event_id, place, booking_id, claimed_at)
            SELECT e.id, item.place, item.id, clock_timestamp() FROM events e, item
            ON CONFLICT DO NOTHING
        ), place AS (
            INSERT INTO booking_places (booking_id, place, seat_guid, area_id, label, category,
             price_type, price_minor)
            SELECT id, place, 'seat', '', 'Seat', 'Parkett', '', 2000 FROM item
        )
        INSERT INTO bookings (id, event_id, buyer_id, hold_id, state, total_minor, currency,
         pay_by, created_at, event_title, venue, starts_at, time_zone)
        SELECT item.id, e.id, gen_random_uuid(), gen_random_uuid(), 'pending', 2000, 'EUR',
         now(), now(), title, venue, starts_at, time_zone FROM events e, item;
        WITH head AS (UPDATE feed_head SET position = position + 1 RETURNING position)
        INSERT INTO feed (position, key, fact)
        SELECT position, 'booking', decode(repeat('00', 300), 'hex') FROM head;
        COMMIT;
        """
}
