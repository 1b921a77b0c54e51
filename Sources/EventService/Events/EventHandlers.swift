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
    let records: IdempotencyRecords
    let authenticator: Authenticator

    func register(on router: inout CallRouter) {
        typealias Methods = EventV1.EventService
        router.handle(Methods.createEvent, create)
        router.handle(Methods.publishEvent, publish)
        router.handle(Methods.updateEvent, update)
        router.handle(Methods.pauseEvent, pause)
        router.handle(Methods.resumeEvent, resume)
        router.handle(Methods.cancelEvent, cancel)
        router.handle(Methods.listEvents) { request, _ in try await list(request) }
        router.handle(Methods.getEvent, get)
        router.handleFeed(Methods.readFeed, Methods.followFeed, store.feed)
    }

    @Sendable private func create(
        _ request: EventV1.CreateEventRequest, _ context: CallContext
    ) async throws -> EventV1.CreateEventResponse {
        let user = try await authenticator.user(context, role: .organiser)
        let key = try IdempotencyKey(context, user: user.id, request)
        // Before what is asked is looked at: the plan may be gone since, or the time be over.
        if let key, let answer = try await records.answer(of: key) {
            return try answer.response()
        }
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
        return try await records.once(key) { transaction in
            try await store.insert(
                event, id: id, plan: planID, organiser: user.id, in: transaction)
            return EventV1.CreateEventResponse.with { $0.event = event }
        }
    }

    @Sendable private func publish(
        _ request: EventV1.PublishEventRequest, _ context: CallContext
    ) async throws -> EventV1.PublishEventResponse {
        try await change(request, request.eventID, context) { event in
            try EventRules.moved(event, to: .onSale, from: [.draft])
        }
    }

    @Sendable private func update(
        _ request: EventV1.UpdateEventRequest, _ context: CallContext
    ) async throws -> EventV1.UpdateEventResponse {
        try await change(request, request.eventID, context) { event in
            try EventRules.updated(event, by: request)
        }
    }

    @Sendable private func pause(
        _ request: EventV1.PauseEventRequest, _ context: CallContext
    ) async throws -> EventV1.PauseEventResponse {
        try await change(request, request.eventID, context) { event in
            try EventRules.moved(event, to: .paused, from: [.onSale])
        }
    }

    @Sendable private func resume(
        _ request: EventV1.ResumeEventRequest, _ context: CallContext
    ) async throws -> EventV1.ResumeEventResponse {
        try await change(request, request.eventID, context) { event in
            try EventRules.moved(event, to: .onSale, from: [.paused])
        }
    }

    @Sendable private func cancel(
        _ request: EventV1.CancelEventRequest, _ context: CallContext
    ) async throws -> EventV1.CancelEventResponse {
        try await change(request, request.eventID, context) { event in
            try EventRules.moved(event, to: .cancelled, from: [.draft, .onSale, .paused])
        }
    }

    /// Changes an event of the caller's, once per idempotency key.
    private func change<Response: EventAnswer>(
        _ request: some Message, _ eventID: String, _ context: CallContext,
        _ change: (EventV1.Event) throws -> EventV1.Event?
    ) async throws -> Response {
        let user = try await authenticator.user(context, role: .organiser)
        let unknown = RPCError.notFound(
            "event_unknown", "there is no event \"\(eventID)\" of yours")
        guard let id = EventID(eventID) else {
            throw unknown
        }
        let key = try IdempotencyKey(context, user: user.id, request)
        let response = try await records.once(key) { transaction in
            let changed = try await store.change(id, in: transaction) { event in
                guard event.organiserID == user.id.description || user.roles.contains(.admin)
                else {
                    throw unknown
                }
                return try change(event)
            }
            guard let changed else {
                throw unknown
            }
            return Response.with { $0.event = changed }
        }
        store.feed.ring()
        keeper.wake(id)
        return response
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
}

/// A response that is the event as it is now.
private protocol EventAnswer: Message {
    var event: EventV1.Event? { get set }
}

extension EventV1.PublishEventResponse: EventAnswer {}
extension EventV1.UpdateEventResponse: EventAnswer {}
extension EventV1.PauseEventResponse: EventAnswer {}
extension EventV1.ResumeEventResponse: EventAnswer {}
extension EventV1.CancelEventResponse: EventAnswer {}

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
