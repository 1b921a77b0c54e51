import JSON

extension PlanReader {
    mutating func category(_ category: inout PlanCategory) throws(JSONError) {
        category.order = try object([.name]) {
            (reader, member: PlanCategory.Member) throws(JSONError) in
            switch member {
            case .name: category.name = try reader.json.string()
            case .color: category.color = try reader.json.string()
            case .usher: category.usher = try reader.usher()
            }
        }
    }

    mutating func zone(_ zone: inout PlanZone) throws(JSONError) {
        zone.order = try object([.position, .rows]) {
            (reader, member: PlanZone.Member) throws(JSONError) in
            switch member {
            case .uuid: zone.uuid = try reader.json.string()
            case .zoneID: zone.zoneID = try reader.json.string()
            case .name: zone.name = try reader.json.string()
            case .position: zone.position = try reader.position()
            case .rows:
                try reader.array(of: .rows) { reader throws(JSONError) in
                    zone.rows.append(PlanRow())
                    try reader.row(&zone.rows[zone.rows.count - 1])
                }
            case .areas:
                try reader.array(of: .areas) { reader throws(JSONError) in
                    zone.areas.append(PlanArea())
                    try reader.area(&zone.areas[zone.areas.count - 1])
                }
            }
        }
    }

    mutating func row(_ row: inout PlanRow) throws(JSONError) {
        row.order = try object([.number, .seats]) {
            (reader, member: PlanRow.Member) throws(JSONError) in
            switch member {
            case .uuid: row.uuid = try reader.json.string()
            case .number: row.number = try reader.json.string()
            case .label: row.label = try reader.optionalString()
            case .seatLabel: row.seatLabel = try reader.optionalString()
            case .numberPosition:
                if try !reader.json.nullIfNext() {
                    row.numberPosition = try reader.oneOf(PlanRow.NumberPosition.self)
                }
            case .position: row.position = try reader.position()
            case .seats:
                try reader.array(of: .seats) { reader throws(JSONError) in
                    row.seats.append(PlanSeat())
                    try reader.seat(&row.seats[row.seats.count - 1])
                }
            }
        }
    }

    mutating func seat(_ seat: inout PlanSeat) throws(JSONError) {
        seat.order = try object([.guid, .number, .position, .category]) {
            (reader, member: PlanSeat.Member) throws(JSONError) in
            switch member {
            case .guid: seat.guid = try reader.json.string()
            case .uuid: seat.uuid = try reader.json.string()
            case .number: seat.number = try reader.json.string()
            case .category: seat.category = try reader.json.string()
            case .position: seat.position = try reader.position()
            case .startDirection:
                if try !reader.json.nullIfNext() {
                    seat.startDirection = try reader.oneOf(PlanSeat.StartDirection.self)
                }
            case .radius: seat.radius = try reader.integer()
            case .usher: seat.usher = try reader.usher()
            }
        }
    }

    mutating func area(_ area: inout PlanArea) throws(JSONError) {
        area.order = try object([]) { (reader, member: PlanArea.Member) throws(JSONError) in
            switch member {
            case .uuid: area.uuid = try reader.json.string()
            case .shape: area.shape = try reader.oneOf(PlanArea.Shape.self)
            case .position: area.position = try reader.position()
            case .rotation: area.rotation = try reader.json.double()
            case .color: area.color = try reader.json.string()
            case .borderColor: area.borderColor = try reader.json.string()
            case .polygon: area.polygon = try reader.polygon()
            case .rectangle: area.rectangle = try reader.size()
            case .ellipse: area.ellipse = try reader.ellipse()
            case .circle: area.circle = try reader.circle()
            case .text: area.text = try reader.text()
            case .usher: area.usher = try reader.usher()
            }
        }
    }

    mutating func position() throws(JSONError) -> PlanPosition {
        var position = PlanPosition(x: 0, y: 0)
        position.order = try object([.x, .y]) {
            (reader, member: PlanPosition.Member) throws(JSONError) in
            switch member {
            case .x: position.x = try reader.json.double()
            case .y: position.y = try reader.json.double()
            }
        }
        return position
    }

    mutating func size() throws(JSONError) -> PlanSize {
        var size = PlanSize(width: 0, height: 0)
        size.order = try object([.width, .height]) {
            (reader, member: PlanSize.Member) throws(JSONError) in
            switch member {
            case .width: size.width = try reader.integer()
            case .height: size.height = try reader.integer()
            }
        }
        return size
    }

    private mutating func polygon() throws(JSONError) -> PlanPolygon {
        var polygon = PlanPolygon(points: [])
        _ = try object([.points]) { (reader, member: PlanPolygon.Member) throws(JSONError) in
            try reader.array { reader throws(JSONError) in
                polygon.points.append(try reader.position())
            }
        }
        return polygon
    }

    private mutating func ellipse() throws(JSONError) -> PlanEllipse {
        var ellipse = PlanEllipse(radius: PlanPosition(x: 0, y: 0))
        _ = try object([.radius]) { (reader, member: PlanEllipse.Member) throws(JSONError) in
            ellipse.radius = try reader.position()
        }
        return ellipse
    }

    private mutating func circle() throws(JSONError) -> PlanCircle {
        var circle = PlanCircle(radius: 0)
        _ = try object([.radius]) { (reader, member: PlanCircle.Member) throws(JSONError) in
            circle.radius = try reader.integer()
        }
        return circle
    }

    private mutating func text() throws(JSONError) -> PlanText {
        var text = PlanText(position: PlanPosition(x: 0, y: 0))
        text.order = try object([.text, .position]) {
            (reader, member: PlanText.Member) throws(JSONError) in
            switch member {
            case .text: text.text = try reader.json.string()
            case .color: text.color = try reader.json.string()
            case .size: text.size = try reader.integer()
            case .position: text.position = try reader.position()
            }
        }
        return text
    }
}
