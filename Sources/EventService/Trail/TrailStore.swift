import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// The SQL of what has happened to places.
struct TrailStore: Sendable {
    /// Entries of one place that are told.
    private static let entriesMax = 1_000
    /// Rows of one statement.
    private static let rowsMax = 10_000

    let pool: PostgresPool

    /// Keeps records of an event; those that are there stay as they are.
    func insert(_ records: [TrailRecord], of event: EventID) async throws {
        var rows = Rows()
        // A refusal that is asked for again and again is told once of each batch.
        var refusals: Set<Refusal> = []
        for record in records {
            for place in record.places {
                if record.what == "refused",
                    !refusals.insert(Refusal(record, place)).inserted
                {
                    continue
                }
                rows.append(record, place)
                if rows.count == Self.rowsMax {
                    try await insert(rows, of: event)
                    rows = Rows()
                }
            }
        }
        try await insert(rows, of: event)
    }

    private struct Refusal: Hashable {
        var buyer: UserID?
        var place: Int32
        var reason: String

        init(_ record: TrailRecord, _ place: TrailRecord.Place) {
            buyer = record.buyer
            self.place = place.index
            reason = record.reason(of: place)
        }
    }

    /// Columns of a statement.
    private struct Rows {
        var places: [Int32] = []
        var ms: [Int64] = []
        var numbers: [Int32] = []
        var whats: [String] = []
        var holds: [UUID?] = []
        var buyers: [UUID?] = []
        var reasons: [String] = []
        var deadlines: [Date?] = []
        var before: [Date?] = []

        var count: Int { places.count }

        mutating func append(_ record: TrailRecord, _ place: TrailRecord.Place) {
            places.append(place.index)
            ms.append(record.ms)
            numbers.append(record.number)
            whats.append(record.what)
            holds.append(record.hold?.uuid)
            buyers.append(record.buyer?.uuid)
            reasons.append(record.reason(of: place))
            deadlines.append(record.deadline)
            before.append(record.deadlineBefore)
        }
    }

    private func insert(_ rows: Rows, of event: EventID) async throws {
        guard rows.count > 0 else {
            return
        }
        try await pool.query(
            """
            INSERT INTO seat_trail (event_id, place, ms, seq, what, hold_id, buyer_id, reason,
             deadline, deadline_before)
            SELECT \(event.uuid), item.* FROM unnest(
                \(rows.places), \(rows.ms), \(rows.numbers), \(rows.whats), \(rows.holds),
                \(rows.buyers), \(rows.reasons), \(rows.deadlines), \(rows.before)) AS item
            ON CONFLICT DO NOTHING
            """)
    }

    /// What has happened to a place, oldest first; of more than 1,000 entries, the newest.
    func entries(
        of place: Int, of event: EventID
    ) async throws -> [EventV1.SeatTimelineEntry] {
        let rows = try await pool.query(
            """
            SELECT ms, what, hold_id, buyer_id, reason, deadline, deadline_before
            FROM seat_trail
            WHERE event_id = \(event.uuid) AND place IN (-1, \(Int32(clamping: place)))
            ORDER BY ms DESC, seq DESC LIMIT \(Int64(Self.entriesMax))
            """)
        return try rows.reversed().map(Self.entry)
    }

    /// What nobody but the platform does.
    private static let withoutActor: Set<String> = ["expired", "lost", "state_rebuilt", "offered"]

    private static func entry(_ row: PostgresRow) throws -> EventV1.SeatTimelineEntry {
        var entry = EventV1.SeatTimelineEntry()
        let ms: Int64 = try row.decode("ms")
        entry.at = Timestamp(seconds: ms / 1_000, nanos: Int32(ms % 1_000) * 1_000_000)
        entry.what = try row.decode("what")
        entry.reason = try row.decode("reason")
        entry.holdID =
            try row.decode("hold_id", as: UUID?.self).map { HoldID(uuid: $0).description } ?? ""
        entry.holderID =
            try row.decode("buyer_id", as: UUID?.self).map { UserID(uuid: $0).description } ?? ""
        entry.actorID = withoutActor.contains(entry.what) ? "" : entry.holderID
        entry.expiresAt = try row.decode("deadline", as: Date?.self).map { Timestamp($0) }
        entry.previousExpiresAt = try row.decode("deadline_before", as: Date?.self)
            .map { Timestamp($0) }
        return entry
    }

    /// Deletes some entries from before a day; returns how many.
    func prune(olderThanDays days: Int, limit: Int) async throws -> Int {
        let deleted = try await pool.query(
            """
            DELETE FROM seat_trail WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM seat_trail
                WHERE ms < (extract(epoch FROM clock_timestamp()) * 1000)::bigint
                 - \(Int64(days)) * 86400000
                ORDER BY ms LIMIT \(Int64(limit)) FOR UPDATE SKIP LOCKED))
            """)
        return Int(deleted.affected)
    }
}
