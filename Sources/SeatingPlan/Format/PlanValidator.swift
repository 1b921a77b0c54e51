import JSON

extension Plan {
    /// Checks all that types cannot: names, references, limits, Usher's additions. Throws with
    /// every fault found, at most `PlanLimits.faults`.
    package func validate() throws(PlanError) {
        try validate(after: [])
    }

    /// Adds to the faults of the reading.
    func validate(after faults: [PlanFault]) throws(PlanError) {
        var validator = PlanValidator(faults: faults)
        validator.check(self)
        if !validator.faults.isEmpty { throw PlanError(.invalid, validator.faults) }
    }
}

struct PlanValidator {
    private(set) var faults: [PlanFault]
    /// What could not be read is empty, and was told already.
    let isPartial: Bool
    private var categories: Set<String> = []
    private var firstPathByGUID: [String: SeatPath] = [:]
    private var areaIDs: Set<String> = []
    private var rowCount = 0
    private var seatCount = 0
    private var areaCount = 0
    private var areaPlaceCount = 0

    /// Cheap to keep for every seat.
    private struct SeatPath: CustomStringConvertible {
        let zone: Int
        let row: Int
        let seat: Int
        var description: String { "zones[\(zone)].rows[\(row)].seats[\(seat)]" }
    }

    init(faults: [PlanFault]) {
        self.faults = faults
        isPartial = !faults.isEmpty
    }

    mutating func check(_ plan: Plan) {
        check(name: plan.name, "name")
        check(plan.size, "size")
        check(count: plan.categories.count, PlanLimits.categories, "categories")
        for (index, category) in plan.categories.prefix(PlanLimits.categories).enumerated() {
            check(category, "categories[\(index)]")
        }
        check(count: plan.zones.count, PlanLimits.zones, "zones")
        for (index, zone) in plan.zones.prefix(PlanLimits.zones).enumerated() where !isFull {
            check(zone, index)
        }
        checkTotals()
    }

    private mutating func checkTotals() {
        if seatCount == 0, areaPlaceCount == 0, !isPartial {
            fault("zones", "the plan has no seats and no area with a capacity")
        }
        check(count: rowCount, PlanLimits.rows, "zones", "rows")
        check(count: seatCount, PlanLimits.seats, "zones", "seats")
        check(count: areaCount, PlanLimits.areas, "zones", "areas")
        check(count: areaPlaceCount, PlanLimits.areaPlaces, "zones", "places in areas")
    }

    var isFull: Bool { faults.count >= PlanLimits.faults }

    mutating func fault(_ path: @autoclosure () -> String, _ message: @autoclosure () -> String) {
        if !isFull { faults.append(PlanFault(path(), message())) }
    }

    private mutating func check(_ category: PlanCategory, _ path: String) {
        check(name: category.name, path + ".name")
        if !category.name.isEmpty, !categories.insert(category.name).inserted {
            fault(path + ".name", "\"\(category.name.prefix(200))\" is there twice")
        }
        check(color: category.color, path + ".color")
        check(additions: category, path + ".x-usher")
    }

    private mutating func check(_ zone: PlanZone, _ index: Int) {
        let path = "zones[\(index)]"
        check(text: zone.uuid, path + ".uuid")
        check(text: zone.zoneID, path + ".zone_id")
        check(text: zone.name, path + ".name")
        check(zone.position, path + ".position")
        rowCount += zone.rows.count
        areaCount += zone.areas.count
        for (rowIndex, row) in zone.rows.enumerated() where !isFull {
            check(row, "\(path).rows[\(rowIndex)]")
            seatCount += row.seats.count
            for (seatIndex, seat) in row.seats.enumerated() where !isFull {
                check(seat, SeatPath(zone: index, row: rowIndex, seat: seatIndex))
            }
        }
        for (areaIndex, area) in zone.areas.enumerated() where !isFull {
            check(area, "\(path).areas[\(areaIndex)]")
            if area.capacity != nil {
                let id = area.id(zone: index, index: areaIndex)
                if !areaIDs.insert(id).inserted {
                    fault("\(path).areas[\(areaIndex)].uuid", "another area has the same")
                }
            }
        }
    }

    private mutating func check(_ row: PlanRow, _ path: String) {
        check(text: row.uuid, path + ".uuid")
        check(text: row.number, path + ".row_number")
        check(text: row.label, path + ".row_label")
        check(text: row.seatLabel, path + ".seat_label")
        if let position = row.position { check(position, path + ".position") }
    }

    private mutating func check(_ seat: PlanSeat, _ path: SeatPath) {
        check(name: seat.guid, "\(path).seat_guid")
        if !seat.guid.isEmpty {
            if let first = firstPathByGUID[seat.guid] {
                fault("\(path).seat_guid", "\"\(seat.guid.prefix(200))\" is that of \(first) too")
            } else {
                firstPathByGUID[seat.guid] = path
            }
        }
        check(text: seat.uuid, "\(path).uuid")
        check(text: seat.number, "\(path).seat_number")
        check(category: seat.category, "\(path).category")
        check(seat.position, "\(path).position")
        check(pixels: seat.radius, "\(path).radius")
        if let usher = seat.usher {
            check(usher, "accessible", "\"wheelchair\" or \"companion\"", "\(path).x-usher") {
                $0.string.flatMap(PlanSeat.Accessibility.init) != nil
            }
            check(usher, "restricted_view", "true or false", "\(path).x-usher") { $0.bool != nil }
        }
    }

    private mutating func check(_ area: PlanArea, _ path: String) {
        check(text: area.uuid, path + ".uuid")
        if let position = area.position { check(position, path + ".position") }
        check(number: area.rotation ?? 0, path + ".rotation")
        check(color: area.color, path + ".color")
        check(color: area.borderColor, path + ".border_color")
        if let shape = area.shape, !area.has(shape), !isPartial {
            fault(path, "\"\(shape)\" is missing, which \"shape\" asks for")
        }
        check(area.rectangle, path + ".rectangle")
        check(pixels: area.circle?.radius, path + ".circle.radius")
        if let radius = area.ellipse?.radius { check(radius, path + ".ellipse.radius") }
        if let points = area.polygon?.points {
            check(count: points.count, PlanLimits.polygonPoints, path + ".polygon.points")
            for (index, point) in points.prefix(PlanLimits.polygonPoints).enumerated() {
                check(point, "\(path).polygon.points[\(index)]")
            }
        }
        if let text = area.text {
            check(text: text.text, path + ".text.text", mayHaveLines: true)
            check(color: text.color, path + ".text.color")
            check(pixels: text.size, path + ".text.size")
            check(text.position, path + ".text.position")
        }
        check(additions: area, path + ".x-usher")
    }

    private mutating func check(additions category: PlanCategory, _ path: String) {
        guard let usher = category.usher else { return }
        check(usher, "price_minor", "an integer from 0 to \(PlanLimits.priceMinor)", path) {
            $0.number?.int64.map { (0...PlanLimits.priceMinor).contains($0) } ?? false
        }
        check(usher, "currency", "three capital letters", path) {
            $0.string.map { currency in
                currency.utf8.count == 3
                    && currency.utf8.allSatisfy { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }
            } ?? false
        }
        if usher["price_minor"] != nil, usher["currency"] == nil {
            fault(path, "\"price_minor\" needs a \"currency\"")
        }
    }

    private mutating func check(additions area: PlanArea, _ path: String) {
        guard let usher = area.usher else { return }
        check(usher, "capacity", "an integer from 1 to \(PlanLimits.areaPlaces)", path) {
            $0.number?.int64.map { (1...Int64(PlanLimits.areaPlaces)).contains($0) } ?? false
        }
        check(usher, "category", "a string", path) { $0.string != nil }
        switch (usher["capacity"], usher["category"]) {
        case (.some, .none): fault(path, "\"capacity\" needs a \"category\"")
        case (.none, .some): fault(path, "\"category\" needs a \"capacity\"")
        default: break
        }
        if let category = area.category { check(category: category, path + ".category") }
        if let capacity = area.capacity, (1...PlanLimits.areaPlaces).contains(capacity) {
            areaPlaceCount += capacity
        }
    }

    /// Checks one member of an `x-usher`, if it is there.
    private mutating func check(
        _ usher: JSONValue, _ name: String, _ wanted: String, _ path: @autoclosure () -> String,
        _ isValid: (JSONValue) -> Bool
    ) {
        guard let value = usher[name], !isValid(value) else { return }
        fault("\(path()).\(name)", "\(wanted) is wanted")
    }

    private mutating func check(category: String, _ path: @autoclosure () -> String) {
        if category.isEmpty, isPartial { return }
        if !categories.contains(category) {
            fault(path(), "\"\(category.prefix(200))\" is not a category of this plan")
        }
    }
}
