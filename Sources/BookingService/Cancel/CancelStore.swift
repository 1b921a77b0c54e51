import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// The SQL of giving back.
struct CancelStore: Sendable {
    /// A booking whose row is locked, with what decides.
    struct Candidate: Sendable {
        var booking: BookingV1.Booking
        var id: BookingID
        var organiser: UserID
        var payment: PaymentID?
        var standing: CancelRules.Standing
        /// By the database's clock.
        var now: Date
    }

    /// A booking and what of it is given back.
    struct Step: Sendable {
        var candidate: Candidate
        var cancellation: CancelRules.Cancellation
        var refund: RefundID?
        /// Who gives back; nil where the event is cancelled.
        var by: UserID?

        init(
            _ candidate: Candidate, _ cancellation: CancelRules.Cancellation, by: UserID? = nil
        ) {
            self.by = by
            self.candidate = candidate
            self.cancellation = cancellation
            refund = cancellation.refundMinor > 0 ? RefundID() : nil
        }
    }

    let feed: FeedStore<BookingV1.FeedEntry>

    /// The booking of an id, its row locked until the transaction ends.
    func candidate(
        _ id: BookingID, in transaction: PostgresTransaction
    ) async throws -> Candidate? {
        try await candidates(
            transaction.query(
                """
                SELECT b.*, e.organiser_id, e.cancel_until_seconds, e.cancel_fee_permille,
                 clock_timestamp() AS now
                FROM bookings b JOIN events e ON e.id = b.event_id
                WHERE b.id = \(id.uuid) FOR UPDATE OF b
                """), in: transaction
        ).first
    }

    /// Bookings of an event that are not given back yet, their rows locked.
    func candidates(
        of event: EventID, limit: Int, in transaction: PostgresTransaction
    ) async throws -> [Candidate] {
        try await candidates(
            transaction.query(
                """
                SELECT b.*, e.organiser_id, e.cancel_until_seconds, e.cancel_fee_permille,
                 clock_timestamp() AS now
                FROM bookings b JOIN events e ON e.id = b.event_id
                WHERE b.event_id = \(event.uuid) AND b.state IN ('pending', 'confirmed')
                ORDER BY b.id LIMIT \(Int64(limit)) FOR UPDATE OF b
                """), in: transaction)
    }

    private func candidates(
        _ rows: PostgresRows, in transaction: PostgresTransaction
    ) async throws -> [Candidate] {
        let bookings = try await BookingPlaces.bookings(rows) { try await transaction.query($0) }
        return try zip(rows, bookings).map { row, booking in
            let until = try row.decode("cancel_until_seconds", as: Int64?.self)
            let fee = try row.decode("cancel_fee_permille", as: Int32?.self)
            let payment = try row.decode("payment_id", as: UUID?.self).map(PaymentID.init(uuid:))
            let places = booking.places.filter { !$0.cancelled }
            return Candidate(
                booking: booking, id: BookingID(uuid: try row.decode("id")),
                organiser: UserID(uuid: try row.decode("organiser_id")), payment: payment,
                standing: .init(
                    state: BookingRules.State(rawValue: try row.decode("state")) ?? .expired,
                    active: Dictionary(
                        places.map { ($0.place, $0.priceMinor) }, uniquingKeysWith: { $1 }),
                    isPaid: payment != nil, startsAt: try row.decode("starts_at"),
                    policy: until.map { .init(untilSeconds: $0, feePermille: Int64(fee ?? 0)) }),
                now: try row.decode("now"))
        }
    }

    /// Gives back what was decided, of bookings whose rows are locked; writes to the feed last.
    ///
    /// - Parameter steps: at most 500, which is 1,000 facts.
    /// - Returns: the bookings as they are then.
    @discardableResult
    func apply(
        _ steps: [Step], by actor: CancelRules.Actor, in transaction: PostgresTransaction
    ) async throws -> [BookingV1.Booking] {
        guard !steps.isEmpty else {
            return []
        }
        try await updateBookings(steps, in: transaction)
        try await releasePlaces(steps, in: transaction)
        try await insertRefunds(steps, actor, in: transaction)
        let bookings = steps.map(\.bookingAfter)
        var facts: [BookingV1.FeedEntry] = []
        for (step, booking) in zip(steps, bookings) {
            facts.append(step.cancelled(booking, actor))
            if let due = step.refundDue(actor) {
                facts.append(due)
            }
        }
        try await feed.append(facts, in: transaction)
        return bookings
    }

    private func updateBookings(
        _ steps: [Step], in transaction: PostgresTransaction
    ) async throws {
        let moved = try await transaction.query(
            """
            UPDATE bookings b SET
             state = CASE WHEN item.whole THEN 'cancelled' ELSE b.state END,
             cancelled_at = CASE WHEN item.whole THEN item.at END,
             refunded_minor = b.refunded_minor + item.refund, fee_minor = b.fee_minor + item.fee
            FROM unnest(
                \(steps.map(\.candidate.id.uuid)), \(steps.map(\.cancellation.isWhole)),
                \(steps.map(\.candidate.now)), \(steps.map(\.cancellation.refundMinor)),
                \(steps.map(\.cancellation.feeMinor)))
             AS item(id, whole, at, refund, fee)
            WHERE b.id = item.id AND b.state IN ('pending', 'confirmed')
            """)
        guard moved.affected == steps.count else {
            throw BookingRowMissing()
        }
    }

    private func releasePlaces(
        _ steps: [Step], in transaction: PostgresTransaction
    ) async throws {
        let pairs = steps.flatMap { step in
            step.cancellation.places.sorted().map { (step.candidate.id.uuid, Int32(clamping: $0)) }
        }
        try await transaction.query(
            """
            UPDATE booking_places p SET cancelled_at = clock_timestamp()
            FROM unnest(\(pairs.map(\.0)), \(pairs.map(\.1))) AS item(booking_id, place)
            WHERE p.booking_id = item.booking_id AND p.place = item.place
            """)
        try await transaction.query(
            """
            UPDATE claims c SET released_at = clock_timestamp()
            FROM unnest(\(pairs.map(\.0)), \(pairs.map(\.1))) AS item(booking_id, place)
            WHERE c.booking_id = item.booking_id AND c.place = item.place
             AND c.released_at IS NULL
            """)
    }

    private func insertRefunds(
        _ steps: [Step], _ actor: CancelRules.Actor, in transaction: PostgresTransaction
    ) async throws {
        try await Refunds.insert(
            steps.compactMap { step in
                guard let id = step.refund, let payment = step.candidate.payment else {
                    return nil
                }
                return .init(
                    id: id, booking: step.candidate.id, payment: payment,
                    amountMinor: step.cancellation.refundMinor,
                    currency: step.candidate.booking.currency, reason: actor.reason)
            }, in: transaction)
    }
}

extension CancelStore.Step {
    /// The booking once the step is done.
    var bookingAfter: BookingV1.Booking {
        var booking = candidate.booking
        for index in booking.places.indices
        where cancellation.places.contains(booking.places[index].place) {
            booking.places[index].cancelled = true
        }
        booking.refundedMinor += cancellation.refundMinor
        booking.feeMinor += cancellation.feeMinor
        if cancellation.isWhole {
            booking.state = .cancelled
            booking.cancelledAt = Timestamp(candidate.now)
        }
        return booking
    }

    func cancelled(
        _ booking: BookingV1.Booking, _ actor: CancelRules.Actor
    ) -> BookingV1.FeedEntry {
        let places = booking.places.filter { cancellation.places.contains($0.place) }
        return BookingFacts.entry(
            of: booking,
            .bookingCancelled(
                .with {
                    $0.booking = booking
                    $0.places = places
                    $0.freedPlaces = places.map(\.place)
                    $0.reason = actor.reason
                    $0.refundMinor = cancellation.refundMinor
                    $0.feeMinor = cancellation.feeMinor
                    $0.actorID = by?.description ?? ""
                }))
    }

    func refundDue(_ actor: CancelRules.Actor) -> BookingV1.FeedEntry? {
        guard let refund, let payment = candidate.payment else {
            return nil
        }
        return BookingFacts.entry(
            of: candidate.booking,
            .refundDue(
                .with {
                    $0.bookingID = candidate.booking.bookingID
                    $0.paymentID = payment.description
                    $0.amountMinor = cancellation.refundMinor
                    $0.currency = candidate.booking.currency
                    $0.reason = actor.reason
                    $0.payerID = candidate.booking.buyerID
                    $0.refundID = refund.description
                    $0.eventTitle = candidate.booking.eventTitle
                    $0.places = candidate.booking.places
                        .filter { cancellation.places.contains($0.place) }.map(\.label)
                }))
    }
}
