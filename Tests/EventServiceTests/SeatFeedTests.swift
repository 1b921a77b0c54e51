import Contracts
import Crypto
import Foundation
import Logging
import Postgres
import RPC
import Redis
import ServiceKit
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import Wire

@testable import EventService

/// The booking feed on its way into the seat state, with entries that the script refuses.
@Suite("Seat feed")
struct SeatFeedTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// What the booking database says of events.
    private final class Claims: Sendable {
        private let claims = Mutex<[String: BookingV1.SnapshotClaimsResponse]>([:])

        subscript(event: EventID) -> BookingV1.SnapshotClaimsResponse {
            get { claims.withLock { $0[event.description] ?? .init() } }
            set { claims.withLock { $0[event.description] = newValue } }
        }

        /// Of its newest entry.
        private let head = Mutex<UInt64>(0)

        func endFeed(at position: UInt64) {
            head.withLock { $0 = position }
        }

        /// One entry of its feed.
        func page(after: UInt64) -> BookingV1.ReadFeedResponse {
            .with {
                $0.lastPosition = head.withLock { $0 }
                if after < $0.lastPosition {
                    $0.entries = [.with { $0.position = after + 1 }]
                }
            }
        }
    }

    private struct Fixture {
        let pool: PostgresPool
        let seats: SeatStateFixture
        let feed: SeatFeed
        let events: [EventID]
        let claims: Claims
        let operators: RPCClient
        let credential: ServiceCredential

        func letters(_ event: Int) async throws -> String {
            let snapshot = try await seats.seats.snapshot(event: events[event].description)
            return String(decoding: snapshot.letters, as: UTF8.self)
        }

        func parked() async throws -> [Int64] {
            try await pool.query("SELECT position FROM feed_parked ORDER BY position")
                .map { try $0.decode("position") }
        }

        /// Makes the scripts fail on an event, or lets them work again.
        func setBroken(_ event: Int, _ isBroken: Bool) async throws {
            let key = "seat:{\(events[event])}:owners"
            _ = try await seats.redis.send(["DEL", .text(key)])
            if isBroken {
                _ = try await seats.redis.send(["SET", .text(key), "no hash"])
            }
        }

        func release(key: String) async throws -> RPCV1.ReleaseParkedResponse {
            try await operators.call(
                RPCV1.Feeds.releaseParked,
                .with {
                    $0.feed = "booking"
                    $0.entries = .key(key)
                }, metadata: metadata, timeout: .seconds(120))
        }

        func setPosition(
            _ position: UInt64, anyway: Bool = false
        ) async throws -> RPCV1.SetPositionResponse {
            try await operators.call(
                RPCV1.Feeds.setPosition,
                .with {
                    $0.feed = "booking"
                    $0.position = position
                    $0.reason = "a test"
                    $0.anyway = anyway
                }, metadata: metadata, timeout: .seconds(120))
        }

        private var metadata: Metadata {
            var metadata = Metadata()
            metadata.append(
                credential.issue(as: operatorName), for: ServiceCredential.metadataKey)
            return metadata
        }
    }

    /// Two events of four places.
    private func with(
        _ name: String = #function, _ body: (Fixture) async throws -> Void
    ) async throws {
        let configuration = try await PostgresServer.shared.makeDatabase(name)
        _ = try await PostgresMigrator(directory: EventService.migrations).migrate(configuration)
        let redis = try SeatStateFixture()
        let claims = Claims()
        let credential = ServiceCredential(key: SymmetricKey(size: .bits256))
        try await PostgresPool.withPool(configuration, logger: Self.logger) { pool in
            let store = EventStore(pool: pool, feed: FeedStore(pool: pool))
            let events = [EventID(), EventID()]
            for event in events { try await Self.insert(event, store, pool) }
            let path = "/tmp/usher-seatfeed-\(UUID().uuidString.prefix(8)).sock"
            let booking = ServiceCaller(
                client: RPCClient(address: .unix(path)), credential: credential, name: "event")
            let keeper = SeatKeeper(
                events: store, seats: redis.seats, booking: booking,
                waiting: WaitingStore(pool: pool), logger: Self.logger)
            let feed = SeatFeed(
                pool: pool, seats: redis.seats, keeper: keeper,
                waiting: WaitingStore(pool: pool), logger: Self.logger)
            var router = CallRouter()
            router.handle(BookingV1.BookingService.snapshotClaims) { request, _ in
                guard let event = EventID(request.eventID) else {
                    throw RPCError.notFound("event_unknown", request.eventID)
                }
                return claims[event]
            }
            router.handle(BookingV1.BookingService.readFeed) { request, _ in
                claims.page(after: request.after)
            }
            let consumer = FeedConsumer(
                "booking", booking, BookingV1.BookingService.readFeed,
                BookingV1.BookingService.followFeed, sink: feed, logger: Self.logger)
            router.handleFeeds([consumer.operated])
            let server = RPCServer(
                router: router, addresses: [.unix(path)], logger: Self.logger)
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: server)], logger: Self.logger))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                _ = try await server.waitUntilListening()
                try await body(
                    Fixture(
                        pool: pool, seats: redis, feed: feed, events: events, claims: claims,
                        operators: booking.client, credential: credential))
                await booking.client.close()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
        await redis.redis.shutDown()
    }

    private static func insert(
        _ event: EventID, _ store: EventStore, _ pool: PostgresPool
    ) async throws {
        let (plan, organiser) = (PlanID(), UserID())
        try await pool.query(
            """
            INSERT INTO plans
            (id, owner_id, name, document, plain_document, seat_count, area_place_count, created_at)
            VALUES (\(plan.uuid), \(organiser.uuid), 'Hall', '', '', 4, 0, now())
            """)
        try await pool.transaction { transaction in
            try await store.insert(
                .with {
                    $0.eventID = event.description
                    $0.startsAt = Timestamp(Date(timeIntervalSince1970: 4_000_000_000))
                    $0.placeCount = 4
                    $0.planVersion = 1
                }, id: event, plan: plan, organiser: organiser, in: transaction)
        }
    }

    private func entry(
        _ position: UInt64, _ booking: BookingID, _ event: EventID, _ places: [UInt32],
        _ fact: (BookingV1.Booking) -> BookingV1.FeedEntry.Fact
    ) -> BookingV1.FeedEntry {
        .with {
            $0.position = position
            $0.key = booking.description
            $0.recordedAt = Timestamp(Date(timeIntervalSince1970: Double(position)))
            $0.fact = fact(
                .with {
                    $0.bookingID = booking.description
                    $0.eventID = event.description
                    $0.holdID = "hld_\(position)"
                    $0.places = places.map { place in .with { $0.place = place } }
                })
        }
    }

    private func created(_ booking: BookingV1.Booking) -> BookingV1.FeedEntry.Fact {
        .bookingCreated(.with { $0.booking = booking })
    }

    private func confirmed(_ booking: BookingV1.Booking) -> BookingV1.FeedEntry.Fact {
        .bookingConfirmed(.with { $0.booking = booking })
    }

    private func expired(_ booking: BookingV1.Booking) -> BookingV1.FeedEntry.Fact {
        .bookingExpired(.with { $0.booking = booking })
    }

    @Test("an entry that the script refuses is parked with its key; other entries go on")
    func parking() async throws {
        try await with { fixture in
            let (first, second, other) = (BookingID(), BookingID(), BookingID())
            let (broken, sound) = (fixture.events[0], fixture.events[1])
            try await fixture.feed.apply([
                entry(1, first, broken, [0], created), entry(2, other, sound, [1], created),
            ])
            #expect(try await fixture.letters(0) == "cfff")
            try await fixture.setBroken(0, true)
            try await fixture.feed.apply([
                entry(3, first, broken, [0], confirmed), entry(4, other, sound, [1], confirmed),
            ])
            #expect(try await fixture.parked() == [3])
            #expect(try await fixture.letters(1) == "fsff")
            #expect(try await fixture.feed.position().number == 4)

            // The event works again: later entries of the key wait, those of other keys do not.
            try await fixture.setBroken(0, false)
            try await fixture.feed.apply([
                entry(5, first, broken, [0], expired), entry(6, second, broken, [0, 2], created),
            ])
            #expect(try await fixture.parked() == [3, 5])
            #expect(try await fixture.letters(0) == "cfcf")

            // Released, they do not undo what came after them: the claims say what holds.
            fixture.claims[broken] = .with {
                $0.position = 6
                $0.pendingPlaces = [0, 2]
            }
            let released = try await fixture.release(key: first.description)
            #expect(released.applied == [3, 5] && released.left == 0)
            #expect(try await fixture.parked() == [])
            #expect(try await fixture.letters(0) == "cfcf")
            // And the key's next entry is applied in its turn.
            try await fixture.feed.apply([entry(7, first, broken, [3], created)])
            #expect(try await fixture.letters(0) == "cfcc")
        }
    }

    @Test("a release brings places to what their claims say, and is told when it fails again")
    func release() async throws {
        try await with { fixture in
            let booking = BookingID()
            let event = fixture.events[0]
            try await fixture.feed.apply([entry(1, booking, event, [0, 1], created)])
            try await fixture.setBroken(0, true)
            try await fixture.feed.apply([entry(2, booking, event, [0, 1], confirmed)])
            fixture.claims[event] = .with {
                $0.position = 2
                $0.confirmedPlaces = [0, 1]
            }
            let failed = try await fixture.release(key: booking.description)
            #expect(failed.applied == [] && failed.left == 1)
            #expect(failed.failed?.position == 2)
            try await fixture.setBroken(0, false)
            #expect(try await fixture.letters(0) == "ccff")
            let released = try await fixture.release(key: booking.description)
            #expect(released.applied == [2] && released.failed == nil)
            #expect(try await fixture.letters(0) == "ssff")
        }
    }

    @Test("of a booking feed that was set back, seat states are made anew by the claims")
    func setBack() async throws {
        try await with { fixture in
            let event = fixture.events[0]
            try await fixture.pool.query("UPDATE events SET state = 'on_sale'")
            try await fixture.feed.apply([
                entry(1, BookingID(), event, [0], created),
                entry(2, BookingID(), event, [1], created),
                entry(3, BookingID(), event, [2], created),
            ])
            #expect(try await fixture.letters(0) == "cccf")
            // Restored as it was after its first entry.
            fixture.claims[event] = .with {
                $0.position = 1
                $0.pendingPlaces = [0]
            }
            fixture.claims.endFeed(at: 1)
            let answer = try await fixture.setPosition(1)
            #expect(answer.before?.lost == true && answer.after?.position == 1)
            #expect(try await fixture.feed.position().number == 1)
            // What is new has positions that the old state had seen.
            try await fixture.feed.apply([entry(2, BookingID(), event, [3], created)])
            #expect(try await fixture.letters(0) == "cffc")
        }
    }

    @Test("a position that was set back under the reader's hands is read on from there")
    func moved() async throws {
        try await with { fixture in
            let event = fixture.events[0]
            try await fixture.feed.apply(
                (1...3).map { entry($0, BookingID(), event, [UInt32($0)], created) })
            fixture.claims.endFeed(at: 3)
            #expect(try await fixture.setPosition(1, anyway: true).after?.position == 1)
            let next = entry(4, BookingID(), event, [0], created)
            await #expect(throws: FeedCursorMoved.self) { try await fixture.feed.apply([next]) }
            #expect(try await fixture.feed.position().number == 1)
            // One that another process is ahead of is none of that.
            try await fixture.feed.apply(
                (2...4).map { entry($0, BookingID(), event, [0], created) })
            try await fixture.feed.apply([entry(3, BookingID(), event, [1], created)])
            #expect(try await fixture.feed.position().number == 4)
        }
    }

    @Test("places are not brought to claims that are older than the state")
    func olderClaims() async throws {
        try await with { fixture in
            let event = fixture.events[0]
            try await fixture.feed.apply([entry(1, BookingID(), event, [0], created)])
            let outcome = try await fixture.seats.seats.correct(
                event: event.description, position: 0,
                changes: [SeatChange(place: 0, letter: .free)])
            #expect(outcome == .behind(feedPosition: 1))
            #expect(try await fixture.letters(0) == "cfff")
        }
    }
}
