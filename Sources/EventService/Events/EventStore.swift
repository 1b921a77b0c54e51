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
    func insert(_ event: EventV1.Event, id: EventID, plan: PlanID, organiser: UserID) async throws {
        guard let startsAt = event.startsAt?.date else {
            throw RPCError.invalid(field: "startsAt", "required", "an event has a time")
        }
        try await pool.query(
            """
            INSERT INTO events (id, organiser_id, plan_id, state, starts_at, details)
            VALUES (\(id.uuid), \(organiser.uuid), \(plan.uuid), 'draft', \(startsAt),
             \(event.serialized()))
            """)
    }

    /// Moves an event from one state to another and tells of it; nil where it was in another.
    func move(
        _ id: EventID, from before: EventState, to after: EventState
    ) async throws -> EventV1.Event? {
        let moved: EventV1.Event? = try await pool.transaction { transaction in
            let rows = try await transaction.query(
                """
                UPDATE events SET state = \(after.rawValue)
                WHERE id = \(id.uuid) AND state = \(before.rawValue) RETURNING state, details
                """)
            guard let event = try rows.first.map(Self.event) else {
                return nil
            }
            try await feed.append(
                [
                    .with {
                        $0.key = event.eventID
                        $0.fact = .eventChanged(.with { $0.event = event })
                    }
                ], in: transaction)
            return event
        }
        feed.ring()
        return moved
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

    var contract: EventV1.EventState {
        switch self {
        case .draft: .draft
        case .onSale: .onSale
        case .paused: .paused
        case .cancelled: .cancelled
        }
    }
}
