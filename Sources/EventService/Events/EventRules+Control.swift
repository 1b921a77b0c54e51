import Contracts
import Foundation
import RPC
import ServiceKit
import Wire

/// What an organiser may do to an event that is there.
extension EventRules {
    /// The event in another state; nil where it is in that state already.
    ///
    /// - Throws: FAILED_PRECONDITION with code `event_cancelled`, `event_not_draft` or
    ///   `event_not_on_sale`.
    static func moved(
        _ event: EventV1.Event, to state: EventV1.EventState, from states: [EventV1.EventState]
    ) throws(RPCError) -> EventV1.Event? {
        if event.state == state {
            return nil
        }
        guard states.contains(event.state) else {
            if event.state == .cancelled {
                throw cancelled
            }
            if states == [.draft] {
                throw .failedPrecondition("event_not_draft", "only a draft can be published")
            }
            throw .failedPrecondition("event_not_on_sale", "this event is not on sale")
        }
        var moved = event
        moved.state = state
        return moved
    }

    /// The event with what a request changes; nil where that is nothing.
    ///
    /// - Throws: INVALID_ARGUMENT with a reason per field, FAILED_PRECONDITION with code
    ///   `event_cancelled`.
    static func updated(
        _ event: EventV1.Event, by request: EventV1.UpdateEventRequest
    ) throws(RPCError) -> EventV1.Event? {
        guard event.state != .cancelled else {
            throw cancelled
        }
        var updated = event
        updated.title = request.title ?? event.title
        updated.description = request.description ?? event.description
        updated.venue = request.venue ?? event.venue
        updated.saleOpensAt = request.saleOpensAt ?? event.saleOpensAt
        updated.saleClosesAt = request.saleClosesAt ?? event.saleClosesAt
        var faults = textFaults(updated)
        for (index, category) in request.categories.enumerated() {
            let path = "categories[\(index)]"
            faults += priceFaults(category, path)
            guard let known = updated.categories.firstIndex(where: { $0.name == category.name })
            else {
                faults.append(
                    .init(
                        "\(path).name", "unknown",
                        "\"\(category.name)\" is not a category of the event"))
                continue
            }
            var next = category
            next.color = category.color.isEmpty ? updated.categories[known].color : category.color
            updated.categories[known] = next
        }
        guard faults.isEmpty else {
            throw .invalid("the event cannot be changed like that", faults)
        }
        return updated == event ? nil : updated
    }

    private static func textFaults(_ event: EventV1.Event) -> [RPCV1.ErrorReason] {
        var faults: [RPCV1.ErrorReason] = []
        for (field, text) in [("title", event.title), ("venue", event.venue)]
        where !titleLengths.contains(text.count) {
            faults.append(.init(field, "invalid", "1 to 200 characters"))
        }
        if event.description.count > descriptionLengthMax {
            faults.append(.init("description", "invalid", "at most 10,000 characters"))
        }
        if let opens = event.saleOpensAt?.date, let closes = event.saleClosesAt?.date,
            opens >= closes
        {
            faults.append(.init("saleClosesAt", "invalid", "after saleOpensAt"))
        }
        return faults
    }

    private static var cancelled: RPCError {
        .failedPrecondition("event_cancelled", "this event is cancelled")
    }
}
