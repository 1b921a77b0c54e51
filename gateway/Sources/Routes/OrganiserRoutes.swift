import Contracts
import HTTPTypes
import RPC
import Wire

/// /api/bookings/organiser and /api/bookings/events: what organisers do with bookings.
extension Routes {
    static let organisers: [Route] = [
        Route(.post, "/api/bookings/organiser", .user, body: .json) { call in
            let message = try call.message(BookingV1.CreateOrganiserBookingRequest.self)
            return try await call.create(
                \.booking, BookingV1.BookingService.createOrganiserBooking, message
            ) {
                "/api/bookings/\(PercentCoding.encodedSegment($0.booking?.bookingID ?? ""))"
            }
        },
        Route(
            .get, "/api/bookings/events/{eventId}", .user,
            query: ["state", "pageSize", "pageToken"]
        ) { call in
            try await call.forward(\.booking, BookingV1.BookingService.listEventBookings) {
                $0.eventID = call.path("eventId")
                $0.state = try call.bookingState("state")
                $0.pageSize = try call.query.unsigned("pageSize") ?? 0
                $0.pageToken = call.query.text("pageToken") ?? ""
            }
        },
        Route(.get, "/api/bookings/events/{eventId}/sales", .user) { call in
            try await call.forward(\.booking, BookingV1.BookingService.getSales) {
                $0.eventID = call.path("eventId")
            }
        },
        Route(.get, "/api/bookings/{bookingId}/timeline", .user) { call in
            try await call.forward(\.booking, BookingV1.BookingService.getBookingTimeline) {
                $0.bookingID = call.path("bookingId")
            }
        },
        Route(
            .get, "/api/bookings/events/{eventId}/timeline", .user, query: ["place"]
        ) { call in
            try await call.forward(\.booking, BookingV1.BookingService.getPlaceTimeline) {
                $0.eventID = call.path("eventId")
                _ = try call.query.required("place")
                $0.place = try call.query.unsigned("place") ?? 0
            }
        },
        Route(.get, "/api/bookings/events/{eventId}/cancellation", .user) { call in
            try await call.forward(\.booking, BookingV1.BookingService.getEventCancellation) {
                $0.eventID = call.path("eventId")
            }
        },
        Route(.post, "/api/bookings/events/{eventId}/block", .user, body: .json) { call in
            let message = try call.message(BookingV1.BlockPlacesRequest.self)
            try call.requireSame("eventId", message.eventID)
            return try await call.forward(\.booking, BookingV1.BookingService.blockPlaces) {
                $0 = message
                $0.eventID = call.path("eventId")
            }
        },
        Route(.post, "/api/bookings/events/{eventId}/unblock", .user, body: .json) { call in
            let message = try call.message(BookingV1.UnblockPlacesRequest.self)
            try call.requireSame("eventId", message.eventID)
            return try await call.forward(\.booking, BookingV1.BookingService.unblockPlaces) {
                $0 = message
                $0.eventID = call.path("eventId")
            }
        },
    ]
}

extension APICall {
    /// The state of bookings that a query parameter names; unspecified when it is absent.
    fileprivate func bookingState(_ name: String) throws -> BookingV1.BookingState {
        guard let text = query.text(name) else {
            return .unspecified
        }
        guard let state = BookingV1.BookingState.cases.first(where: { $0.name == text }) else {
            throw Problem.invalidParameter(name, "names no state; e.g. BOOKING_STATE_CONFIRMED")
        }
        return BookingV1.BookingState(rawValue: state.value)
    }
}
