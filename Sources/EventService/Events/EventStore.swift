import Contracts
import Foundation
import Postgres
import RPC
import ServiceKit
import Wire

/// The SQL of events.
struct EventStore: Sendable {
    /// Where a page of events ends.
    struct Cursor: Sendable {
        var startsAt: Date
        var id: EventID
    }

    let pool: PostgresPool
    let feed: FeedStore<EventV1.FeedEntry>

    /// Adds a draft. Nobody is told of it yet.
    func insert(
        _ event: EventV1.Event, id: EventID, plan: PlanID, organiser: UserID,
        in transaction: PostgresTransaction
    ) async throws {
        guard let startsAt = event.startsAt?.date else {
            throw RPCError.invalid(field: "startsAt", "required", "an event has a time")
        }
        try await transaction.query(
            """
            INSERT INTO events (id, organiser_id, plan_id, state, starts_at, details)
            VALUES (\(id.uuid), \(organiser.uuid), \(plan.uuid), 'draft', \(startsAt),
             \(event.serialized()))
            """)
    }

    /// Changes an event under its row's lock and tells of it. Call `feed.ring()` after the commit.
    ///
    /// - Parameters:
    ///   - id: whose.
    ///   - transaction: of the change; the feed is written last.
    ///   - change: what it is from now on; nil = nothing changes and nobody is told.
    /// - Returns: the event as it is now; nil where there is none.
    /// - Throws: what `change` throws.
    func change(
        _ id: EventID, in transaction: PostgresTransaction,
        _ change: (EventV1.Event) throws -> EventV1.Event?
    ) async throws -> EventV1.Event? {
        let rows = try await transaction.query(
            "SELECT state, details FROM events WHERE id = \(id.uuid) FOR UPDATE")
        guard let before = try rows.first.map(Self.event) else {
            return nil
        }
        guard let event = try change(before), let state = EventState(event.state) else {
            return before
        }
        try await transaction.query(
            """
            UPDATE events SET state = \(state.rawValue), details = \(event.serialized())
            WHERE id = \(id.uuid)
            """)
        try await feed.append(
            [
                .with {
                    $0.key = event.eventID
                    $0.fact = .eventChanged(.with { $0.event = event })
                }
            ], in: transaction)
        return event
    }

    /// The event of an id.
    func event(_ id: EventID) async throws -> EventV1.Event? {
        let rows = try await pool.query(
            "SELECT state, details FROM events WHERE id = \(id.uuid)")
        return try rows.first.map(Self.event)
    }

    /// The event of an id, if somebody may see it: drafts are their organiser's.
    ///
    /// - Throws: NOT_FOUND.
    func visible(_ id: EventID, to user: AuthenticatedUser?) async throws -> EventV1.Event {
        guard let event = try await event(id),
            event.state != .draft || event.organiserID == user?.id.description
                || user?.roles.contains(.admin) == true
        else {
            throw RPCError.notFound("event_unknown", "there is no event \"\(id)\"")
        }
        return event
    }

    /// Events that are no drafts, soonest first, after a cursor.
    func list(after cursor: Cursor?, limit: Int) async throws -> [EventV1.Event] {
        let rows =
            if let cursor {
                try await pool.query(
                    """
                    SELECT state, details FROM events WHERE state <> 'draft'
                     AND (starts_at, id) > (\(cursor.startsAt), \(cursor.id.uuid))
                    ORDER BY starts_at, id LIMIT \(Int64(limit))
                    """)
            } else {
                try await pool.query(
                    """
                    SELECT state, details FROM events WHERE state <> 'draft'
                    ORDER BY starts_at, id LIMIT \(Int64(limit))
                    """)
            }
        return try rows.map(Self.event)
    }

    /// Ids of events whose seats are being sold.
    func onSale() async throws -> [EventID] {
        let rows = try await pool.query(
            "SELECT id FROM events WHERE state IN ('on_sale', 'paused') ORDER BY id")
        return try rows.map { EventID(uuid: try $0.decode("id")) }
    }

    /// Ids of events that may have a seat state.
    func published() async throws -> [EventID] {
        let rows = try await pool.query("SELECT id FROM events WHERE state <> 'draft' ORDER BY id")
        return try rows.map { EventID(uuid: try $0.decode("id")) }
    }

    /// Ids of events whose seat state may have records that are not in the database yet.
    func withTrail() async throws -> [EventID] {
        let rows = try await pool.query(
            """
            SELECT id FROM events WHERE state <> 'draft'
             AND starts_at > clock_timestamp() - interval '7 days' ORDER BY id
            """)
        return try rows.map { EventID(uuid: try $0.decode("id")) }
    }

    /// A number for a new generation of some event's seat state.
    func nextGeneration() async throws -> Int64 {
        let rows = try await pool.query("SELECT nextval('seat_generations') AS number")
        return try rows.first?.decode("number", as: Int64.self) ?? 0
    }

    private static func event(_ row: PostgresRow) throws -> EventV1.Event {
        var event = try EventV1.Event(serialized: row.decode("details", as: [UInt8].self))
        event.state =
            EventState(rawValue: try row.decode("state", as: String.self))?.contract
            ?? .unspecified
        return event
    }
}

/// States of an event, as the database writes them.
enum EventState: String, Sendable {
    case draft, paused, cancelled
    case onSale = "on_sale"

    /// Nil for a state that this program does not know.
    init?(_ contract: EventV1.EventState) {
        switch contract {
        case .draft: self = .draft
        case .onSale: self = .onSale
        case .paused: self = .paused
        case .cancelled: self = .cancelled
        default: return nil
        }
    }

    var contract: EventV1.EventState {
        switch self {
        case .draft: .draft
        case .onSale: .onSale
        case .paused: .paused
        case .cancelled: .cancelled
        }
    }
}
