package import JSON

/// A seating plan as pretix's editor writes it, with Usher's additions (`docs/seating-plan.md`).
/// Positions add up: zone + row + seat, in pixels.
package struct Plan: Equatable, Sendable {
    /// 1 to 200 characters.
    package var name: String
    /// Absent in older files.
    package var size: PlanSize?
    /// At least one when there is a place to sell; names are unique.
    package var categories: [PlanCategory]
    /// In document order, which is also the order of the places.
    package var zones: [PlanZone]
    /// The object `x-usher`, as it was.
    package var usher: JSONValue?
    var order = MemberOrder<Member>()

    /// A plan made by code; check it with `validate`.
    package init(
        name: String = "", size: PlanSize? = nil, categories: [PlanCategory] = [],
        zones: [PlanZone] = []
    ) {
        self.name = name
        self.size = size
        self.categories = categories
        self.zones = zones
    }

    enum Member: UInt8, PlanMember {
        case name, size, categories, zones, usher
        static let names = ["name", "size", "categories", "zones", "x-usher"]
    }

    /// Numbered seats.
    package var seatCount: Int {
        zones.reduce(0) { $0 + $1.rows.reduce(0) { $0 + $1.seats.count } }
    }

    /// Places of the general-admission areas.
    package var areaPlaceCount: Int {
        zones.reduce(0) { $0 + $1.areas.reduce(0) { $0 + ($1.capacity ?? 0) } }
    }
}

/// Width and height in pixels.
package struct PlanSize: Equatable, Sendable {
    /// Pixels, not negative.
    package var width: Int
    /// Pixels, not negative.
    package var height: Int
    var order = MemberOrder<Member>()

    /// A size.
    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    enum Member: UInt8, PlanMember {
        case width, height
        static let names = ["width", "height"]
    }
}

/// A point, or a shift, in pixels; x grows to the right, y downwards.
package struct PlanPosition: Equatable, Sendable {
    /// To the right.
    package var x: Double
    /// Downwards.
    package var y: Double
    var order = MemberOrder<Member>()

    /// A position.
    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    enum Member: UInt8, PlanMember {
        case x, y
        static let names = ["x", "y"]
    }
}
