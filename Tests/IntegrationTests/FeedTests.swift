import Contracts
import Foundation
import JSON
import Postgres
import Testing
import Wire

/// Feeds of a running platform: entries that cannot be applied, and a database that restarts.
@Suite("Feeds of a platform", .serialized)
struct FeedTests {
    private func feed(_ platform: Platform, _ arguments: String) async throws -> Shell.Output {
        let ready = platform.ready
        return try await Shell.run(
            "\"$USHER\" feed \(arguments) --data '\(ready.dataFolder)' --run '\(ready.runFolder)'",
            in: platform.folder, environment: ["USHER": try Platform.executable()])
    }

    /// Writes a fact into the booking feed that no follower can read, and returns its position.
    private func poison(_ platform: Platform, key: String) async throws -> Int64 {
        let fact = BookingV1.FeedEntry.with {
            $0.fact = .bookingConfirmed(.with { $0.booking = .with { $0.bookingID = "nonsense" } })
        }
        return try await Databases.with(platform, "booking") { pool in
            try await pool.transaction { transaction in
                let rows = try await transaction.query(
                    "UPDATE feed_head SET position = position + 1 RETURNING position")
                let position = try rows.first?.decode("position", as: Int64.self) ?? 0
                try await transaction.query(
                    """
                    INSERT INTO feed (position, key, fact)
                    VALUES (\(position), \(key), \(fact.serialized()))
                    """)
                return position
            }
        }
    }

    @Test("usher feed shows, releases and gives up what cannot be applied; all else goes on")
    func parked() async throws {
        let platform = try await Platform.shared()
        let key = "poison-\(UUID().uuidString.lowercased())"
        let name = "notification/booking/\(try await poison(platform, key: key))"
        _ = try await poison(platform, key: key)
        let list = try await eventually("the parked entries") {
            let output = try await feed(platform, "parked --key \(key) --entries")
            return output.text.contains("2 entries are parked.") ? output : nil
        }
        #expect(list.status == 0)
        for part in [
            name, "unreadable fact about booking \(key)", "an earlier entry of its key is parked",
            "event/booking: applied up to", "payment/booking: applied up to", "nonsense",
        ] {
            #expect(list.text.contains(part), "\(part): \(list.text)")
        }
        // The sale goes on, tickets included.
        let event = try await TestEvent(platform, seats: 1)
        let buyer = try await People.buyer(platform)
        let booking = try await buyer.book(try await event.hold([0], as: buyer).holdToken).bookingID
        _ = try await buyer.pay(booking)
        _ = try await eventually("a ticket") {
            let answer = try await buyer.get("/api/notifications/tickets?bookingId=\(booking)")
            return answer.json["tickets"]?.array?.count == 1 ? true : nil
        }

        let released = try await feed(platform, "release \(name)")
        #expect(released.status == 1)
        #expect(released.text.contains("\(name) FAILED: unreadable fact"), "\(released.text)")
        let unnamed = try await feed(platform, "discard \(name)")
        #expect(unnamed.status != 0)
        for left in [1, 0] {
            let shown = try await feed(platform, "parked --on notification --key \(key)")
            let line = shown.text.split(separator: "\n").first { $0.contains("  \(key)") } ?? ""
            let entry = line.split(separator: " ").first ?? ""
            let gone = try await feed(platform, "discard \(entry) --reason 'a test'")
            #expect(gone.status == 0, "\(gone.text)")
            #expect(gone.text.contains("given up"), "\(gone.text)")
            #expect(gone.text.contains("parked still") == (left > 0), "\(gone.text)")
        }
        let nothing = try await feed(platform, "parked --key \(key)")
        #expect(nothing.text.contains("Nothing is parked."), "\(nothing.text)")
        let again = try await feed(platform, "release \(name)")
        #expect(again.status == 1)
        #expect(again.text.contains("is not parked"), "\(again.text)")
    }

    @Test("usher feed position shows how far a feed was read, and moves nothing that is not lost")
    func position() async throws {
        let platform = try await Platform.shared()
        let shown = try await feed(platform, "position payment/booking")
        #expect(shown.status == 0)
        #expect(shown.text.contains("payment/booking: applied up to "), "\(shown.text)")
        #expect(!shown.text.contains("LOST"), "\(shown.text)")
        let known = try await feed(platform, "position payment/booking --start --reason 'a test'")
        #expect(known.status == 1)
        #expect(known.text.contains("nothing is lost"), "\(known.text)")
        let beyond = try await feed(
            platform, "position payment/booking --set 999999999 --reason 'a test'")
        #expect(beyond.status == 1)
        #expect(beyond.text.contains("name an entry up to that one"), "\(beyond.text)")
    }

    @Test("what is asked of nobody, or about nothing, is refused with what there is")
    func refusals() async throws {
        let platform = try await Platform.shared()
        let nobody = try await feed(platform, "release bank/booking/1")
        #expect(nobody.status == 1 && nobody.text.contains("There are: "), "\(nobody.text)")
        let feedless = try await feed(platform, "release auth/booking/1")
        #expect(feedless.status == 1)
        #expect(feedless.text.contains("It follows no feeds"), "\(feedless.text)")
        let unknown = try await feed(platform, "release payment/event/1")
        #expect(unknown.status == 1)
        #expect(unknown.text.contains("there are: booking"), "\(unknown.text)")
    }

    @Test("PostgreSQL restarts under the platform: 503 at the gateway, and a booking happens once")
    func outage() async throws {
        let platform = try await Platform()
        let event = try await TestEvent(platform, seats: 4)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: buyer)
        var seen: Set<Int> = []
        func wait(for status: Int) async throws {
            do {
                _ = try await eventually("answers with \(status)", seconds: 120) {
                    let answer = try await buyer.get("/api/bookings")
                    seen.insert(answer.status)
                    return answer.status == status ? true : nil
                }
            } catch {
                Issue.record("answers until then: \(seen)")
                throw error
            }
        }
        // As an operator stops it, and as it ends by a crash.
        for signal in [SIGINT, SIGQUIT] {
            let file = platform.ready.dataFolder + "/postgres/postmaster.pid"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let postmaster = try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
            // Nobody starts it again meanwhile: `usher up` stands still.
            let up = platform.ready.pid
            #expect(kill(up, SIGSTOP) == 0)
            defer { kill(up, SIGCONT) }
            #expect(kill(postmaster, signal) == 0)
            try await wait(for: 503)
            kill(up, SIGCONT)
            try await wait(for: 200)
        }
        #expect(seen.subtracting([200, 503, 429]) == [])
        let booking = try await eventually("the booking") {
            let answer = try await buyer.book(hold.holdToken)
            return answer.status == 201 || answer.status == 200 ? answer : nil
        }
        #expect(try await buyer.book(hold.holdToken).bookingID == booking.bookingID)
    }
}
