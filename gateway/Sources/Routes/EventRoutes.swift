import Contracts
import HTTPTypes
import RPC
import ServiceKit
import Wire

/// /api/events: plans, events and the state of their seats.
extension Routes {
    private typealias Events = EventV1.EventService

    static let events: [Route] = [
        Route(
            .post, "/api/events/plans", .role(.organiser),
            body: .stream(bytesMax: PlanUpload.bytesMax), timeout: .seconds(60)
        ) { call in
            try await PlanUpload.run(call)
        },
        Route(
            .get, "/api/events/plans/{planId}", .anyone, query: ["plain"], timeout: .seconds(60)
        ) { call in
            let plain = try call.query.flag("plain")
            return try await PlanDownload.run(call) {
                $0.planID = call.path("planId")
                $0.plain = plain
            }
        },
        Route(.post, "/api/events", .role(.organiser), body: .json) { call in
            let message = try call.message(EventV1.CreateEventRequest.self)
            return try await call.create(\.event, Events.createEvent, message) {
                "/api/events/\(PercentCoding.encodedSegment($0.event?.eventID ?? ""))"
            }
        },
        Route(.get, "/api/events", .anyone, query: ["pageSize", "pageToken"]) { call in
            try await call.forward(\.event, Events.listEvents) {
                $0.pageSize = try call.query.unsigned("pageSize") ?? 0
                $0.pageToken = call.query.text("pageToken") ?? ""
            }
        },
        Route(.get, "/api/events/{eventId}", .anyone) { call in
            try await call.forward(\.event, Events.getEvent) { $0.eventID = call.path("eventId") }
        },
        Route(.post, "/api/events/{eventId}/publish", .role(.organiser)) { call in
            try await call.forward(\.event, Events.publishEvent) {
                $0.eventID = call.path("eventId")
            }
        },
        Route(.patch, "/api/events/{eventId}", .role(.organiser), body: .json) { call in
            var message = try call.message(EventV1.UpdateEventRequest.self)
            try call.requireSame("eventId", message.eventID)
            message.eventID = call.path("eventId")
            return try APICall.json(
                .ok, try await call.call(\.event, Events.updateEvent, message))
        },
        Route(.post, "/api/events/{eventId}/pause", .role(.organiser)) { call in
            try await call.forward(\.event, Events.pauseEvent) {
                $0.eventID = call.path("eventId")
            }
        },
        Route(.post, "/api/events/{eventId}/resume", .role(.organiser)) { call in
            try await call.forward(\.event, Events.resumeEvent) {
                $0.eventID = call.path("eventId")
            }
        },
        Route(.post, "/api/events/{eventId}/cancel", .role(.organiser)) { call in
            try await call.forward(\.event, Events.cancelEvent) {
                $0.eventID = call.path("eventId")
            }
        },
        Route(
            .get, "/api/events/{eventId}/plan", .anyone, query: ["plain"], timeout: .seconds(60)
        ) { call in
            let plain = try call.query.flag("plain")
            return try await PlanDownload.run(call) {
                $0.eventID = call.path("eventId")
                $0.plain = plain
            }
        },
        Route(
            .get, "/api/events/{eventId}/timeline", .user, query: ["placeIndex", "seatGuid"]
        ) { call in
            let guid = call.query.text("seatGuid") ?? ""
            if guid.isEmpty {
                _ = try call.query.required("placeIndex")
            }
            return try await call.forward(\.event, Events.getSeatTimeline) {
                $0.eventID = call.path("eventId")
                $0.place = try call.query.unsigned("placeIndex") ?? 0
                $0.seatGUID = guid
            }
        },
    ]
}
