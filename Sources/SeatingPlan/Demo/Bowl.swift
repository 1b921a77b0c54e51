import Foundation

/// Tiers of blocks around a field: rows follow a rectangle with round corners, further out with
/// every row. Lengths are pixels, 50 to the metre.
struct Bowl {
    struct Tier {
        let offset: Double
        let rows: Int
        let blocksPerCorner: Int
    }

    /// What a price depends on.
    struct Place {
        let tier: Int
        let isLongSide: Bool
        let isCorner: Bool
        /// From the middle of the side, 0 to 1.
        let distance: Double
    }

    let name: String
    let id: String
    /// Half the straight parts of the long and the short side.
    let straight: Point
    /// Of the innermost row's corners.
    let cornerRadius: Double
    let blocksPerSide: (long: Int, short: Int)
    let tiers: [Tier]
    let categories: [PlanCategory]
    let category: @Sendable (Place) -> String
    let field: @Sendable (Bowl) -> [PlanArea]

    let rowPitch = 40.0
    private let seatPitch = 25.0
    private let aisle = 55.0
    private let margin = 150.0

    private var depth: Double {
        tiers.map { $0.offset + Double($0.rows) * rowPitch }.max() ?? 0
    }

    var center: Point {
        let border = cornerRadius + depth + margin
        return Point(x: (straight.x + border).rounded(), y: (straight.y + border).rounded())
    }

    func plan() -> Plan {
        let zones = tiers.indices.flatMap { blocks(tier: $0) }
        let inside = PlanZone(
            name: "Field", zoneID: "field", uuid: StableUUID.make("\(id)/field"), areas: field(self)
        )
        return Plan(
            name: name,
            size: PlanSize(width: Int(center.x) * 2, height: Int(center.y) * 2),
            categories: categories, zones: [inside] + zones)
    }

    /// All blocks of a tier, clockwise from the upper left.
    private func blocks(tier: Int) -> [PlanZone] {
        var zones: [PlanZone] = []
        for quarter in 0..<4 {
            let isLong = quarter % 2 == 0
            let count = isLong ? blocksPerSide.long : blocksPerSide.short
            let length = 2 * (isLong ? straight.x : straight.y)
            for index in 0..<count {
                let middle = (Double(index) + 0.5) / Double(count)
                let place = Place(
                    tier: tier, isLongSide: isLong, isCorner: false,
                    distance: abs(2 * middle - 1))
                zones.append(
                    block(place, number: zones.count + 1) { offset in
                        line(
                            quarter, offset: offset, from: length * Double(index) / Double(count),
                            to: length * Double(index + 1) / Double(count))
                    })
            }
            let corners = tiers[tier].blocksPerCorner
            for index in 0..<corners {
                let place = Place(tier: tier, isLongSide: isLong, isCorner: true, distance: 1)
                zones.append(
                    block(place, number: zones.count + 1) { offset in
                        corner(
                            quarter, offset: offset, from: Double(index) / Double(corners),
                            to: Double(index + 1) / Double(corners))
                    })
            }
        }
        return zones
    }

    private func block(
        _ place: Place, number: Int, _ points: (Double) -> [Point]
    ) -> PlanZone {
        let tier = tiers[place.tier]
        let number = (place.tier + 1) * 100 + number
        let origin = points(tier.offset).first?.rounded ?? center
        let category = category(place)
        let rows = (1...tier.rows).map { row in
            var seats = points(tier.offset + Double(row - 1) * rowPitch).map {
                DemoSeat(point: $0, category: category)
            }
            if place.tier == 0, !place.isCorner, row == tier.rows {
                for (index, seat) in seats.indices.dropFirst(2).prefix(4).enumerated() {
                    seats[seat].accessibility = index % 2 == 0 ? .wheelchair : .companion
                }
            }
            return PlanRow(
                id: "\(id)/\(number)/\(row)", number: "\(row)", origin: origin, seats: seats)
        }
        return PlanZone(
            name: "Block \(number)", zoneID: "\(number)", uuid: StableUUID.make("\(id)/\(number)"),
            position: PlanPosition(x: origin.x, y: origin.y), rows: rows)
    }

    /// Seats between two points of a straight side; 0 = the upper long side, then clockwise.
    private func line(_ quarter: Int, offset: Double, from: Double, to: Double) -> [Point] {
        let length = quarter % 2 == 0 ? straight.x : straight.y
        let out = (quarter % 2 == 0 ? straight.y : straight.x) + cornerRadius + offset
        return spread(from: from, to: to).map { along in
            turned(Point(x: along - length, y: -out), quarter)
        }
    }

    /// Seats between two angles of the corner that follows a side; 0 to 1 = all of it.
    private func corner(_ quarter: Int, offset: Double, from: Double, to: Double) -> [Point] {
        let radius = cornerRadius + offset
        let inside =
            quarter % 2 == 0
            ? Point(x: straight.x, y: -straight.y) : Point(x: straight.y, y: -straight.x)
        let length = radius * .pi / 2
        return spread(from: from * length, to: to * length).map { along in
            turned(.onCircle(inside, radius: radius, angle: along / radius - .pi / 2), quarter)
        }
    }

    /// As many seats as fit, in the middle, with half an aisle on both sides.
    private func spread(from: Double, to: Double) -> [Double] {
        let count = max(1, Int((to - from - aisle) / seatPitch) + 1)
        let first = (from + to) / 2 - Double(count - 1) / 2 * seatPitch
        return (0..<count).map { first + Double($0) * seatPitch }
    }

    /// Turns around the middle of the field by quarters, clockwise.
    private func turned(_ point: Point, _ quarters: Int) -> Point {
        let turned =
            switch quarters {
            case 1: Point(x: -point.y, y: point.x)
            case 2: Point(x: -point.x, y: -point.y)
            case 3: Point(x: point.y, y: -point.x)
            default: point
            }
        return turned + center
    }

    /// A polygon with the shape of the rows.
    func outline(offset: Double) -> [Point] {
        (0..<4).flatMap { quarter in
            let inside =
                quarter % 2 == 0
                ? Point(x: straight.x, y: -straight.y) : Point(x: straight.y, y: -straight.x)
            return (0...8).map { step in
                turned(
                    .onCircle(
                        inside, radius: cornerRadius + offset,
                        angle: Double(step) / 8 * .pi / 2 - .pi / 2), quarter)
            }
        }
    }
}
