import Contracts
import Foundation
import Logging
import Metrics
import Postgres
import ServiceKit
import Wire

/// What the booking feed does here: claims change the seat state.
///
/// The position that counts is each event's own, in its seat state, and moves in the script of
/// the effect: exactly once. The position in `feed_cursor` says where to read on and follows
/// after; entries that are read again are skipped by the script. An entry that the script refuses
/// is parked in the database, and later ones of its key with it; the others go on.
struct SeatFeed: FeedSink {
    /// Rebuilds in a row before the entry is left for the next try.
    private static let restoresMax = 5

    let pool: PostgresPool
    let seats: SeatState
    let keeper: SeatKeeper
    let waiting: WaitingStore
    let logger: Logger
    private let parked: ParkedEntries

    init(
        pool: PostgresPool, seats: SeatState, keeper: SeatKeeper, waiting: WaitingStore,
        logger: Logger
    ) {
        self.pool = pool
        self.seats = seats
        self.keeper = keeper
        self.waiting = waiting
        self.logger = logger
        parked = ParkedEntries(
            feed: "booking", consumer: EventService.name, pool: pool, logger: logger)
    }

    /// The feed as operators see it. An entry that is released late is not applied as it is, for
    /// others have been applied since: its places become what the claims say.
    var followed: FollowedFeed {
        FollowedFeed(
            parked,
            effect: { [keeper] bytes, _ in
                let entry = try BookingV1.FeedEntry(serialized: bytes)
                if let (event, changes) = Self.changes(entry) {
                    try await keeper.correct(event, places: changes.map(\.place))
                }
            },
            // Each state has a position of its own, below which it would skip what comes.
            beforeMove: { [keeper] in try await keeper.forgetAll() })
    }

    func position() async throws -> FeedPosition {
        try await parked.measure()
        return try await FeedCursor.read("booking", pool)
    }

    func apply(_ entries: [BookingV1.FeedEntry]) async throws {
        var keys = try await parked.keys(among: entries.map(\.key))
        for entry in entries {
            if keys.contains(entry.key), try await parked.insertBehind(entry) {
                continue
            }
            do {
                try await apply(entry)
            } catch let error as SeatStateError where error.isOfTheRequest {
                try await parked.insert(entry, because: error)
                keys.insert(entry.key)
            }
        }
        try await waiting.accept(entries)
        guard let first = entries.first, let last = entries.last else {
            return
        }
        let before = Int64(clamping: first.position) - 1
        let moved = try await pool.query(
            """
            INSERT INTO feed_cursor (feed, position, recorded_at)
            VALUES ('booking', \(Int64(clamping: last.position)), \(last.recordedAt?.date))
            ON CONFLICT (feed) DO UPDATE
            SET position = excluded.position, recorded_at = excluded.recorded_at
            WHERE feed_cursor.position < excluded.position AND feed_cursor.position >= \(before)
            """)
        // Another process may be further; an operator may have set it back.
        guard moved.affected == 0 else {
            return
        }
        guard Int64(clamping: try await FeedCursor.read("booking", pool).number) >= before else {
            throw FeedCursorMoved()
        }
    }

    private func apply(_ entry: BookingV1.FeedEntry) async throws {
        guard let (event, changes) = Self.changes(entry) else {
            return
        }
        try await apply(changes, of: event, at: entry.position)
    }

    /// Applies one entry. Where the event has no state, one is made first: its claims are read
    /// after this entry was written, so that it, or a state made meanwhile that lacks the entry,
    /// comes to the same.
    private func apply(
        _ changes: [FeedChange], of event: EventID, at position: UInt64
    ) async throws {
        for _ in 0..<Self.restoresMax {
            do {
                _ = try await seats.applyFeed(
                    event: event.description, position: position, changes: changes)
                return
            } catch {
                guard case .rebuilding = error.code else {
                    throw error
                }
                try await keeper.restore(event)
            }
        }
        throw SeatStateMissing(event: event)
    }

    /// What an entry changes; nil where it is nothing.
    static func changes(_ entry: BookingV1.FeedEntry) -> (EventID, [FeedChange])? {
        switch entry.fact {
        case .bookingCreated(let fact): changes(fact.booking, .claimed)
        case .bookingConfirmed(let fact): changes(fact.booking, .sold)
        case .bookingExpired(let fact):
            changes(fact.booking, .free, but: Set(fact.offeredPlaces))
        case .bookingCancelled(let fact):
            changes(
                fact.booking?.eventID, fact.freedPlaces, .free, claim: fact.booking?.holdID ?? "")
        case .placesBlocked(let fact):
            changes(fact.eventID, fact.places, .blocked, claim: "")
        case .placesUnblocked(let fact):
            changes(fact.eventID, fact.places, .free, claim: "")
        case .placesOffered(let fact):
            changes(fact.eventID, fact.places, .claimed, claim: fact.offerID)
        case .offerEnded(let fact):
            changes(fact.eventID, fact.freedPlaces, .free, claim: fact.offerID)
        case .refundDue, nil: nil
        }
    }

    private static func changes(
        _ booking: BookingV1.Booking?, _ letter: SeatLetter, but others: Set<UInt32> = []
    ) -> (EventID, [FeedChange])? {
        changes(
            booking?.eventID,
            (booking?.places ?? []).map(\.place).filter { !others.contains($0) }, letter,
            claim: booking?.holdID ?? "")
    }

    /// - Parameter claim: the hold or offer that the claims come from; empty = none.
    private static func changes(
        _ event: String?, _ places: [UInt32], _ letter: SeatLetter, claim: String
    ) -> (EventID, [FeedChange])? {
        guard let event = event.flatMap(EventID.init) else {
            return nil
        }
        return (
            event,
            places.map {
                FeedChange(
                    place: Int($0), letter: letter, holdID: claim.isEmpty ? nil : claim)
            }
        )
    }
}

/// A seat state that went away as often as it was put in place.
struct SeatStateMissing: Error, CustomStringConvertible {
    var event: EventID
    var description: String { "\(event) has no seat state" }
}
