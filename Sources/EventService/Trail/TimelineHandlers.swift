import Contracts
import Foundation
import RPC
import SeatingPlan
import ServiceKit
import Wire

/// What has happened to a seat: the seat state's side of it and the bookings' in one.
struct TimelineHandlers: Sendable {
    private static let entriesMax = 1_000

    let events: EventStore
    let layouts: LayoutCache
    let trail: TrailMover
    let booking: ServiceCaller
    let authenticator: Authenticator

    func register(on router: inout CallRouter) {
        router.handle(EventV1.EventService.getSeatTimeline, timeline)
    }

    @Sendable private func timeline(
        _ request: EventV1.GetSeatTimelineRequest, _ context: CallContext
    ) async throws -> EventV1.GetSeatTimelineResponse {
        let user = try await authenticator.user(context)
        guard let id = EventID(request.eventID), let event = try await events.event(id),
            event.organiserID == user.id.description || user.roles.contains(.admin)
        else {
            throw RPCError.notFound(
                "event_unknown", "there is no event \"\(request.eventID)\" of yours")
        }
        let place = try await place(request, of: event)
        // What is still in Redis belongs to the answer; where Redis is gone, so is that.
        try? await trail.move(id)
        var entries = try await trail.store.entries(of: place, of: id)
        if event.state != .draft {
            entries += try await bookings(of: place, id, context)
        }
        let sorted = entries.enumerated().sorted { a, b in
            let (first, second) = (Self.date(a.element), Self.date(b.element))
            return first == second ? a.offset < b.offset : first < second
        }
        return .with { $0.entries = sorted.suffix(Self.entriesMax).map(\.element) }
    }

    private static func date(_ entry: EventV1.SeatTimelineEntry) -> Date {
        entry.at?.date ?? .distantPast
    }

    private func place(
        _ request: EventV1.GetSeatTimelineRequest, of event: EventV1.Event
    ) async throws -> Int {
        guard !request.seatGUID.isEmpty else {
            guard request.place < event.placeCount else {
                throw RPCError.invalid(
                    field: "place", "unknown", "the event has \(event.placeCount) places")
            }
            return Int(request.place)
        }
        guard let plan = PlanID(event.planID),
            let place = try await layouts.layout(plan).place(ofSeat: request.seatGUID)
        else {
            throw RPCError.invalid(field: "seatGuid", "unknown", "no such seat in this event")
        }
        return place
    }

    /// The bookings' side, asked for in the caller's own name: booking decides for itself.
    private func bookings(
        of place: Int, _ event: EventID, _ context: CallContext
    ) async throws -> [EventV1.SeatTimelineEntry] {
        var metadata = Metadata()
        if let token = context.metadata["authorization"] {
            metadata.append(token, for: "authorization")
        }
        let answer = try await booking.client.call(
            BookingV1.BookingService.getPlaceTimeline,
            .with {
                $0.eventID = event.description
                $0.place = UInt32(clamping: place)
            }, metadata: metadata, timeout: nil)
        return answer.entries.map { told in
            .with {
                $0.at = told.at
                $0.what = "booking_\(told.what)"
                $0.bookingID = told.bookingID
                $0.actorID = told.actorID
                $0.reason = told.reason
                $0.amountMinor = told.amountMinor
                $0.paymentID = told.paymentID
                $0.refundID = told.refundID
            }
        }
    }
}
