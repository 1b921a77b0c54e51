import Contracts
import HTTPTypes
import RPC
import ServiceKit
import Wire

/// /api/events/{eventId}/holds: seats that a buyer has in hand.
extension Routes {
    private typealias Events = EventV1.EventService

    static let holds: [Route] = [
        Route(.post, "/api/events/{eventId}/holds", .user, body: .json) { call in
            var message = try call.message(EventV1.HoldSeatsRequest.self)
            try call.requireSame("eventId", message.eventID)
            message.eventID = call.path("eventId")
            let eventPath = "/api/events/\(PercentCoding.encodedSegment(message.eventID))"
            return try await call.create(\.event, Events.holdSeats, message) {
                "\(eventPath)/holds/\(PercentCoding.encodedSegment($0.hold?.holdID ?? ""))"
            }
        },
        Route(.post, "/api/events/{eventId}/holds/best", .user, body: .json) { call in
            var message = try call.message(EventV1.HoldBestAvailableRequest.self)
            try call.requireSame("eventId", message.eventID)
            message.eventID = call.path("eventId")
            let eventPath = "/api/events/\(PercentCoding.encodedSegment(message.eventID))"
            return try await call.create(\.event, Events.holdBestAvailable, message) {
                "\(eventPath)/holds/\(PercentCoding.encodedSegment($0.hold?.holdID ?? ""))"
            }
        },
        Route(.put, "/api/events/{eventId}/holds/{holdId}", .user, body: .json) { call in
            var message = try call.message(EventV1.ChangeHoldRequest.self)
            try call.requireSame("eventId", message.eventID)
            try call.requireSame("holdId", message.holdID)
            message.eventID = call.path("eventId")
            message.holdID = call.path("holdId")
            return try APICall.json(
                .ok, try await call.call(\.event, Events.changeHold, message))
        },
        Route(.post, "/api/events/{eventId}/holds/{holdId}/extend", .user, body: .json) { call in
            var message = try call.message(EventV1.ExtendHoldRequest.self)
            try call.requireSame("eventId", message.eventID)
            try call.requireSame("holdId", message.holdID)
            message.eventID = call.path("eventId")
            message.holdID = call.path("holdId")
            return try APICall.json(
                .ok, try await call.call(\.event, Events.extendHold, message))
        },
        Route(.get, "/api/events/{eventId}/holds", .user) { call in
            try await call.forward(\.event, Events.listHolds) { $0.eventID = call.path("eventId") }
        },
        Route(.get, "/api/events/{eventId}/holds/{holdId}", .user) { call in
            try await call.forward(\.event, Events.getHold) {
                $0.eventID = call.path("eventId")
                $0.holdID = call.path("holdId")
            }
        },
        Route(.delete, "/api/events/{eventId}/holds/{holdId}", .user) { call in
            let message = EventV1.ReleaseHoldRequest.with {
                $0.eventID = call.path("eventId")
                $0.holdID = call.path("holdId")
            }
            _ = try await call.call(\.event, Events.releaseHold, message)
            return APICall.noContent
        },
        Route(.get, "/api/events/{eventId}/waiting-list", .user) { call in
            try await call.forward(\.event, Events.getWaitingEntry) {
                $0.eventID = call.path("eventId")
            }
        },
        Route(.get, "/api/events/{eventId}/waiting-list/counts", .user) { call in
            try await call.forward(\.event, Events.getWaitingCounts) {
                $0.eventID = call.path("eventId")
            }
        },
        Route(.post, "/api/events/{eventId}/waiting-list", .user, body: .json) { call in
            let message = try call.message(EventV1.JoinWaitingListRequest.self)
            try call.requireSame("eventId", message.eventID)
            return try await call.forward(\.event, Events.joinWaitingList) {
                $0 = message
                $0.eventID = call.path("eventId")
            }
        },
        Route(.delete, "/api/events/{eventId}/waiting-list", .user) { call in
            let message = EventV1.LeaveWaitingListRequest.with {
                $0.eventID = call.path("eventId")
            }
            _ = try await call.call(\.event, Events.leaveWaitingList, message)
            return APICall.noContent
        },
    ]
}
