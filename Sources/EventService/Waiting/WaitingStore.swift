import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// The SQL of waiting lists. Every change of a state says which state it comes from, so that of two
/// who would make it one does.
struct WaitingStore: Sendable {
    /// Where an entry stands, as the database writes it.
    enum State: String, Sendable {
        case waiting, offering, offered, accepted, expired, declined, left, ended
    }

    /// Somebody's place on a list.
    struct Entry: Sendable {
        var id: WaitingEntryID
        var number: Int64
        var event: EventID
        var buyer: UserID
        var state: State
        var wish: WaitingWish
        var joinedAt: Date
        var hold: HoldID?
        var places: [Int32]
        var until: Date?
    }

    let pool: PostgresPool

    /// Events that somebody waits for, or has an offer of.
    func events() async throws -> [EventID] {
        let rows = try await pool.query(
            """
            SELECT DISTINCT event_id FROM waiting_entries
            WHERE state IN ('waiting', 'offering', 'offered') ORDER BY event_id
            """)
        return try rows.map { EventID(uuid: try $0.decode("event_id")) }
    }

    /// True where somebody waits or has an offer.
    func isAwaited(_ event: EventID) async throws -> Bool {
        try await !pool.query(
            """
            SELECT 1 FROM waiting_entries WHERE event_id = \(event.uuid)
             AND state IN ('waiting', 'offering', 'offered') LIMIT 1
            """
        ).isEmpty
    }

    /// How many wait, and who joined last.
    func waiting(_ event: EventID) async throws -> (count: Int, newest: Int64) {
        let rows = try await pool.query(
            """
            SELECT count(*) AS count, coalesce(max(number), 0) AS newest FROM waiting_entries
            WHERE event_id = \(event.uuid) AND state = 'waiting'
            """)
        guard let row = rows.first else {
            return (0, 0)
        }
        return (
            Int(try row.decode("count", as: Int64.self)),
            try row.decode("newest", as: Int64.self)
        )
    }

    /// How many entries there are of each wish for a category and each state, and the places that they
    /// are for; those that are over as long as they are kept.
    func counts(
        _ event: EventID
    ) async throws -> [(category: String, state: State, entries: Int, places: Int)] {
        let rows = try await pool.query(
            """
            SELECT category, state, count(*) AS entries,
             sum(quantity + wheelchairs + companions) AS places
            FROM waiting_entries WHERE event_id = \(event.uuid)
            GROUP BY category, state ORDER BY category, state
            """)
        return try rows.map { row in
            (
                category: try row.decode("category"), state: try Self.state(row),
                entries: Int(try row.decode("entries", as: Int64.self)),
                places: Int(try row.decode("places", as: Int64.self))
            )
        }
    }

    /// Those in the line after a number, in order.
    func waiting(_ event: EventID, after number: Int64, limit: Int) async throws -> [Entry] {
        try await pool.query(
            """
            SELECT * FROM waiting_entries
            WHERE event_id = \(event.uuid) AND state = 'waiting' AND number > \(number)
            ORDER BY number LIMIT \(Int64(limit))
            """
        ).map(Self.entry)
    }

    /// Those who have an offer, or are about to, after a number, in order.
    func offers(_ event: EventID, after number: Int64, limit: Int) async throws -> [Entry] {
        try await pool.query(
            """
            SELECT * FROM waiting_entries
            WHERE event_id = \(event.uuid) AND state IN ('offering', 'offered')
             AND number > \(number)
            ORDER BY number LIMIT \(Int64(limit))
            """
        ).map(Self.entry)
    }

    /// Joins, unless the buyer waits already or the list is full.
    ///
    /// - Returns: the buyer's open entry, new or old; nil where the list is full.
    func join(
        _ event: EventID, _ buyer: UserID, _ wish: WaitingWish, mostEntries: Int
    ) async throws -> Entry? {
        let id = WaitingEntryID()
        try await pool.query(
            """
            INSERT INTO waiting_entries (id, event_id, buyer_id, state, category, quantity, together,
             wheelchairs, companions)
            SELECT \(id.uuid), \(event.uuid), \(buyer.uuid), 'waiting', \(wish.category),
             \(Int32(clamping: wish.quantity)), \(wish.together),
             \(Int32(clamping: wish.wheelchairs)), \(Int32(clamping: wish.companions))
            WHERE (SELECT count(*) FROM waiting_entries
             WHERE event_id = \(event.uuid) AND state = 'waiting') < \(Int64(mostEntries))
            ON CONFLICT DO NOTHING
            """)
        return try await pool.query(
            """
            SELECT * FROM waiting_entries WHERE event_id = \(event.uuid)
             AND buyer_id = \(buyer.uuid) AND state IN ('waiting', 'offering', 'offered')
            """
        ).first.map(Self.entry)
    }

    /// The buyer's newest entry, and how many wait before it.
    func newest(
        _ event: EventID, _ buyer: UserID
    ) async throws -> (entry: Entry, before: Int)? {
        let rows = try await pool.query(
            """
            SELECT e.*, (SELECT count(*) FROM waiting_entries o WHERE o.event_id = e.event_id
             AND o.state = 'waiting' AND o.number < e.number) AS before
            FROM waiting_entries e
            WHERE e.event_id = \(event.uuid) AND e.buyer_id = \(buyer.uuid)
            ORDER BY e.number DESC LIMIT 1
            """)
        return try rows.first.map {
            (try Self.entry($0), Int(try $0.decode("before", as: Int64.self)))
        }
    }

    /// Leaves the line or declines the offer.
    ///
    /// - Returns: the hold to be given back, where there is one.
    func leave(_ event: EventID, _ buyer: UserID) async throws -> HoldID? {
        let rows = try await pool.query(
            """
            UPDATE waiting_entries SET ended_at = clock_timestamp(),
             state = CASE WHEN state = 'waiting' THEN 'left' ELSE 'declined' END
            WHERE event_id = \(event.uuid) AND buyer_id = \(buyer.uuid)
             AND state IN ('waiting', 'offering', 'offered')
            RETURNING offer_hold
            """)
        return try rows.first?.decode("offer_hold", as: UUID?.self).map(HoldID.init(uuid:))
    }

    /// Says that places are about to be held for somebody, before they are.
    ///
    /// - Parameters:
    ///   - from: `waiting`; or `offered`, where the hold was lost and is made again.
    ///   - until: when the offer ends, where that is known already.
    /// - Returns: false where the entry has moved on meanwhile.
    func begin(
        _ entry: Entry, from state: State, _ hold: HoldID, _ places: [Int32], until: Date?
    ) async throws -> Bool {
        try await pool.query(
            """
            UPDATE waiting_entries SET state = 'offering', offer_hold = \(hold.uuid),
             offer_places = \(places), offer_until = \(until)
            WHERE id = \(entry.id.uuid) AND state = \(state.rawValue)
             AND offer_hold IS NOT DISTINCT FROM \(entry.hold?.uuid)
            """
        ).affected == 1
    }

    /// The places are held: the offer stands, and the buyer is told; once.
    func confirm(
        _ entry: Entry, _ hold: HoldID, until: Date, feed: FeedStore<EventV1.FeedEntry>,
        fact: EventV1.WaitingOffered?
    ) async throws {
        try await pool.transaction(retries: 5) { transaction in
            let moved = try await transaction.query(
                """
                UPDATE waiting_entries SET state = 'offered', offer_until = \(until)
                WHERE id = \(entry.id.uuid) AND state = 'offering' AND offer_hold = \(hold.uuid)
                """)
            guard moved.affected == 1, let fact else {
                return
            }
            try await feed.append(
                [
                    .with {
                        $0.key = entry.event.description
                        $0.fact = .waitingOffered(fact)
                    }
                ], in: transaction)
        }
        feed.ring()
    }

    /// The places could not be held, or were lost to somebody with a better right: back into the
    /// line, where they were.
    func putBack(_ entry: Entry, _ hold: HoldID) async throws {
        try await pool.query(
            """
            UPDATE waiting_entries SET state = 'waiting', offer_hold = NULL, offer_places = NULL,
             offer_until = NULL
            WHERE id = \(entry.id.uuid) AND state IN ('offering', 'offered')
             AND offer_hold = \(hold.uuid)
            """)
    }

    /// An offer is over without a booking. Of `expired` the buyer is told.
    func end(
        _ entry: Entry, _ hold: HoldID, _ state: State, title: String,
        feed: FeedStore<EventV1.FeedEntry>
    ) async throws {
        try await pool.transaction(retries: 5) { transaction in
            let moved = try await transaction.query(
                """
                UPDATE waiting_entries SET state = \(state.rawValue), ended_at = clock_timestamp()
                WHERE id = \(entry.id.uuid) AND state IN ('offering', 'offered')
                 AND offer_hold = \(hold.uuid)
                """)
            guard moved.affected == 1, state == .expired else {
                return
            }
            try await feed.append(
                [Self.ended(entry.id, entry.event, entry.buyer, title, "offer_expired")],
                in: transaction)
        }
        feed.ring()
    }

    /// Ends the list of an event, some entries at once, and tells people.
    ///
    /// - Returns: how many entries there were.
    func endSome(
        _ event: EventID, _ reason: String, title: String, limit: Int,
        feed: FeedStore<EventV1.FeedEntry>
    ) async throws -> Int {
        let count = try await pool.transaction(retries: 5) { transaction in
            let rows = try await transaction.query(
                """
                UPDATE waiting_entries SET state = 'ended', ended_at = clock_timestamp()
                WHERE id = ANY(ARRAY(
                    SELECT id FROM waiting_entries WHERE event_id = \(event.uuid)
                     AND state IN ('waiting', 'offering', 'offered')
                    ORDER BY number LIMIT \(Int64(limit)) FOR UPDATE))
                RETURNING id, buyer_id
                """)
            let facts = try rows.map { row in
                Self.ended(
                    WaitingEntryID(uuid: try row.decode("id")), event,
                    UserID(uuid: try row.decode("buyer_id")), title, reason)
            }
            try await feed.append(facts, in: transaction)
            return facts.count
        }
        feed.ring()
        return count
    }

    private static func ended(
        _ id: WaitingEntryID, _ event: EventID, _ buyer: UserID, _ title: String, _ reason: String
    ) -> EventV1.FeedEntry {
        .with {
            $0.key = event.description
            $0.fact = .waitingEnded(
                .with {
                    $0.entryID = id.description
                    $0.eventID = event.description
                    $0.eventTitle = title
                    $0.buyerID = buyer.description
                    $0.reason = reason
                })
        }
    }

    /// Offers that have become bookings, as the booking feed tells.
    func accept(_ entries: [BookingV1.FeedEntry]) async throws {
        let holds = entries.compactMap { entry -> UUID? in
            guard case .bookingCreated(let fact) = entry.fact else {
                return nil
            }
            return HoldID(fact.booking?.holdID ?? "")?.uuid
        }
        guard !holds.isEmpty else {
            return
        }
        try await pool.query(
            """
            UPDATE waiting_entries SET state = 'accepted', ended_at = clock_timestamp()
            WHERE offer_hold = ANY(\(holds)) AND state IN ('offering', 'offered', 'expired')
            """)
    }

    private static func state(_ row: PostgresRow) throws -> State {
        let state: String = try row.decode("state")
        guard let known = State(rawValue: state) else {
            throw UnreadableFact("an entry of a waiting list in the state \(state)")
        }
        return known
    }

    private static func entry(_ row: PostgresRow) throws -> Entry {
        Entry(
            id: WaitingEntryID(uuid: try row.decode("id")),
            number: try row.decode("number"),
            event: EventID(uuid: try row.decode("event_id")),
            buyer: UserID(uuid: try row.decode("buyer_id")),
            state: try state(row),
            wish: WaitingWish(
                category: try row.decode("category"),
                quantity: Int(try row.decode("quantity", as: Int32.self)),
                together: try row.decode("together"),
                wheelchairs: Int(try row.decode("wheelchairs", as: Int32.self)),
                companions: Int(try row.decode("companions", as: Int32.self))),
            joinedAt: try row.decode("joined_at"),
            hold: try row.decode("offer_hold", as: UUID?.self).map(HoldID.init(uuid:)),
            places: try row.decode("offer_places", as: [Int32]?.self) ?? [],
            until: try row.decode("offer_until", as: Date?.self))
    }
}
