import Contracts
import Foundation
import RPC
import ServiceKit
import Wire

/// Giving back, and what organisers do with their events.
struct OrganiserHandlers: Sendable {
    /// Places in one request.
    private static let placesMax = 1_000

    let store: OrganiserStore
    let cancels: CancelStore
    let records: IdempotencyRecords
    let timeline: TimelineStore
    let authenticator: Authenticator

    func register(on router: inout CallRouter) {
        typealias Methods = BookingV1.BookingService
        router.handle(Methods.cancelBooking, cancel)
        router.handle(Methods.getEventCancellation, cancellation)
        router.handle(Methods.blockPlaces, block)
        router.handle(Methods.unblockPlaces, unblock)
        router.handle(Methods.listEventBookings, list)
        router.handle(Methods.getSales, sales)
        router.handle(Methods.getBookingTimeline, bookingTimeline)
        router.handle(Methods.getPlaceTimeline, placeTimeline)
    }

    @Sendable private func cancel(
        _ request: BookingV1.CancelBookingRequest, _ context: CallContext
    ) async throws -> BookingV1.CancelBookingResponse {
        let user = try await authenticator.user(context)
        let key = try IdempotencyKey(context, user: user.id, request)
        let wanted = Set(request.places)
        let response = try await records.once(key) { transaction in
            guard let id = BookingID(request.bookingID),
                let candidate = try await cancels.candidate(id, in: transaction),
                let actor = Self.actor(user, candidate)
            else {
                throw RPCError.notFound(
                    "booking_unknown", "there is no booking \"\(request.bookingID)\" of yours")
            }
            let step = try Self.step(candidate, wanted, by: actor, user.id)
            let booking = try await cancels.apply([step], by: actor, in: transaction).first
            return BookingV1.CancelBookingResponse.with {
                $0.booking = booking
                $0.refundMinor = step.cancellation.refundMinor
                $0.feeMinor = step.cancellation.feeMinor
                $0.refundID = step.refund?.description ?? ""
            }
        }
        cancels.feed.ring()
        return response
    }

    /// In which role somebody gives a booking back; nil for strangers.
    private static func actor(
        _ user: AuthenticatedUser, _ candidate: CancelStore.Candidate
    ) -> CancelRules.Actor? {
        if candidate.organiser == user.id || user.roles.contains(.admin) {
            return .organiser
        }
        return candidate.booking.buyerID == user.id.description ? .buyer : nil
    }

    private static func step(
        _ candidate: CancelStore.Candidate, _ wanted: Set<UInt32>, by actor: CancelRules.Actor,
        _ user: UserID
    ) throws -> CancelStore.Step {
        do {
            return CancelStore.Step(
                candidate,
                try CancelRules.decide(candidate.standing, wanted, by: actor, now: candidate.now),
                by: user)
        } catch let refusal as CancelRules.Refusal {
            throw refusal.error
        }
    }

    @Sendable private func cancellation(
        _ request: BookingV1.GetEventCancellationRequest, _ context: CallContext
    ) async throws -> BookingV1.GetEventCancellationResponse {
        let user = try await authenticator.user(context)
        let event = try await store.requireOrganiser(user, of: request.eventID)
        guard let cancellation = try await store.cancellation(of: event) else {
            throw RPCError.notFound("event_not_cancelled", "this event is not cancelled")
        }
        return .with { $0.cancellation = cancellation }
    }

    @Sendable private func block(
        _ request: BookingV1.BlockPlacesRequest, _ context: CallContext
    ) async throws -> BookingV1.BlockPlacesResponse {
        let user = try await authenticator.user(context)
        let event = try await store.requireOrganiser(user, of: request.eventID)
        let places = try Self.places(request.places)
        let key = try IdempotencyKey(context, user: user.id, request)
        let response = try await records.once(key) { transaction in
            let blocked = try await store.block(
                places, of: event, by: user.id, in: transaction)
            return BookingV1.BlockPlacesResponse.with { $0.places = blocked }
        }
        store.feed.ring()
        return response
    }

    @Sendable private func unblock(
        _ request: BookingV1.UnblockPlacesRequest, _ context: CallContext
    ) async throws -> BookingV1.UnblockPlacesResponse {
        let user = try await authenticator.user(context)
        let event = try await store.requireOrganiser(user, of: request.eventID)
        let places = try Self.places(request.places)
        let key = try IdempotencyKey(context, user: user.id, request)
        let response = try await records.once(key) { transaction in
            let freed = try await store.unblock(
                places, of: event, by: user.id, in: transaction)
            return BookingV1.UnblockPlacesResponse.with { $0.places = freed }
        }
        store.feed.ring()
        return response
    }

    private static func places(_ places: [UInt32]) throws -> Set<UInt32> {
        guard (1...placesMax).contains(places.count) else {
            throw RPCError.invalid(
                field: "places", "invalid", "name 1 to \(placesMax) places by their indexes")
        }
        return Set(places)
    }

    @Sendable private func list(
        _ request: BookingV1.ListEventBookingsRequest, _ context: CallContext
    ) async throws -> BookingV1.ListEventBookingsResponse {
        let user = try await authenticator.user(context)
        let event = try await store.requireOrganiser(user, of: request.eventID)
        let size = request.pageSize == 0 ? 20 : min(Int(request.pageSize), 100)
        let before = BookingID(request.pageToken)
        guard request.pageToken.isEmpty || before != nil else {
            throw RPCError.invalid(
                field: "pageToken", "invalid", "send the nextPageToken of the page before")
        }
        let bookings = try await store.bookings(
            of: event, state: request.state, before: before, limit: size + 1)
        return .with {
            $0.bookings = Array(bookings.prefix(size))
            $0.nextPageToken = bookings.count > size ? bookings[size - 1].bookingID : ""
        }
    }

    @Sendable private func sales(
        _ request: BookingV1.GetSalesRequest, _ context: CallContext
    ) async throws -> BookingV1.GetSalesResponse {
        let user = try await authenticator.user(context)
        return try await store.sales(
            of: try await store.requireOrganiser(user, of: request.eventID))
    }

    @Sendable private func bookingTimeline(
        _ request: BookingV1.GetBookingTimelineRequest, _ context: CallContext
    ) async throws -> BookingV1.GetBookingTimelineResponse {
        let user = try await authenticator.user(context)
        guard let id = BookingID(request.bookingID), let event = try await timeline.event(of: id)
        else {
            throw RPCError.notFound(
                "booking_unknown", "there is no booking \"\(request.bookingID)\" of yours")
        }
        try await store.requireOrganiser(user, of: event.description)
        let entries = try await timeline.entries(of: [id])
        return .with { $0.entries = entries }
    }

    @Sendable private func placeTimeline(
        _ request: BookingV1.GetPlaceTimelineRequest, _ context: CallContext
    ) async throws -> BookingV1.GetPlaceTimelineResponse {
        let user = try await authenticator.user(context)
        let event = try await store.requireOrganiser(user, of: request.eventID)
        let entries = try await timeline.entries(of: request.place, of: event)
        return .with { $0.entries = entries }
    }
}

extension CancelRules.Refusal {
    /// What the caller is told.
    var error: RPCError {
        switch self {
        case .notActive:
            .aborted("booking_not_active", "this booking is expired or was given back before")
        case .placesNotActive(let places):
            .aborted(
                "places_not_active", "some of these places are not part of this booking",
                places.sorted().map { .init("\($0)", "not_active", "given back, or never in it") })
        case .pendingInPart:
            .invalid(
                field: "places", "invalid",
                "a booking that waits for its payment is given back whole")
        case .closed:
            .aborted(
                "cancellation_closed", "the event's policy does not let buyers cancel (any more)")
        }
    }
}
