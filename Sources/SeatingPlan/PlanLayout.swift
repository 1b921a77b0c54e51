/// The places of a plan as a dense index: 0, 1, 2 … for its seats in document order, then the
/// places of each general-admission area in document order. Made once, never renumbered.
package struct PlanLayout: Sendable {
    /// A general-admission area.
    package struct Area: Sendable, Equatable {
        /// The plan's uuid, else "area-<zone>-<n>", counted from 0.
        package let id: String
        /// What is written on it, else its category.
        package let name: String
        /// Index in `categories`.
        package let category: Int
        /// Places without numbers.
        package let capacity: Int
        /// Index of its first place; the others follow.
        package let firstPlace: Int
    }

    private struct Seat: Sendable {
        let guid: String
        let label: String
        let row: Int32
        let category: Int32
        let accessibility: PlanSeat.Accessibility?
        let hasRestrictedView: Bool
    }

    /// As in the plan.
    package let categories: [PlanCategory]
    /// In the order of their places.
    package private(set) var areas: [Area] = []
    /// Seats and places of areas.
    package private(set) var placeCount = 0
    private var seats: [Seat] = []
    private var rowLabels: [String] = []
    private var placeByGUID: [String: Int32] = [:]

    /// Throws where the plan was not validated: for a category that it does not have, for a
    /// guid that is there twice.
    package init(_ plan: Plan) throws(PlanError) {
        categories = plan.categories
        var indexes: [String: Int] = [:]
        for (index, category) in categories.enumerated() { indexes[category.name] = index }
        seats.reserveCapacity(plan.seatCount)
        placeByGUID.reserveCapacity(plan.seatCount)
        for (zoneIndex, zone) in plan.zones.enumerated() {
            for (rowIndex, row) in zone.rows.enumerated() {
                try add(row, of: zone, indexes, path: "zones[\(zoneIndex)].rows[\(rowIndex)]")
            }
        }
        placeCount = seats.count
        for (zoneIndex, zone) in plan.zones.enumerated() {
            for (index, area) in zone.areas.enumerated() {
                try add(area, id: area.id(zone: zoneIndex, index: index), indexes)
            }
        }
    }

    private mutating func add(
        _ row: PlanRow, of zone: PlanZone, _ categories: [String: Int], path: String
    ) throws(PlanError) {
        rowLabels.append(PlanLabel.row(row, of: zone))
        for (index, seat) in row.seats.enumerated() {
            guard let category = categories[seat.category] else {
                throw PlanError(
                    .invalid, [PlanFault("\(path).seats[\(index)].category", "is unknown")])
            }
            let place = Int32(seats.count)
            guard placeByGUID.updateValue(place, forKey: seat.guid) == nil else {
                throw PlanError(
                    .invalid, [PlanFault("\(path).seats[\(index)].seat_guid", "is there twice")])
            }
            seats.append(
                Seat(
                    guid: seat.guid, label: PlanLabel.seat(seat, of: row),
                    row: Int32(rowLabels.count - 1), category: Int32(category),
                    accessibility: seat.accessibility,
                    hasRestrictedView: seat.hasRestrictedView))
        }
    }

    private mutating func add(
        _ area: PlanArea, id: String, _ categories: [String: Int]
    ) throws(PlanError) {
        guard let capacity = area.capacity else { return }
        guard let name = area.category, let category = categories[name] else {
            throw PlanError(.invalid, [PlanFault(id, "its category is unknown")])
        }
        let text = area.text.map { PlanLabel.oneLine($0.text) } ?? ""
        areas.append(
            Area(
                id: id, name: text.isEmpty ? name : text, category: category,
                capacity: capacity, firstPlace: placeCount))
        placeCount += capacity
    }

    /// Numbered seats; they have the places 0 ..< seatCount.
    package var seatCount: Int { seats.count }

    /// The place of a seat; nil when the plan has no such seat.
    package func place(ofSeat guid: String) -> Int? {
        placeByGUID[guid].map(Int.init)
    }

    /// The plan's `seat_guid`; nil in an area or beyond the last place.
    package func seatGUID(at place: Int) -> String? {
        seats.indices.contains(place) ? seats[place].guid : nil
    }

    /// The area that a place belongs to; nil for seats and beyond the last place.
    package func area(at place: Int) -> Area? {
        areas.first { ($0.firstPlace..<$0.firstPlace + $0.capacity).contains(place) }
    }

    /// The area of that id.
    package func area(id: String) -> Area? {
        areas.first { $0.id == id }
    }

    /// For people: "Block D, row 14, seat 3", or the area's name; nil beyond the last place.
    package func label(at place: Int) -> String? {
        guard seats.indices.contains(place) else { return area(at: place)?.name }
        let seat = seats[place]
        let parts = [rowLabels[Int(seat.row)], seat.label].filter { !$0.isEmpty }
        return parts.isEmpty ? seat.guid : parts.joined(separator: ", ")
    }

    /// Index in `categories`; nil beyond the last place.
    package func category(at place: Int) -> Int? {
        seats.indices.contains(place) ? Int(seats[place].category) : area(at: place)?.category
    }

    /// Rows counted through the plan, from 0: seats of one row have consecutive places. Nil in an
    /// area or beyond the last place.
    package func row(at place: Int) -> Int? {
        seats.indices.contains(place) ? Int(seats[place].row) : nil
    }

    /// Whom a seat is kept for; nil = anybody.
    package func accessibility(at place: Int) -> PlanSeat.Accessibility? {
        seats.indices.contains(place) ? seats[place].accessibility : nil
    }

    /// True when part of the stage cannot be seen from there.
    package func hasRestrictedView(at place: Int) -> Bool {
        seats.indices.contains(place) && seats[place].hasRestrictedView
    }
}

/// What people call places.
enum PlanLabel {
    /// "Block D, row 14"; a row label that begins with the zone's name stands alone.
    static func row(_ row: PlanRow, of zone: PlanZone) -> String {
        let zoneName = zone.name ?? ""
        let rowName = name(label: row.label, number: row.number, what: "row")
        if zoneName.isEmpty || rowName.hasPrefix(zoneName) { return rowName }
        return rowName.isEmpty ? zoneName : "\(zoneName), \(rowName)"
    }

    /// "seat 3"
    static func seat(_ seat: PlanSeat, of row: PlanRow) -> String {
        name(label: row.seatLabel, number: seat.number, what: "seat")
    }

    /// The label with the number for every `%s`; else "row 14"; else nothing.
    private static func name(label: String?, number: String, what: String) -> String {
        guard let label, !label.isEmpty else { return number.isEmpty ? "" : "\(what) \(number)" }
        var rest = Substring(label)
        var text = ""
        while let found = rest.firstRange(of: "%s") {
            text += rest[..<found.lowerBound] + number
            rest = rest[found.upperBound...]
        }
        return text + rest
    }

    static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
