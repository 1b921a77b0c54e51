import Foundation
import JSON
import Logging
import Postgres
import RandomSupport
import ServiceKit
import Synchronization
import Testing

/// Promise P7: what was acknowledged survives kill -9 of any process, at any time.
@Suite("P7: what was acknowledged survives kill -9", .serialized)
struct P7AcknowledgedTests {
    /// Books a place, kills processes the moment that the answer is there, and looks.
    ///
    /// - Parameter victims: looked up before the booking is made.
    /// - Returns: true where the booking is still there.
    private func survives(
        _ event: TestEvent, _ place: Int, _ buyer: APIClient,
        _ victims: () async throws -> [Int32]
    ) async throws -> Bool {
        let hold = try await eventually("a hold of place \(place)", seconds: 120) {
            let answer = try? await event.hold([place], as: buyer)
            return answer?.status == 201 ? answer : nil
        }
        let victims = try await victims()
        let booking = try await buyer.book(hold.holdToken)
        for pid in victims { kill(pid, SIGKILL) }
        try #require(booking.status == 201, "\(booking.text)")
        let answer = try await eventually("an answer after kill -9", seconds: 120) {
            let answer = try? await buyer.get("/api/bookings/\(booking.bookingID)")
            return answer?.status == 200 || answer?.status == 404 ? answer : nil
        }
        return answer.status == 200
    }

    @Test("answered before it is committed, a booking is gone with its process: the breach")
    func answeredFirst() async throws {
        let platform = try await Platform(environment: ["USHER_SABOTAGE": "answer-first"])
        let event = try await TestEvent(platform, seats: 2)
        let buyer = try await People.buyer(platform)
        let isThere = try await survives(event, 0, buyer) {
            [try #require(platform.process(of: "booking"))]
        }
        #expect(!isThere)
    }

    @Test("with synchronous_commit off, it is gone with PostgreSQL: the breach")
    func withoutTheDisk() async throws {
        let platform = try await Platform()
        let event = try await TestEvent(platform, seats: 20)
        let buyer = try await People.buyer(platform)
        try await asSuperuser(platform) { pool in
            // Nobody waits for the disk, and whoever writes to it later has time.
            for statement in [
                "ALTER ROLE ALL SET synchronous_commit = off",
                "ALTER SYSTEM SET wal_writer_delay = '10s'",
                "SELECT pg_reload_conf()",
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE usename LIKE 'usher_%'
                """,
            ] {
                _ = try await pool.query(PostgresQuery(sql: statement))
            }
        }
        for place in event.seats.indices {
            // What there was before is not to be lost.
            try await eventually("a checkpoint") { try await checkpoint(platform) }
            // Whoever follows the feeds would write, and the log with the booking goes to the
            // disk before theirs does.
            let followers = ["payment", "notification"].compactMap { platform.process(of: $0) }
            let isThere = try await survives(event, place, buyer) {
                for pid in followers { kill(pid, SIGSTOP) }
                return try await platform.postgresProcesses()
            }
            for pid in followers { kill(pid, SIGCONT) }
            guard isThere else { return }
        }
        Issue.record("nothing was lost in \(event.seats.count) crashes")
    }

    private func checkpoint(_ platform: Platform) async throws -> Void? {
        try? await asSuperuser(platform) { pool in _ = try await pool.query("CHECKPOINT") }
    }

    private func asSuperuser(
        _ platform: Platform, _ body: (PostgresPool) async throws -> Void
    ) async throws {
        let text = (platform.ready.databases["booking"] ?? "")
            .replacing("dbname=usher_booking", with: "dbname=postgres")
            .replacing("user=usher_booking", with: "user=postgres")
        try await PostgresPool.withPool(
            PostgresConfiguration(connectionString: text),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, body)
    }

    /// Who is killed, one round after the other.
    private static let victims = [
        "booking", "postgres", "payment", "event", "auth", "postgres", "notification", "gateway",
        "provider", "postgres", "booking",
    ]

    /// What somebody was told with a 2xx.
    private enum Acknowledged: Sendable {
        case booked(String, by: APIClient)
        /// Told so, or seen so.
        case confirmed(String, by: APIClient)
        case cancelled(String, by: APIClient)
        case registered(String)
        case blocked(Int)
    }

    /// Keeps what was told.
    private final class Witness: Sendable {
        let all = Mutex<[Acknowledged]>([])

        func note(_ told: Acknowledged) {
            all.withLock { $0.append(told) }
        }
    }

    @Test("a sale while every process is killed, PostgreSQL three times: nothing of it is lost")
    func kept() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("P7: seed \(seed)")
        var random = SplitMix64(state: seed)
        let platform = try await Platform(environment: CrashPoints.quickly)
        let sales = 8
        let event = try await TestEvent(platform, seats: (sales + 1) * Self.victims.count)
        let buyers = try await People.buyers(4, platform)
        let witness = Witness()

        for (round, victim) in Self.victims.enumerated() {
            let delay = Duration.milliseconds(Int.random(in: 0...1_500, using: &random))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sale in 0..<sales {
                    let place = round * (sales + 1) + sale
                    group.addTask {
                        try await sell(event, place, buyers[sale % buyers.count], witness)
                    }
                }
                let spare = round * (sales + 1) + sales
                group.addTask { try await others(event, spare, witness) }
                group.addTask {
                    try await Task.sleep(for: delay)
                    if victim == "postgres" {
                        try await platform.killPostgres()
                    } else {
                        try await platform.kill9(victim)
                    }
                }
                try await group.waitForAll()
            }
        }
        let all = witness.all.withLock { $0 }
        print("P7: \(all.count) acknowledgements, \(Self.victims.count) kills")
        #expect(all.count >= 2 * sales * Self.victims.count)
        try await check(all, event)
        try await P4Audit(platform: platform).waitUntilKept()
    }

    /// One sale; every third is given back by the organiser.
    private func sell(
        _ event: TestEvent, _ place: Int, _ buyer: APIClient,
        _ witness: Witness
    ) async throws {
        let token = try await hold(event, place, buyer)
        let booking = try await eventually("a booking of place \(place)", seconds: 180) {
            let answer = try? await buyer.book(token)
            return answer?.bookingID.isEmpty == false ? answer?.bookingID : nil
        }
        witness.note(.booked(booking, by: buyer))
        let payer = PatientBuyer(client: buyer, booking: booking, card: "4242424242424242")
        #expect(try await payer.pay() == .confirmed)
        witness.note(.confirmed(booking, by: buyer))
        guard place.isMultiple(of: 3) else { return }
        try await eventually("place \(place) given back", seconds: 180) { () -> Void? in
            let answer = try? await event.organiser.post("/api/bookings/\(booking)/cancel", [:])
            // Refused: the answer to the request before was lost.
            return answer?.status == 200 || answer?.code == "booking_not_active" ? () : nil
        }
        witness.note(.cancelled(booking, by: buyer))
    }

    /// The token of a hold; one whose answer was lost is found again.
    private func hold(
        _ event: TestEvent, _ place: Int, _ buyer: APIClient
    ) async throws -> String {
        try await eventually("a hold of place \(place)", seconds: 180) {
            if let answer = try? await event.hold([place], as: buyer), answer.status == 201 {
                return answer.holdToken
            }
            let list = try? await buyer.get("/api/events/\(event.id)/holds")
            let mine = list?.json["holds"]?.array?.first { hold in
                hold["places"]?.array?.first?["seatGuid"]?.string == event.seats[place]
            }
            return mine?["token"]?.string
        }
    }

    /// Somebody registers, and the organiser keeps a place back: once, whatever the answer.
    private func others(
        _ event: TestEvent, _ place: Int, _ witness: Witness
    ) async throws {
        for _ in 0..<4 {
            let email = People.email()
            let answer = try? await APIClient(event.platform).post(
                "/api/auth/register",
                [
                    "email": .string(email), "password": .string(People.password),
                    "displayName": "Somebody",
                ])
            if answer?.status == 201 { witness.note(.registered(email)) }
        }
        let blocked = try? await event.organiser.post(
            "/api/bookings/events/\(event.id)/block",
            ["places": [.number(JSONNumber(place))]])
        if blocked?.status == 200 { witness.note(.blocked(place)) }
    }

    private func check(_ all: [Acknowledged], _ event: TestEvent) async throws {
        var cancelled: Set<String> = []
        for case .cancelled(let id, by: _) in all { cancelled.insert(id) }
        for told in all {
            switch told {
            case .booked(let id, by: let buyer), .confirmed(let id, by: let buyer),
                .cancelled(let id, by: let buyer):
                let state = cancelled.contains(id) ? "CANCELLED" : "CONFIRMED"
                let client = APIClient(event.platform, token: buyer.token)
                try await client.waitForBooking(id, "BOOKING_STATE_" + state)
            case .registered(let email):
                _ = try await People.logIn(event.platform, email)
            case .blocked(let place):
                _ = try await eventually("place \(place) kept back") {
                    Array(try await event.states()).dropFirst(place).first == "b" ? true : nil
                }
            }
        }
    }
}
