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

    private let booked = Counter(label: "bookings_total", dimensions: [("outcome", "created")])
    private let refused = Counter(label: "bookings_total", dimensions: [("outcome", "refused")])

    /// How long the seat state keeps redeemed places without a word of the feed, which tells of
    /// the booking within moments. Should the booking never be written, they are free after it.
    static let redeemedFor = Duration.seconds(60)

    init(store: BookingStore, authenticator: Authenticator, event: ServiceCaller) {
        self.store = store
        self.authenticator = authenticator
        self.event = event
    }

    func register(on router: inout CallRouter) {
        typealias Methods = BookingV1.BookingService
        router.handle(Methods.createBooking, create)
        router.handle(Methods.getBooking, get)
        router.handle(Methods.listBookings, list)
        router.handle(Methods.snapshotClaims, snapshot)
        router.handle(Methods.readFeed, readFeed)
    }

    @Sendable private func create(
        _ request: BookingV1.CreateBookingRequest, _ context: CallContext
    ) async throws -> BookingV1.CreateBookingResponse {
        let user = try await authenticator.user(context)
        // A token that was sent before: its booking is there, whatever became of the hold.
        if let hold = HoldToken.unverifiedHold(of: request.holdToken),
            let booking = try await store.booking(hold: hold, buyer: user.id)
        {
            return .with { $0.booking = booking }
        }
        let redeemed = try await event.call(
            EventV1.EventService.redeem,
            .with {
                $0.token = request.holdToken
                $0.buyerID = user.id.description
                $0.claimMs = UInt32(clamping: Self.redeemedFor.milliseconds)
            })
        guard let terms = redeemed.terms, let hold = HoldID(terms.holdID),
            let eventID = EventID(terms.eventID), terms.buyerID == user.id.description
        else {
            throw RPCError.permissionDenied("hold_not_yours", "this hold is somebody else's")
        }
        let booking = try await book(terms, hold: hold, event: eventID, buyer: user.id)
        return .with { $0.booking = booking }
    }

    private func book(
        _ terms: EventV1.HoldTerms, hold: HoldID, event: EventID, buyer: UserID
    ) async throws -> BookingV1.Booking {
        let outcome: BookingStore.Creation
        do {
            outcome = try await store.create(
                BookingID(), terms: terms, hold: hold, event: event, buyer: buyer)
        } catch {
            // The same token twice at once: the unique hold id lets one in.
            if let booking = try await store.booking(hold: hold, buyer: buyer) {
                return booking
            }
            throw error
        }
        switch outcome {
        case .created(let booking):
            booked.increment()
            return booking
        case .taken(let places):
            refused.increment()
            throw RPCError.aborted(
                "seats_unavailable", "some of these places have been sold to somebody else",
                terms.places.filter { places.contains($0.place) }.map {
                    .init(
                        $0.seatGUID.isEmpty ? $0.areaID : $0.seatGUID, "booked",
                        "\($0.label) is booked by somebody else")
                })
        case .notOnSale:
            refused.increment()
            throw RPCError.aborted("event_not_on_sale", "this event is not on sale now")
        case .eventUnknown:
            throw RPCError.unavailable(
                "event_not_here_yet", "the event is being made known; try again in a second")
        }
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
        try authenticator.service(context, among: ["event"])
        guard let id = EventID(request.eventID) else {
            throw RPCError.invalid(field: "eventId", "invalid", "an id looks like evt_…")
        }
        return try await store.snapshot(of: id)
    }

    @Sendable private func readFeed(
        _ request: BookingV1.ReadFeedRequest, _ context: CallContext
    ) async throws -> BookingV1.ReadFeedResponse {
        try authenticator.service(context, among: ["event", "payment", "notification"])
        return try await store.feed.read(request)
    }
}
