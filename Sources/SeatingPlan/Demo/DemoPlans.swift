import Foundation
import JSON

/// Plans to show and to test the platform with: one real hall, three made by code. The same
/// seats, ids and prices on every run.
package enum DemoPlans {
    /// A theatre: curved rows, boxes, a balcony; about 800 seats.
    package static func theatre() -> Plan { Theatre().plan() }

    /// An arena: two tiers around a floor, 12,000 seats.
    package static func arena() -> Plan { Bowl.arena.plan() }

    /// A football stadium: three tiers around the pitch, 60,000 seats.
    package static func stadium() -> Plan { Bowl.stadium.plan() }

    /// Riethsporthalle Erfurt, from its technical plan: 1,252 seats and 248 standing places. The
    /// file as it is. Throws when the resources were not installed.
    package static func riethsporthalle() throws -> [UInt8] {
        guard
            let url = Bundle.module.url(
                forResource: "riethsporthalle", withExtension: "json", subdirectory: "Plans")
        else { throw CocoaError(.fileNoSuchFile) }
        return Array(try Data(contentsOf: url))
    }
}

/// A point of a hall, before it is split into zone, row and seat.
struct Point {
    var x: Double
    var y: Double

    static func + (left: Point, right: Point) -> Point {
        Point(x: left.x + right.x, y: left.y + right.y)
    }

    /// On a circle; 0 is to the right, a quarter turn is downwards.
    static func onCircle(_ center: Point, radius: Double, angle: Double) -> Point {
        Point(x: center.x + radius * cos(angle), y: center.y + radius * sin(angle))
    }

    /// The shift from another point, to a tenth of a pixel.
    func from(_ origin: Point) -> PlanPosition {
        PlanPosition(x: Self.round(x - origin.x), y: Self.round(y - origin.y))
    }

    var rounded: Point { Point(x: Self.round(x), y: Self.round(y)) }

    private static func round(_ value: Double) -> Double {
        let tenths = (value * 10).rounded()
        return tenths == 0 ? 0 : tenths / 10
    }
}

/// A seat on the way into a row.
struct DemoSeat {
    var point: Point
    var category: String
    var accessibility: PlanSeat.Accessibility?
    var hasRestrictedView = false
}

extension PlanRow {
    /// A row of seats numbered from 1; `id` names it among all rows of all demo plans.
    init(id: String, number: String, label: String? = nil, origin: Point, seats: [DemoSeat]) {
        let start = seats.first.map(\.point.rounded) ?? origin
        self.init(
            number: number, label: label, uuid: StableUUID.make(id), numberPosition: .both,
            position: start.from(origin))
        for (index, seat) in seats.enumerated() {
            self.seats.append(
                PlanSeat(
                    guid: StableUUID.make("\(id)/\(index + 1)"), number: "\(index + 1)",
                    category: seat.category, position: seat.point.from(start),
                    usher: Self.additions(seat)))
        }
    }

    private static func additions(_ seat: DemoSeat) -> JSONValue? {
        var members: [JSONMember] = []
        if let accessibility = seat.accessibility {
            members.append(JSONMember("accessible", .string(accessibility.rawValue)))
        }
        if seat.hasRestrictedView { members.append(JSONMember("restricted_view", true)) }
        return members.isEmpty ? nil : .object(members)
    }
}

extension PlanCategory {
    /// A category with a price in euros.
    init(_ name: String, color: String, euros: Int64) {
        self.init(
            name: name, color: color,
            usher: [
                "price_minor": .number(JSONNumber(euros * 100)), "currency": "EUR",
            ])
    }
}
