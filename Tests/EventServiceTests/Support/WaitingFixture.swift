import Contracts
import Foundation
import Logging
import Postgres
import Redis
import SeatingPlan
import ServiceKit
import Synchronization
import TestSupport
import Wire

@testable import EventService

/// An event that sells, its seats and its waiting list, without the services around them: one row
/// of seats and an area, by default.
struct WaitingFixture: Sendable {
    let database: EventDatabase
    let seats: SeatStateFixture
    let store: WaitingStore
    let list: WaitingList
    let event: EventID
    /// The step after which the list dies next, and what it has to be for.
    let dying: Dying

    final class Dying: Sendable {
        private let step = Mutex<WaitingList.Step?>(nil)

        func after(_ step: WaitingList.Step?) {
            self.step.withLock { $0 = step }
        }

        func reach(_ step: WaitingList.Step) throws {
            let dies = self.step.withLock { waited in
                guard waited == step else {
                    return false
                }
                waited = nil
                return true
            }
            if dies {
                throw Died()
            }
        }
    }

    /// The process is gone.
    struct Died: Error {}

    /// Makes the event and runs `body`.
    ///
    /// - Parameters:
    ///   - letters: the first state of the seats.
    ///   - rows: seats by row, with whom they are kept for.
    ///   - standing: places of the area.
    ///   - server: the Redis; nil = the shared one.
    static func with<T>(
        _ letters: String, rows: [[PlanSeat.Accessibility?]]? = nil, standing: Int = 0,
        offerSeconds: UInt32 = 600, server: RedisServer? = nil, sabotage: SeatState.Sabotage = [],
        name: String = #function, _ body: (WaitingFixture) async throws -> T
    ) async throws -> T {
        try await EventDatabase.with(name) { database in
            let seats = try SeatStateFixture(server: server, sabotage: sabotage)
            let plan = try Self.plan(
                rows ?? [Array(repeating: nil, count: letters.count - standing)], standing)
            let layout = try PlanLayout(plan)
            let fixture = try await WaitingFixture(database, seats, layout, offerSeconds)
            _ = try await seats.install(letters)
            return try await body(fixture)
        }
    }

    private init(
        _ database: EventDatabase, _ seats: SeatStateFixture, _ layout: PlanLayout,
        _ offerSeconds: UInt32
    ) async throws {
        guard let event = EventID(seats.event) else {
            throw SeatStateFixture.Unexpected(outcome: seats.event)
        }
        self.database = database
        self.seats = seats
        self.event = event
        store = WaitingStore(pool: database.pool)
        let dying = Dying()
        self.dying = dying
        list = WaitingList(
            events: database.events, seats: seats.seats, store: store, layout: { _ in layout },
            logger: Logger(label: "test"), interrupt: { try dying.reach($0) })
        let (plan, organiser) = (PlanID(), UserID())
        try await database.pool.query(
            """
            INSERT INTO plans (id, owner_id, name, document, plain_document, seat_count,
             area_place_count, created_at)
            VALUES (\(plan.uuid), \(organiser.uuid), 'P', '', '', 1, 0, clock_timestamp())
            """)
        let details = EventV1.Event.with {
            $0.eventID = event.description
            $0.organiserID = organiser.description
            $0.title = "A test"
            $0.startsAt = Timestamp(seconds: 4_070_908_800, nanos: 0)
            $0.timeZone = "Europe/Berlin"
            $0.currency = "EUR"
            $0.planID = plan.description
            $0.maxPlacesPerHold = 10
            $0.offerSeconds = offerSeconds
            $0.categories = ["A", "B"].map { name in
                .with {
                    $0.name = name
                    $0.priceMinor = 1_000
                }
            }
        }
        try await database.pool.transaction { transaction in
            try await database.events.insert(
                details, id: event, plan: plan, organiser: organiser, in: transaction)
        }
        try await move(to: .onSale)
    }

    /// Gives the event another state.
    func move(to state: EventV1.EventState) async throws {
        try await database.pool.transaction { transaction in
            _ = try await database.events.change(event, in: transaction) { event in
                var moved = event
                moved.state = state
                return moved
            }
        }
    }

    /// Rows are of category A, the area of B.
    static func plan(
        _ rows: [[PlanSeat.Accessibility?]], _ standing: Int
    ) throws -> Plan {
        var number = 0
        let rowTexts = rows.enumerated().map { index, row in
            let seats = row.map { kind in
                number += 1
                let usher = kind.map { ", \"x-usher\": {\"accessible\": \"\($0.rawValue)\"}" } ?? ""
                return """
                    {"seat_guid": "s\(number)", "seat_number": "\(number)", "category": "A",
                     "position": {"x": \(number * 20), "y": 0}\(usher)}
                    """
            }
            return """
                {"row_number": "\(index + 1)", "position": {"x": 0, "y": \(index * 20)},
                 "seats": [\(seats.joined(separator: ","))]}
                """
        }
        let areas =
            standing == 0
            ? ""
            : """
            , "areas": [{"shape": "rectangle", "position": {"x": 0, "y": 300},
              "rectangle": {"width": 50, "height": 50},
              "x-usher": {"capacity": \(standing), "category": "B"}}]
            """
        let text = """
            {"name": "P", "size": {"width": 2000, "height": 2000},
             "categories": [{"name": "A", "color": "#336699"}, {"name": "B", "color": "#996633"}],
             "zones": [{"name": "Z", "position": {"x": 0, "y": 0},
               "rows": [\(rowTexts.joined(separator: ","))]\(areas)}]}
            """
        return try Plan(json: Array(text.utf8))
    }

    /// Somebody joins, as the handler does it.
    func join(_ wish: WaitingWish, _ buyer: UserID = UserID()) async throws -> UserID {
        guard try await store.join(event, buyer, wish, mostEntries: 1_000) != nil else {
            throw SeatStateFixture.Unexpected(outcome: "the list is full")
        }
        try await seats.seats.startKeeping(event: event.description)
        return buyer
    }

    /// Somebody of the line: where they stand.
    func entry(_ buyer: UserID) async throws -> WaitingStore.Entry? {
        try await store.newest(event, buyer)?.entry
    }

    func state(_ buyer: UserID) async throws -> WaitingStore.State? {
        try await entry(buyer)?.state
    }

    func round() async throws {
        try await list.round(event, now: Date())
    }

    /// Releases the hold of an offer.
    func release(_ buyer: UserID) async throws {
        guard let hold = try await entry(buyer)?.hold else {
            return
        }
        _ = try await seats.seats.release(
            event: event.description, holdID: hold.description, buyerID: buyer.description)
    }

    /// What somebody outside the list gets who asks for places.
    func outsider(_ places: [Int]) async throws -> HoldOutcome {
        try await seats.seats.hold(
            event: event.description,
            seats.request(
                places, buyer: UserID().description, hold: HoldID().description))
    }
}
