import Contracts
import Foundation
import Metrics
import RPC
import ServiceKit
import Wire

/// The methods of `usher.booking.v1.BookingService`.
struct BookingHandlers: Sendable {
    let store: BookingStore
    let authenticator: Authenticator
    let event: ServiceCaller
    let batcher: BookingBatcher
    let records: IdempotencyRecords
    let organisers: OrganiserStore

    private let booked = Counter(label: "bookings_total", dimensions: [("outcome", "created")])
    private let refused = Counter(label: "bookings_total", dimensions: [("outcome", "refused")])

    /// How long the seat state keeps redeemed places without a word of the feed, which tells of
    /// the booking within moments. Should the booking never be written, they are free after it.
    static let redeemedFor = Duration.seconds(60)

    init(
        store: BookingStore, authenticator: Authenticator, event: ServiceCaller,
        batcher: BookingBatcher, records: IdempotencyRecords, organisers: OrganiserStore
    ) {
        self.store = store
        self.authenticator = authenticator
        self.event = event
        self.batcher = batcher
        self.records = records
        self.organisers = organisers
    }

    func register(on router: inout CallRouter) {
        typealias Methods = BookingV1.BookingService
        router.handle(Methods.createBooking, create)
        router.handle(Methods.createOrganiserBooking, createForOrganiser)
        router.handle(Methods.getBooking, get)
        router.handle(Methods.listBookings, list)
        router.handle(Methods.snapshotClaims, snapshot)
        router.keepOffLoop(Methods.snapshotClaims)
        router.handleFeed(Methods.readFeed, Methods.followFeed, store.feed)
    }

    @Sendable private func create(
        _ request: BookingV1.CreateBookingRequest, _ context: CallContext
    ) async throws -> BookingV1.CreateBookingResponse {
        let user = try await authenticator.user(context)
        let key = try IdempotencyKey(context, user: user.id, request)
        if let key, let answer = try await records.answer(of: key) {
            return try answer.response()
        }
        // Sent before: its booking is there, whatever became of the hold.
        let hold = HoldToken.unverifiedHold(of: request.holdToken)
        if key == nil, let hold, let booking = try await store.booking(hold: hold, buyer: user.id) {
            return .with { $0.booking = booking }
        }
        // Without a key, that was looked up a moment ago.
        let order = try await order(request.holdToken, user.id, key, isNew: key == nil)
        return try await book(order)
    }

    private func book(_ order: BookingOrder) async throws -> BookingV1.CreateBookingResponse {
        let outcome = try await batcher.book(order)
        switch outcome {
        case .created: booked.increment()
        case .existing, .key: break
        default: refused.increment()
        }
        return try outcome.response(to: order)
    }

    /// Complimentary and box-office bookings: the organiser holds places like anybody, and books
    /// them without a payment here.
    @Sendable private func createForOrganiser(
        _ request: BookingV1.CreateOrganiserBookingRequest, _ context: CallContext
    ) async throws -> BookingV1.CreateOrganiserBookingResponse {
        let user = try await authenticator.user(context, role: .organiser)
        guard let kind = BookingRules.Kind(organiser: request.kind) else {
            throw RPCError.invalid(field: "kind", "invalid", "complimentary or box office")
        }
        guard request.buyerID.isEmpty || UserID(request.buyerID) != nil else {
            throw RPCError.invalid(field: "buyerId", "invalid", "an id looks like usr_…")
        }
        let key = try IdempotencyKey(context, user: user.id, request)
        if let key, let answer = try await records.answer(of: key) {
            return try answer.response()
        }
        // The event must be the caller's before their hold is spent, and is asked for again with
        // the terms that the event service vouches for.
        let claimed = HoldToken.unverifiedTerms(of: request.holdToken)?.eventID ?? ""
        try await organisers.requireOrganiser(user, of: claimed)
        var order = try await order(request.holdToken, user.id, key)
        try await organisers.requireOrganiser(user, of: order.event.description)
        order.kind = kind
        order.madeBy = user.id
        order.buyer = UserID(request.buyerID) ?? user.id
        if kind == .complimentary {
            for index in order.terms.places.indices {
                order.terms.places[index].priceMinor = 0
            }
            order.terms.totalMinor = 0
        }
        let response = try await book(order)
        return .with { $0.booking = response.booking }
    }

    /// Redeems the hold. A hold that has made its booking need not be redeemed again, whatever has
    /// become of it.
    ///
    /// - Parameter isNew: no booking of this hold was there a moment ago.
    private func order(
        _ token: String, _ buyer: UserID, _ key: IdempotencyKey?, isNew: Bool = false
    ) async throws -> BookingOrder {
        if !isNew, let hold = HoldToken.unverifiedHold(of: token),
            let booking = try await store.booking(hold: hold, buyer: buyer),
            let event = EventID(booking.eventID)
        {
            return BookingOrder(
                id: BookingID(), terms: .init(), hold: hold, event: event, buyer: buyer,
                idempotency: key)
        }
        let redeemed: EventV1.RedeemResponse
        do {
            redeemed = try await event.call(
                EventV1.EventService.redeem,
                .with {
                    $0.token = token
                    $0.buyerID = buyer.description
                    $0.claimMs = UInt32(clamping: Self.redeemedFor.milliseconds)
                })
        } catch {
            if let key {
                try await records.refuse(key, error)
            }
            throw error
        }
        guard let terms = redeemed.terms, let hold = HoldID(terms.holdID),
            let eventID = EventID(terms.eventID), terms.buyerID == buyer.description
        else {
            throw RPCError.permissionDenied("hold_not_yours", "this hold is somebody else's")
        }
        return BookingOrder(
            id: BookingID(), terms: terms, hold: hold, event: eventID, buyer: buyer,
            idempotency: key)
    }

    @Sendable private func get(
        _ request: BookingV1.GetBookingRequest, _ context: CallContext
    ) async throws -> BookingV1.GetBookingResponse {
        let forPayment = authenticator.isService(context, among: ["payment"])
        let user = forPayment ? nil : try await authenticator.user(context)
        guard let id = BookingID(request.bookingID), let booking = try await store.booking(id),
            forPayment || booking.buyerID == user?.id.description
                || user?.roles.contains(.admin) == true
        else {
            throw RPCError.notFound(
                "booking_unknown", "there is no booking \"\(request.bookingID)\" of yours")
        }
        return .with { $0.booking = booking }
    }

    @Sendable private func list(
        _ request: BookingV1.ListBookingsRequest, _ context: CallContext
    ) async throws -> BookingV1.ListBookingsResponse {
        let user = try await authenticator.user(context)
        let size = request.pageSize == 0 ? 20 : min(Int(request.pageSize), 100)
        let before = BookingID(request.pageToken)
        guard request.pageToken.isEmpty || before != nil else {
            throw RPCError.invalid(
                field: "pageToken", "invalid", "send the nextPageToken of the page before")
        }
        let bookings = try await store.bookings(of: user.id, before: before, limit: size + 1)
        return .with {
            $0.bookings = Array(bookings.prefix(size))
            $0.nextPageToken = bookings.count > size ? bookings[size - 1].bookingID : ""
        }
    }

    @Sendable private func snapshot(
        _ request: BookingV1.SnapshotClaimsRequest, _ context: CallContext
    ) async throws -> BookingV1.SnapshotClaimsResponse {
        guard let id = EventID(request.eventID) else {
            throw RPCError.invalid(field: "eventId", "invalid", "an id looks like evt_…")
        }
        return try await store.snapshot(of: id)
    }
}
