import Contracts
import Foundation
import RPC
import ServiceKit
import Wire

/// The methods about events.
struct EventHandlers: Sendable {
    let store: EventStore
    let plans: PlanStore
    let layouts: LayoutCache
    let keeper: SeatKeeper
    let authenticator: Authenticator

    func register(on router: inout CallRouter) {
        typealias Methods = EventV1.EventService
        router.handle(Methods.createEvent, create)
        router.handle(Methods.publishEvent, publish)
        router.handle(Methods.listEvents) { request, _ in try await list(request) }
        router.handle(Methods.getEvent, get)
        router.handle(Methods.readFeed, readFeed)
    }

    @Sendable private func create(
        _ request: EventV1.CreateEventRequest, _ context: CallContext
    ) async throws -> EventV1.CreateEventResponse {
        let user = try await authenticator.user(context, role: .organiser)
        guard let planID = PlanID(request.planID), let plan = try await plans.plan(planID),
            plan.owner == user.id || user.roles.contains(.admin)
        else {
            throw RPCError.invalid(
                field: "planId", "unknown", "there is no plan \"\(request.planID)\" of yours")
        }
        let id = EventID()
        let event = try EventRules.draft(
            request, id: id, organiser: user.id, plan: planID,
            layout: try await layouts.layout(planID), now: Date())
        try await store.insert(event, id: id, plan: planID, organiser: user.id)
        return .with { $0.event = event }
    }

    @Sendable private func publish(
        _ request: EventV1.PublishEventRequest, _ context: CallContext
    ) async throws -> EventV1.PublishEventResponse {
        let user = try await authenticator.user(context, role: .organiser)
        guard let id = EventID(request.eventID), let event = try await store.event(id),
            event.organiserID == user.id.description || user.roles.contains(.admin)
        else {
            throw RPCError.notFound(
                "event_unknown", "there is no event \"\(request.eventID)\" of yours")
        }
        if let moved = try await store.move(id, from: .draft, to: .onSale) {
            keeper.wake(id)
            return .with { $0.event = moved }
        }
        guard let event = try await store.event(id), event.state == .onSale else {
            throw RPCError.failedPrecondition(
                "event_not_draft", "only a draft can be published")
        }
        return .with { $0.event = event }
    }

    private func list(_ request: EventV1.ListEventsRequest) async throws
        -> EventV1.ListEventsResponse
    {
        let size = request.pageSize == 0 ? 20 : min(Int(request.pageSize), 100)
        let events = try await store.list(
            after: try PageToken.cursor(request.pageToken), limit: size + 1)
        return .with {
            $0.events = Array(events.prefix(size))
            $0.nextPageToken = events.count > size ? PageToken.text(after: events[size - 1]) : ""
        }
    }

    @Sendable private func get(
        _ request: EventV1.GetEventRequest, _ context: CallContext
    ) async throws -> EventV1.GetEventResponse {
        let user = try await authenticator.userIfAny(context)
        guard let id = EventID(request.eventID) else {
            throw RPCError.notFound("event_unknown", "there is no event \"\(request.eventID)\"")
        }
        let event = try await store.visible(id, to: user)
        return .with { $0.event = event }
    }

    @Sendable private func readFeed(
        _ request: EventV1.ReadFeedRequest, _ context: CallContext
    ) async throws -> EventV1.ReadFeedResponse {
        try authenticator.service(context, among: ["booking", "notification"])
        return try await store.feed.read(request)
    }
}

/// Where a page of events ends, as text: microseconds since 1970 and the event's id.
enum PageToken {
    static func text(after event: EventV1.Event) -> String {
        let microseconds = ((event.startsAt?.date.timeIntervalSince1970 ?? 0) * 1_000_000).rounded()
        return "\(Int64(microseconds)).\(event.eventID)"
    }

    /// Reads a token; nil for the first page.
    static func cursor(_ text: String) throws(RPCError) -> EventStore.Cursor? {
        guard !text.isEmpty else {
            return nil
        }
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let microseconds = Int64(parts[0]), let id = EventID(parts[1])
        else {
            throw .invalid(
                field: "pageToken", "invalid", "send the nextPageToken of the page before")
        }
        return .init(
            startsAt: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000), id: id)
    }
}
