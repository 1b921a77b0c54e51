import Contracts
import RPC
import SeatingPlan
import ServiceKit
import Wire

/// What a hold would be: its places found in the plan, and priced (P3). Pure.
struct HoldPricing {
    /// Numbered seats, priced, in the order of the request.
    private(set) var seats: [EventV1.HeldPlace] = []
    /// A model of the places of each area wanted, priced, with the area and the quantity.
    private(set) var areas: [(model: EventV1.HeldPlace, area: PlanLayout.Area, quantity: Int)] = []

    /// Finds and prices what a request names.
    ///
    /// - Throws: INVALID_ARGUMENT with a reason per seat or area that is unknown, there twice, or
    ///   priced by a type that its category does not have, and for companions' seats beyond the
    ///   wheelchair places.
    init(
        _ request: EventV1.HoldSeatsRequest, event: EventV1.Event, layout: PlanLayout
    ) throws(RPCError) {
        var faults: [RPCV1.ErrorReason] = []
        let wanted = request.areas.reduce(UInt64(request.seats.count)) { $0 + UInt64($1.quantity) }
        guard wanted > 0 else {
            throw .invalid(field: "seats", "required", "name at least one seat or area")
        }
        guard wanted <= UInt64(event.maxPlacesPerHold) else {
            throw .invalid(
                field: "seats", "too_many",
                "at most \(event.maxPlacesPerHold) places go into one hold of this event")
        }
        let prices = Dictionary(
            event.categories.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var known: Set<Int> = []
        for (index, choice) in request.seats.enumerated() {
            let path = "seats[\(index)]"
            guard let place = layout.place(ofSeat: choice.seatGUID) else {
                faults.append(.init("\(path).seatGuid", "unknown", "no such seat in this event"))
                continue
            }
            guard known.insert(place).inserted else {
                faults.append(.init("\(path).seatGuid", "duplicate", "the seat is there twice"))
                continue
            }
            if var held = Self.priced(place, choice.priceType, layout, prices) {
                held.seatGUID = choice.seatGUID
                seats.append(held)
            } else {
                faults.append(Self.unknownType(path, choice.priceType))
            }
        }
        for (index, choice) in request.areas.enumerated() {
            let path = "areas[\(index)]"
            guard let area = layout.area(id: choice.areaID) else {
                faults.append(.init("\(path).areaId", "unknown", "no such area in this event"))
                continue
            }
            guard choice.quantity > 0 else {
                faults.append(.init("\(path).quantity", "out_of_range", "at least 1"))
                continue
            }
            if var held = Self.priced(area.firstPlace, choice.priceType, layout, prices) {
                held.areaID = area.id
                areas.append((held, area, Int(choice.quantity)))
            } else {
                faults.append(Self.unknownType(path, choice.priceType))
            }
        }
        faults += companionFaults(layout)
        guard faults.isEmpty else {
            throw .invalid("some of these places cannot be held as asked", faults)
        }
    }

    /// A companion's seat is sold only along with a wheelchair place.
    private func companionFaults(_ layout: PlanLayout) -> [RPCV1.ErrorReason] {
        let kinds = seats.map { layout.accessibility(at: Int($0.place)) }
        let wheelchairs = kinds.count { $0 == .wheelchair }
        let companions = seats.indices.filter { kinds[$0] == .companion }
        return companions.dropFirst(wheelchairs).map { index in
            .init(
                seats[index].seatGUID, "companion_alone",
                "\(seats[index].label) is for the companion of somebody with a wheelchair place")
        }
    }

    /// Prices places that were found by the program, by types in their order.
    ///
    /// - Returns: nil where the category of a seat does not have its type.
    init?(places: [Int], types: [String], event: EventV1.Event, layout: PlanLayout) {
        let prices = Dictionary(
            event.categories.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for (place, type) in zip(places, types) {
            guard var held = Self.priced(place, type, layout, prices) else {
                return nil
            }
            held.seatGUID = layout.seatGUID(at: place) ?? ""
            held.areaID = held.seatGUID.isEmpty ? layout.area(at: place)?.id ?? "" : ""
            seats.append(held)
        }
    }

    private static func priced(
        _ place: Int, _ type: String, _ layout: PlanLayout,
        _ prices: [String: EventV1.PriceCategory]
    ) -> EventV1.HeldPlace? {
        guard let index = layout.category(at: place), layout.categories.indices.contains(index),
            let category = prices[layout.categories[index].name]
        else {
            return nil
        }
        let price =
            type.isEmpty
            ? category.priceMinor : category.priceTypes.first { $0.name == type }?.priceMinor
        guard let price else {
            return nil
        }
        return .with {
            $0.place = UInt32(clamping: place)
            $0.label = layout.label(at: place) ?? ""
            $0.category = category.name
            $0.priceType = type
            $0.priceMinor = price
        }
    }

    private static func unknownType(_ path: String, _ type: String) -> RPCV1.ErrorReason {
        .init("\(path).priceType", "unknown", "its category has no price type \"\(type)\"")
    }
}
