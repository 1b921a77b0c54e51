package import JSON

extension Plan {
    /// The plan as JSON, without white space, members in the order of the import; `plain` leaves
    /// every `x-usher` out, as pretix takes it. Throws for numbers that JSON does not have; a plan
    /// that `validate` accepts has none.
    package func json(plain: Bool = false) throws(JSONError) -> [UInt8] {
        var writer = PlanWriter(plain: plain, capacity: seatCount * 200 + 1_000)
        try writer.plan(self)
        return writer.json.bytes
    }
}

struct PlanWriter {
    let plain: Bool
    var json: JSONWriter

    init(plain: Bool, capacity: Int) {
        self.plain = plain
        json = JSONWriter(reservingCapacity: capacity)
    }

    mutating func plan(_ plan: Plan) throws(JSONError) {
        try object(plan.order) { (writer, member: Plan.Member) throws(JSONError) in
            switch member {
            case .name: writer.string(plan.name, member)
            case .size:
                if let size = plan.size { try writer.size(size, member) }
            case .categories:
                try writer.array(plan.categories, member) { writer, category throws(JSONError) in
                    try writer.category(category)
                }
            case .zones:
                try writer.array(plan.zones, member) { writer, zone throws(JSONError) in
                    try writer.zone(zone)
                }
            case .usher: writer.usher(plan.usher, member)
            }
        }
    }

    private mutating func object<Member: PlanMember>(
        _ order: MemberOrder<Member>,
        _ write: (inout PlanWriter, Member) throws(JSONError) -> Void
    ) throws(JSONError) {
        json.beginObject()
        for member in order.all { try write(&self, member) }
        json.endObject()
    }

    private mutating func name(_ member: some PlanMember) {
        json.name(type(of: member).names[Int(member.rawValue)])
    }

    private mutating func string(_ value: String?, _ member: some PlanMember) {
        guard let value else { return }
        name(member)
        json.string(value)
    }

    /// As `string`; an imported null stays one.
    private mutating func nullable<Member: PlanMember>(
        _ value: String?, _ member: Member, _ order: MemberOrder<Member>
    ) {
        string(value, member)
        if value == nil, order.contains(member) {
            name(member)
            json.null()
        }
    }

    private mutating func integer(_ value: Int?, _ member: some PlanMember) {
        guard let value else { return }
        name(member)
        json.integer(value)
    }

    private mutating func usher(_ value: JSONValue?, _ member: some PlanMember) {
        guard let value, !plain else { return }
        name(member)
        json.value(value)
    }

    private mutating func array<Element>(
        _ elements: [Element], _ member: some PlanMember,
        _ write: (inout PlanWriter, Element) throws(JSONError) -> Void
    ) throws(JSONError) {
        name(member)
        json.beginArray()
        for element in elements { try write(&self, element) }
        json.endArray()
    }

    private mutating func category(_ category: PlanCategory) throws(JSONError) {
        try object(category.order) { (writer, member: PlanCategory.Member) throws(JSONError) in
            switch member {
            case .name: writer.string(category.name, member)
            case .color: writer.string(category.color, member)
            case .usher: writer.usher(category.usher, member)
            }
        }
    }

    private mutating func zone(_ zone: PlanZone) throws(JSONError) {
        try object(zone.order) { (writer, member: PlanZone.Member) throws(JSONError) in
            switch member {
            case .uuid: writer.string(zone.uuid, member)
            case .zoneID: writer.string(zone.zoneID, member)
            case .name: writer.string(zone.name, member)
            case .position: try writer.position(zone.position, member)
            case .rows:
                try writer.array(zone.rows, member) { writer, row throws(JSONError) in
                    try writer.row(row)
                }
            case .areas:
                if !zone.areas.isEmpty || zone.order.contains(member) {
                    try writer.array(zone.areas, member) { writer, area throws(JSONError) in
                        try writer.area(area)
                    }
                }
            }
        }
    }

    private mutating func row(_ row: PlanRow) throws(JSONError) {
        try object(row.order) { (writer, member: PlanRow.Member) throws(JSONError) in
            switch member {
            case .uuid: writer.string(row.uuid, member)
            case .number: writer.string(row.number, member)
            case .label: writer.nullable(row.label, member, row.order)
            case .seatLabel: writer.nullable(row.seatLabel, member, row.order)
            case .numberPosition:
                writer.nullable(row.numberPosition?.rawValue, member, row.order)
            case .position: try writer.position(row.position, member)
            case .seats:
                try writer.array(row.seats, member) { writer, seat throws(JSONError) in
                    try writer.seat(seat)
                }
            }
        }
    }

    private mutating func seat(_ seat: PlanSeat) throws(JSONError) {
        try object(seat.order) { (writer, member: PlanSeat.Member) throws(JSONError) in
            switch member {
            case .guid: writer.string(seat.guid, member)
            case .uuid: writer.string(seat.uuid, member)
            case .number: writer.string(seat.number, member)
            case .category: writer.string(seat.category, member)
            case .position: try writer.position(seat.position, member)
            case .startDirection:
                writer.nullable(seat.startDirection?.rawValue, member, seat.order)
            case .radius: writer.integer(seat.radius, member)
            case .usher: writer.usher(seat.usher, member)
            }
        }
    }

    private mutating func area(_ area: PlanArea) throws(JSONError) {
        try object(area.order) { (writer, member: PlanArea.Member) throws(JSONError) in
            switch member {
            case .uuid: writer.string(area.uuid, member)
            case .shape: writer.string(area.shape?.rawValue, member)
            case .position: try writer.position(area.position, member)
            case .rotation: try writer.double(area.rotation, member)
            case .color: writer.string(area.color, member)
            case .borderColor: writer.string(area.borderColor, member)
            case .polygon: try writer.polygon(area.polygon, member)
            case .rectangle:
                if let rectangle = area.rectangle { try writer.size(rectangle, member) }
            case .ellipse: try writer.ellipse(area.ellipse, member)
            case .circle: writer.circle(area.circle, member)
            case .text: try writer.text(area.text, member)
            case .usher: writer.usher(area.usher, member)
            }
        }
    }

    private mutating func double(_ value: Double?, _ member: some PlanMember) throws(JSONError) {
        guard let value else { return }
        name(member)
        try json.double(value)
    }

    private mutating func position(
        _ position: PlanPosition?, _ member: some PlanMember
    ) throws(JSONError) {
        guard let position else { return }
        name(member)
        try self.position(position)
    }

    private mutating func position(_ position: PlanPosition) throws(JSONError) {
        try object(position.order) { (writer, member: PlanPosition.Member) throws(JSONError) in
            switch member {
            case .x: try writer.double(position.x, member)
            case .y: try writer.double(position.y, member)
            }
        }
    }

    private mutating func size(_ size: PlanSize, _ member: some PlanMember) throws(JSONError) {
        name(member)
        try object(size.order) { (writer, member: PlanSize.Member) throws(JSONError) in
            switch member {
            case .width: writer.integer(size.width, member)
            case .height: writer.integer(size.height, member)
            }
        }
    }

    private mutating func polygon(
        _ polygon: PlanPolygon?, _ member: some PlanMember
    ) throws(JSONError) {
        guard let polygon else { return }
        name(member)
        json.beginObject()
        try array(polygon.points, PlanPolygon.Member.points) { writer, position throws(JSONError) in
            try writer.position(position)
        }
        json.endObject()
    }

    private mutating func ellipse(
        _ ellipse: PlanEllipse?, _ member: some PlanMember
    ) throws(JSONError) {
        guard let ellipse else { return }
        name(member)
        json.beginObject()
        try position(ellipse.radius, PlanEllipse.Member.radius)
        json.endObject()
    }

    private mutating func circle(_ circle: PlanCircle?, _ member: some PlanMember) {
        guard let circle else { return }
        name(member)
        json.beginObject()
        integer(circle.radius, PlanCircle.Member.radius)
        json.endObject()
    }

    private mutating func text(_ text: PlanText?, _ member: some PlanMember) throws(JSONError) {
        guard let text else { return }
        name(member)
        try object(text.order) { (writer, member: PlanText.Member) throws(JSONError) in
            switch member {
            case .text: writer.string(text.text, member)
            case .color: writer.string(text.color, member)
            case .size: writer.integer(text.size, member)
            case .position: try writer.position(text.position, member)
            }
        }
    }
}
