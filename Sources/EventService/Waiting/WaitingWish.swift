import Contracts
import RPC
import ServiceKit

/// What somebody waits for. Pure.
struct WaitingWish: Sendable, Hashable {
    /// A category of the plan; empty = any.
    var category = ""
    /// Places for anybody; 0 where wheelchair places are wanted.
    var quantity = 0
    /// Only places side by side.
    var together = false
    /// Places kept for wheelchairs.
    var wheelchairs = 0
    /// Seats of companions, at most as many as `wheelchairs`.
    var companions = 0

    /// All its places.
    var places: Int { quantity + wheelchairs + companions }

    /// The wish of a request.
    ///
    /// - Throws: INVALID_ARGUMENT with a reason.
    static func read(
        _ request: EventV1.JoinWaitingListRequest, of event: EventV1.Event
    ) throws(RPCError) -> WaitingWish {
        guard
            request.category.isEmpty
                || event.categories.contains(where: { $0.name == request.category })
        else {
            throw .invalid(field: "category", "unknown", "the event has no such category")
        }
        let counts = [request.quantity, request.wheelchairPlaces, request.companionPlaces]
        let places = counts.reduce(UInt64(0)) { $0 + UInt64($1) }
        guard (1...UInt64(max(event.maxPlacesPerHold, 1))).contains(places) else {
            throw .invalid(
                field: "quantity", "out_of_range",
                "1 to \(event.maxPlacesPerHold) places, as for a hold of this event")
        }
        guard (request.quantity > 0) != (request.wheelchairPlaces > 0) else {
            throw .invalid(
                field: "wheelchairPlaces", "invalid",
                "wait for wheelchair places or for others, not for both at once")
        }
        guard request.companionPlaces <= request.wheelchairPlaces else {
            throw .invalid(
                field: "companionPlaces", "invalid",
                "at most one companion's seat for each wheelchair place")
        }
        return WaitingWish(
            category: request.category, quantity: Int(request.quantity),
            together: request.together, wheelchairs: Int(request.wheelchairPlaces),
            companions: Int(request.companionPlaces))
    }
}
