import Contracts
import Foundation
import RPC
import SeatingPlan
import ServiceKit
import Wire

/// What an event may be. Pure: no database, the time is passed in.
enum EventRules {
    static let titleLengths = 1...200
    static let descriptionLengthMax = 10_000
    static let pricesMinor: ClosedRange<Int64> = 0...100_000_000
    static let priceTypesMax = 20
    static let holdSeconds: ClosedRange<UInt32> = 10...3_600
    static let paySeconds: ClosedRange<UInt32> = 10...86_400
    static let offerSeconds: ClosedRange<UInt32> = 10...86_400
    static let placesPerHold: ClosedRange<UInt32> = 1...100

    /// The draft that a request makes of a plan.
    ///
    /// - Throws: INVALID_ARGUMENT with a reason per field.
    static func draft(
        _ request: EventV1.CreateEventRequest, id: EventID, organiser: UserID, plan: PlanID,
        layout: PlanLayout, now: Date
    ) throws(RPCError) -> EventV1.Event {
        var faults = faults(in: request, now: now)
        let categories = categories(request, layout, &faults)
        guard faults.isEmpty else {
            throw .invalid("the event cannot be made as it is", faults)
        }
        return .with { event in
            event.eventID = id.description
            event.organiserID = organiser.description
            event.title = request.title
            event.description = request.description
            event.venue = request.venue
            event.startsAt = request.startsAt
            event.timeZone = request.timeZone
            event.state = .draft
            event.currency = request.currency
            event.planID = plan.description
            event.planVersion = 1
            event.categories = categories
            event.areas = layout.areas.map { area in
                .with {
                    $0.areaID = area.id
                    $0.name = area.name
                    $0.category = layout.categories[area.category].name
                    $0.capacity = UInt32(clamping: area.capacity)
                    $0.firstPlace = UInt32(clamping: area.firstPlace)
                }
            }
            event.placeCount = UInt32(clamping: layout.placeCount)
            event.saleOpensAt = request.saleOpensAt
            event.saleClosesAt = request.saleClosesAt
            event.holdSeconds = request.holdSeconds == 0 ? 600 : request.holdSeconds
            event.paySeconds = request.paySeconds == 0 ? 900 : request.paySeconds
            event.maxPlacesPerHold =
                request.maxPlacesPerHold == 0 ? 10 : request.maxPlacesPerHold
            event.createdAt = Timestamp(now)
            event.cancellation = request.cancellation
            event.maxPlacesPerBuyer = request.maxPlacesPerBuyer
            event.holdExtendSeconds = request.holdExtendSeconds
            event.refusesSingleSeats = request.refusesSingleSeats
            event.offerSeconds = request.offerSeconds == 0 ? 3_600 : request.offerSeconds
        }
    }

    private static func faults(
        in request: EventV1.CreateEventRequest, now: Date
    ) -> [RPCV1.ErrorReason] {
        var faults: [RPCV1.ErrorReason] = []
        func require(_ holds: Bool, _ field: String, _ message: String) {
            if !holds {
                faults.append(.init(field, "invalid", message))
            }
        }
        require(titleLengths.contains(request.title.count), "title", "1 to 200 characters")
        require(titleLengths.contains(request.venue.count), "venue", "1 to 200 characters")
        require(
            request.description.count <= descriptionLengthMax, "description",
            "at most 10,000 characters")
        require(
            request.startsAt.map { $0.date > now } ?? false, "startsAt", "a time that is to come")
        require(
            TimeZone(identifier: request.timeZone) != nil, "timeZone",
            "an IANA name such as Europe/Berlin")
        require(
            request.currency.utf8.count == 3
                && request.currency.utf8.allSatisfy { (65...90).contains($0) },
            "currency", "an ISO 4217 code such as EUR")
        require(
            request.holdSeconds == 0 || holdSeconds.contains(request.holdSeconds), "holdSeconds",
            "10 to 3,600")
        require(
            request.paySeconds == 0 || paySeconds.contains(request.paySeconds), "paySeconds",
            "10 to 86,400")
        require(
            request.offerSeconds == 0 || offerSeconds.contains(request.offerSeconds),
            "offerSeconds", "10 to 86,400")
        require(
            request.maxPlacesPerHold == 0 || placesPerHold.contains(request.maxPlacesPerHold),
            "maxPlacesPerHold", "1 to 100")
        require(
            request.holdExtendSeconds <= holdSeconds.upperBound, "holdExtendSeconds", "0 to 3,600")
        require(
            (request.cancellation?.feePermille ?? 0) <= 1_000, "cancellation.feePermille",
            "0 to 1,000")
        if let opens = request.saleOpensAt?.date, let closes = request.saleClosesAt?.date {
            require(opens < closes, "saleClosesAt", "after saleOpensAt")
        }
        return faults
    }

    /// The plan's categories with their prices: the request's, else the plan's.
    private static func categories(
        _ request: EventV1.CreateEventRequest, _ layout: PlanLayout,
        _ faults: inout [RPCV1.ErrorReason]
    ) -> [EventV1.PriceCategory] {
        var given: [String: EventV1.PriceCategory] = [:]
        let names = Set(layout.categories.map(\.name))
        for (index, category) in request.categories.enumerated() {
            let path = "categories[\(index)]"
            if !names.contains(category.name) {
                faults.append(
                    .init(
                        "\(path).name", "unknown",
                        "\"\(category.name)\" is not a category of the plan"))
            } else if given.updateValue(category, forKey: category.name) != nil {
                faults.append(.init("\(path).name", "duplicate", "is there twice"))
            }
            faults += priceFaults(category, path)
        }
        return layout.categories.map { category in
            if var priced = given[category.name] {
                priced.color = priced.color.isEmpty ? category.hexColor ?? "" : priced.color
                return priced
            }
            if category.priceMinor == nil || category.currency != request.currency {
                faults.append(
                    .init(
                        "categories", "required",
                        "\"\(category.name)\" has no price in \(request.currency) in the plan; "
                            + "name one"))
            }
            return .with {
                $0.name = category.name
                $0.color = category.hexColor ?? ""
                $0.priceMinor = category.priceMinor ?? 0
            }
        }
    }

    static func priceFaults(
        _ category: EventV1.PriceCategory, _ path: String
    ) -> [RPCV1.ErrorReason] {
        var faults: [RPCV1.ErrorReason] = []
        if !pricesMinor.contains(category.priceMinor) {
            faults.append(.init("\(path).priceMinor", "out_of_range", "0 to 100,000,000"))
        }
        if category.priceTypes.count > priceTypesMax {
            faults.append(.init("\(path).priceTypes", "too_many", "at most 20"))
        }
        var names: Set<String> = []
        for (index, type) in category.priceTypes.enumerated() {
            let path = "\(path).priceTypes[\(index)]"
            if !(1...50).contains(type.name.count) || !names.insert(type.name).inserted {
                faults.append(
                    .init("\(path).name", "invalid", "1 to 50 characters, unique in its category"))
            }
            if !pricesMinor.contains(type.priceMinor) {
                faults.append(.init("\(path).priceMinor", "out_of_range", "0 to 100,000,000"))
            }
        }
        return faults
    }

    /// Checks that an event sells at a time.
    ///
    /// - Throws: ABORTED with code `event_not_on_sale`, `sale_not_open` or `sale_closed`.
    static func requireOnSale(_ event: EventV1.Event, now: Date) throws(RPCError) {
        guard event.state == .onSale else {
            throw .aborted("event_not_on_sale", "this event is not on sale now")
        }
        if let opens = event.saleOpensAt?.date, now < opens {
            throw .aborted("sale_not_open", "the sale has not opened yet")
        }
        if let closes = event.saleClosesAt?.date ?? event.startsAt?.date, now >= closes {
            throw .aborted("sale_closed", "the sale has closed")
        }
    }
}
