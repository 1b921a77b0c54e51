package import JSON

/// A part of the hall: "Block D", "Balcony".
package struct PlanZone: Equatable, Sendable {
    /// At most 200 characters.
    package var name: String?
    /// The editor's own id; absent in older files.
    package var zoneID: String?
    /// Absent in older files.
    package var uuid: String?
    /// Where its rows and areas start.
    package var position: PlanPosition
    /// In document order.
    package var rows: [PlanRow]
    /// In document order; written when not empty.
    package var areas: [PlanArea]
    var order = MemberOrder<Member>()

    /// A zone.
    package init(
        name: String? = nil, zoneID: String? = nil, uuid: String? = nil,
        position: PlanPosition = PlanPosition(x: 0, y: 0), rows: [PlanRow] = [],
        areas: [PlanArea] = []
    ) {
        self.name = name
        self.zoneID = zoneID
        self.uuid = uuid
        self.position = position
        self.rows = rows
        self.areas = areas
    }

    enum Member: UInt8, PlanMember {
        case uuid, zoneID, name, position, rows, areas
        static let names = ["uuid", "zone_id", "name", "position", "rows", "areas"]
    }
}

/// A row of seats.
package struct PlanRow: Equatable, Sendable {
    /// Where the row's number is drawn.
    package enum NumberPosition: String, CaseIterable, Sendable {
        case start, end, both
    }

    /// What people call it, e.g. "14"; at most 200 characters.
    package var number: String
    /// Text instead of "row 14"; `%s` stands for the number.
    package var label: String?
    /// Text instead of "seat 3" for its seats; `%s` stands for the seat's number.
    package var seatLabel: String?
    /// Absent in older files.
    package var uuid: String?
    /// Nil = not drawn.
    package var numberPosition: NumberPosition?
    /// Shift from the zone; none when absent.
    package var position: PlanPosition?
    /// In document order.
    package var seats: [PlanSeat]
    var order = MemberOrder<Member>()

    /// A row.
    package init(
        number: String = "", label: String? = nil, seatLabel: String? = nil, uuid: String? = nil,
        numberPosition: NumberPosition? = nil, position: PlanPosition? = nil,
        seats: [PlanSeat] = []
    ) {
        self.number = number
        self.label = label
        self.seatLabel = seatLabel
        self.uuid = uuid
        self.numberPosition = numberPosition
        self.position = position
        self.seats = seats
    }

    enum Member: UInt8, PlanMember {
        case uuid, number, label, seatLabel, numberPosition, position, seats
        static let names = [
            "uuid", "row_number", "row_label", "seat_label", "row_number_position", "position",
            "seats",
        ]
    }
}

/// A seat that can be sold.
package struct PlanSeat: Equatable, Sendable {
    /// From where, and which way, the seats of the row are to be filled.
    package enum StartDirection: String, CaseIterable, Sendable {
        case left = "<"
        case right = ">"
        case both = "<>"
    }

    /// Whom a seat is kept for.
    package enum Accessibility: String, CaseIterable, Sendable {
        case wheelchair, companion
    }

    /// 1 to 200 characters, unique in the plan; not for people.
    package var guid: String
    /// What people call it, e.g. "3"; at most 200 characters.
    package var number: String
    /// Name of a category of the plan.
    package var category: String
    /// Shift from the row.
    package var position: PlanPosition
    /// Absent in older files.
    package var uuid: String?
    /// Nil = no start point.
    package var startDirection: StartDirection?
    /// Pixels; 10 when absent.
    package var radius: Int?
    /// The object `x-usher`, as it was.
    package var usher: JSONValue?
    var order = MemberOrder<Member>()

    /// A seat.
    package init(
        guid: String = "", number: String = "", category: String = "",
        position: PlanPosition = PlanPosition(x: 0, y: 0), uuid: String? = nil,
        radius: Int? = nil, usher: JSONValue? = nil
    ) {
        self.guid = guid
        self.number = number
        self.category = category
        self.position = position
        self.uuid = uuid
        self.radius = radius
        self.usher = usher
    }

    enum Member: UInt8, PlanMember {
        case guid, uuid, number, category, position, startDirection, radius, usher
        static let names = [
            "seat_guid", "uuid", "seat_number", "category", "position", "start_direction",
            "radius", "x-usher",
        ]
    }

    /// Whom it is kept for; nil = anybody.
    package var accessibility: Accessibility? {
        usher?["accessible"]?.string.flatMap(Accessibility.init)
    }

    /// True when part of the stage cannot be seen.
    package var hasRestrictedView: Bool { usher?["restricted_view"]?.bool ?? false }
}
