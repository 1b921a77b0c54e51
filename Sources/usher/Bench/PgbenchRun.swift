import BookingService
import Foundation
import Postgres

/// pgbench on the platform's PostgreSQL, in a database that is made for it: the rows of a booking, one
/// booking in each transaction.
struct PgbenchRun {
    private static let database = "usher_bench"
    private let programs: String
    private let socketFolder: String

    /// Makes the database, with the booking service's tables and an event.
    ///
    /// - Throws: `StartError` where pgbench is not installed.
    init(report: ReadyReport) async throws {
        let run = RunFolder(path: report.runFolder)
        let server = try await PostgresServer.locate(
            data: DataFolder(path: report.dataFolder), run: run, user: nil)
        programs = server.programs
        socketFolder = run.postgres
        guard FileManager.default.isExecutableFile(atPath: programs + "/pgbench") else {
            throw StartError(
                "There is no pgbench in \(programs).",
                advice: "Install it with `apt-get install postgresql`.")
        }
        try await psql("postgres", "DROP DATABASE IF EXISTS \(Self.database);")
        try await psql("postgres", "CREATE DATABASE \(Self.database);")
        _ = try await PostgresMigrator(directory: BookingService.migrations).migrate(
            PostgresConfiguration(
                connectionString:
                    "host=\(socketFolder) dbname=\(Self.database) user=postgres"))
        try await psql(
            Self.database,
            """
            INSERT INTO events (id, organiser_id, on_sale, plan_version, title, venue, starts_at,
             time_zone, currency, pay_seconds, sale_closes_at)
            VALUES (gen_random_uuid(), gen_random_uuid(), true, 1, 'Cup final',
             'Stadion am Park', now() + interval '60 days', 'Europe/Berlin', 'EUR', 900,
             now() + interval '60 days');
            CREATE SEQUENCE bench_place CACHE 100;
            """)
    }

    /// Bookings a second of so many clients, each as many in a row as asked.
    func rate(clients: Int, each count: Int) async throws -> Double {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("usher-bench-\(UUID().uuidString).sql")
        try Data(Self.script.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        // A number of transactions, not a time: its timer's signal may be blocked in our children.
        let outcome = try await tool(
            "pgbench",
            [
                "-n", "-M", "prepared", "-c", "\(clients)", "-j", "\(min(clients, 2))",
                "-t", "\(count)", "-f", file.path, Self.database,
            ]
        ).run(deadline: .seconds(300))
        guard outcome.isSuccess,
            let rate = outcome.output.firstMatch(of: #/tps = ([0-9.]+)/#).flatMap({
                Double($0.output.1)
            })
        else {
            throw StartError("pgbench \(outcome.ending).\n\(outcome.output)")
        }
        return rate
    }

    /// Takes the database away again.
    func end() async throws {
        try await psql("postgres", "DROP DATABASE IF EXISTS \(Self.database);")
    }

    private func psql(_ database: String, _ statement: String) async throws {
        let outcome = try await tool(
            "psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
        ).run(input: statement, deadline: .seconds(60))
        guard outcome.isSuccess else {
            throw StartError("psql \(outcome.ending).\n\(outcome.output)")
        }
    }

    /// Through the unix socket, where nobody is asked for a password.
    private func tool(_ program: String, _ arguments: [String]) -> Tool {
        Tool(
            command: ["\(programs)/\(program)", "-h", socketFolder, "-U", "postgres"] + arguments,
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
                "LC_ALL": "C.UTF-8",
            ])
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
