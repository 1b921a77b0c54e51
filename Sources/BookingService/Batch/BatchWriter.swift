import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// Writes a batch of orders in one transaction: those that find all their places free, whole, and
/// of the others nothing (P1, P2).
struct BatchWriter: Sendable {
    let pool: PostgresPool
    let feed: FeedStore<BookingV1.FeedEntry>
    let records: IdempotencyRecords

    /// Name of the method whose responses are recorded.
    private typealias Response = BookingV1.CreateBookingResponse

    /// What became of each order, in their order.
    ///
    /// - Parameter orders: with ids of their own; of one hold or one idempotency key at most one.
    func write(_ orders: [BookingOrder]) async throws -> [BookingOutcome] {
        #if DEBUG
            if Sabotage.answerFirst.isOn {
                return try await answerFirst(orders)
            }
        #endif
        let outcomes = try await pool.transaction(retries: 5) { transaction in
            try await write(orders, in: transaction)
        }
        feed.ring()
        return outcomes
    }

    private func write(
        _ orders: [BookingOrder], in transaction: PostgresTransaction
    ) async throws -> [BookingOutcome] {
        var outcomes = [BookingOutcome?](repeating: nil, count: orders.count)
        try await answerKeys(orders, &outcomes, in: transaction)
        var facts = BatchPlan.Facts()
        facts.events = try await events(of: orders, in: transaction)
        try await findExisting(orders, &outcomes, in: transaction)
        let open = orders.indices.filter { outcomes[$0] == nil }
        try await learn(open.map { orders[$0].wish }, &facts, in: transaction)

        let (granted, refused) = try await claim(orders, open, &facts, in: transaction)
        for (index, verdict) in refused {
            outcomes[index] = verdict.outcome
        }
        let bookings = try await insert(granted.map { orders[$0] }, in: transaction)
        for index in granted {
            guard let booking = bookings[orders[index].id] else {
                throw BookingRowMissing()
            }
            outcomes[index] = .created(booking)
        }
        let results = try outcomes.map { outcome in
            guard let outcome else {
                throw BookingRowMissing()
            }
            return outcome
        }
        try await record(orders, results, in: transaction)
        try await Refusals.insert(orders, results, in: transaction)
        // Last, because the feed's lock is kept from here to the commit.
        try await feed.append(
            granted.flatMap { BookingFacts.created(results[$0].booking) }, in: transaction)
        return results
    }

    private func answerKeys(
        _ orders: [BookingOrder], _ outcomes: inout [BookingOutcome?],
        in transaction: PostgresTransaction
    ) async throws {
        let keyed = orders.indices.filter { orders[$0].idempotency != nil }
        let standings = try await records.standings(
            of: keyed.compactMap { orders[$0].idempotency }, in: transaction)
        for (index, standing) in zip(keyed, standings) where standing != .new {
            outcomes[index] = .key(standing)
        }
    }

    /// The events' rows, kept as they are until the commit: a cancellation comes before or after
    /// the batch, never in between.
    private func events(
        of orders: [BookingOrder], in transaction: PostgresTransaction
    ) async throws -> [EventID: BatchPlan.Event] {
        let ids = Array(Set(orders.map(\.event.uuid)))
        let rows = try await transaction.query(
            """
            SELECT id, cancelled_at IS NULL AS books, places_per_buyer_max FROM events WHERE id = ANY(\(ids))
            ORDER BY id FOR SHARE
            """)
        var events: [EventID: BatchPlan.Event] = [:]
        for row in rows {
            let max = try row.decode("places_per_buyer_max", as: Int32?.self)
            events[EventID(uuid: try row.decode("id"))] = .init(
                takesBookings: try row.decode("books"), placesPerBuyerMax: max.map(Int.init))
        }
        return events
    }

    /// Holds that have made a booking before.
    private func findExisting(
        _ orders: [BookingOrder], _ outcomes: inout [BookingOutcome?],
        in transaction: PostgresTransaction
    ) async throws {
        let rows = try await transaction.query(
            "SELECT * FROM bookings WHERE hold_id = ANY(\(orders.map(\.hold.uuid)))")
        let bookings = try await BookingPlaces.bookings(rows) { try await transaction.query($0) }
        for booking in bookings {
            for index in orders.indices
            where outcomes[index] == nil && orders[index].hold.description == booking.holdID {
                outcomes[index] =
                    orders[index].buyer.description == booking.buyerID
                    ? .existing(booking) : .holdUsed
            }
        }
    }

    /// What is taken already of what a batch wants, and what buyers have where there is a limit.
    /// One order alone finds out by claiming.
    private func learn(
        _ wishes: [BatchPlan.Wish], _ facts: inout BatchPlan.Facts,
        in transaction: PostgresTransaction
    ) async throws {
        if wishes.count > 1 {
            let claims = wishes.flatMap(\.claims)
            let rows = try await transaction.query(
                """
                SELECT c.event_id, c.place FROM claims c
                JOIN unnest(\(claims.map(\.event.uuid)), \(claims.map { Int32(clamping: $0.index) }))
                 AS item(event_id, place) USING (event_id, place)
                WHERE c.released_at IS NULL
                """)
            facts.taken = Set(try rows.map(Self.place))
        }
        let shares = Set(wishes.filter(\.isLimited).map(\.share)).filter {
            facts.events[$0.event]?.placesPerBuyerMax != nil
        }
        guard !shares.isEmpty else {
            return
        }
        try await BuyerLimit.lock(shares, in: transaction)
        facts.owned = try await BuyerLimit.places(of: shares, in: transaction)
    }

    /// Claims for everybody whose places are free. Whoever loses one to another writer at this
    /// very moment leaves whole, and those who stood back for them are looked at again.
    ///
    /// - Returns: indexes of the orders whose claims are written, and why the others' are not.
    private func claim(
        _ orders: [BookingOrder], _ open: [Int], _ facts: inout BatchPlan.Facts,
        in transaction: PostgresTransaction
    ) async throws -> (granted: [Int], refused: [(Int, BatchPlan.Verdict)]) {
        var waiting = open
        var granted: [Int] = []
        while true {
            let verdicts = BatchPlan.settle(waiting.map { orders[$0].wish }, facts)
            let chosen = zip(waiting, verdicts).filter { $1 == .claim }.map(\.0)
            let lost = try await BookingPlaces.claim(
                chosen.map { (orders[$0].id, orders[$0].wish.claims) }, in: transaction)
            let winners = chosen.filter { lost[orders[$0].id] == nil }
            for winner in winners {
                facts.grant(orders[winner].wish)
            }
            granted += winners
            guard !lost.isEmpty else {
                let refused = zip(waiting, verdicts).filter { $1 != .claim }
                return (granted.sorted(), Array(refused))
            }
            facts.taken.formUnion(lost.values.joined())
            waiting.removeAll(where: Set(winners).contains)
        }
    }

    /// The bookings and their places; their claims are there.
    private func insert(
        _ orders: [BookingOrder], in transaction: PostgresTransaction
    ) async throws -> [BookingID: BookingV1.Booking] {
        guard !orders.isEmpty else {
            return [:]
        }
        let places = orders.flatMap(\.terms.places)
        let owners = orders.flatMap { order in order.terms.places.map { _ in order.id.uuid } }
        // One statement for both tables, for each costs a lone booking a round trip. What a booking
        // holds is written as its hold froze it (P3). The database's clock decides when it must be
        // paid. Nothing to pay: confirmed.
        let rows = try await transaction.query(
            """
            WITH booked AS (
            INSERT INTO bookings
            (id, event_id, buyer_id, hold_id, state, total_minor, currency, pay_by, created_at,
             confirmed_at, event_title, venue, starts_at, time_zone, kind, made_by)
            SELECT item.id, e.id, item.buyer_id, item.hold_id,
             CASE WHEN item.is_paid THEN 'confirmed' ELSE 'pending' END,
             item.total_minor, item.currency, now.at + make_interval(secs => e.pay_seconds), now.at,
             CASE WHEN item.is_paid THEN now.at END, e.title, e.venue, e.starts_at,
             e.time_zone, item.kind, item.made_by
            FROM unnest(
                \(orders.map(\.id.uuid)), \(orders.map(\.event.uuid)), \(orders.map(\.buyer.uuid)),
                \(orders.map(\.hold.uuid)), \(orders.map(\.terms.totalMinor)),
                \(orders.map(\.terms.currency)), \(orders.map(\.isPaid)),
                \(orders.map(\.kind.rawValue)), \(orders.map(\.madeBy?.uuid)))
             AS item(id, event_id, buyer_id, hold_id, total_minor, currency, is_paid, kind,
              made_by)
            JOIN events e ON e.id = item.event_id, (SELECT clock_timestamp() AS at) now
            RETURNING *
            ), placed AS (
            INSERT INTO booking_places
            (booking_id, place, seat_guid, area_id, label, category, price_type, price_minor)
            SELECT * FROM unnest(
                \(owners), \(places.map { Int32(clamping: $0.place) }), \(places.map(\.seatGUID)),
                \(places.map(\.areaID)), \(places.map(\.label)), \(places.map(\.category)),
                \(places.map(\.priceType)), \(places.map(\.priceMinor)))
            )
            SELECT * FROM booked
            """)
        let placesOf = Dictionary(uniqueKeysWithValues: orders.map { ($0.id, $0.terms.places) })
        var bookings: [BookingID: BookingV1.Booking] = [:]
        for row in rows {
            let id = BookingID(uuid: try row.decode("id"))
            bookings[id] = try BookingFacts.booking(row)
            bookings[id]?.places = placesOf[id, default: []].map(BookingPlaces.place)
                .sorted { $0.place < $1.place }
        }
        return bookings
    }

    private func record(
        _ orders: [BookingOrder], _ outcomes: [BookingOutcome],
        in transaction: PostgresTransaction
    ) async throws {
        var answers: [(key: IdempotencyKey, answer: IdempotentAnswer)] = []
        for (order, outcome) in zip(orders, outcomes) {
            if let key = order.idempotency, let answer = outcome.answer(to: order) {
                answers.append((key, answer))
            }
        }
        try await records.record(answers, in: transaction)
    }

    static func place(_ row: PostgresRow) throws -> BatchPlan.Place {
        .init(
            event: EventID(uuid: try row.decode("event_id")),
            index: UInt32(clamping: try row.decode("place", as: Int32.self)))
    }
}

#if DEBUG
    extension BatchWriter {
        /// The breach of P7: the answer goes out twenty seconds before the commit, which nobody
        /// waits for.
        private func answerFirst(_ orders: [BookingOrder]) async throws -> [BookingOutcome] {
            let (answers, answer) = AsyncThrowingStream<[BookingOutcome], any Error>.makeStream(
                bufferingPolicy: .bufferingNewest(1))
            Task {
                do {
                    try await pool.transaction { transaction in
                        answer.yield(try await write(orders, in: transaction))
                        try await Task.sleep(for: .seconds(20))
                    }
                    feed.ring()
                    answer.finish()
                } catch {
                    answer.finish(throwing: error)
                }
            }
            for try await outcomes in answers {
                return outcomes
            }
            throw CancellationError()
        }
    }
#endif

extension BatchPlan.Verdict {
    /// What a refusal is to the caller; nil for `claim`.
    var outcome: BookingOutcome? {
        switch self {
        case .claim: nil
        case .taken(let places): .taken(places)
        case .overLimit(let max): .overLimit(max: max)
        case .notOnSale: .notOnSale
        case .eventUnknown: .eventUnknown
        }
    }
}
