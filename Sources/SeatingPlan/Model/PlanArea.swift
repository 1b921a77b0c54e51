package import JSON

/// Something drawn: a stage, a wall, a label; or, with a capacity, a general-admission area.
package struct PlanArea: Equatable, Sendable {
    /// What is drawn; the member of that name says how.
    package enum Shape: String, CaseIterable, Sendable {
        case polygon, rectangle, ellipse, circle, text
    }

    /// Absent in older files.
    package var uuid: String?
    /// Nil = nothing is drawn.
    package var shape: Shape?
    /// Shift from the zone; none when absent.
    package var position: PlanPosition?
    /// Degrees clockwise around the position.
    package var rotation: Double?
    /// A CSS colour.
    package var color: String?
    /// A CSS colour.
    package var borderColor: String?
    /// Corners, from the position.
    package var polygon: PlanPolygon?
    /// From the position to the right and downwards.
    package var rectangle: PlanSize?
    /// Radii, around the position.
    package var ellipse: PlanEllipse?
    /// Radius, around the position.
    package var circle: PlanCircle?
    /// Written on it.
    package var text: PlanText?
    /// The object `x-usher`, as it was.
    package var usher: JSONValue?
    var order = MemberOrder<Member>()

    /// An area.
    package init(
        uuid: String? = nil, shape: Shape? = nil, position: PlanPosition? = nil,
        color: String? = nil, borderColor: String? = nil, text: PlanText? = nil,
        usher: JSONValue? = nil
    ) {
        self.uuid = uuid
        self.shape = shape
        self.position = position
        self.color = color
        self.borderColor = borderColor
        self.text = text
        self.usher = usher
    }

    enum Member: UInt8, PlanMember {
        case uuid, shape, position, rotation, color, borderColor
        case polygon, rectangle, ellipse, circle, text, usher
        static let names = [
            "uuid", "shape", "position", "rotation", "color", "border_color", "polygon",
            "rectangle", "ellipse", "circle", "text", "x-usher",
        ]
    }

    /// Places without numbers; nil = nothing to sell here.
    package var capacity: Int? {
        usher?["capacity"]?.number?.int64.flatMap(Int.init(exactly:))
    }

    /// Name of the category of its places.
    package var category: String? { usher?["category"]?.string }
}

/// Corners of a polygon.
package struct PlanPolygon: Equatable, Sendable {
    /// At most `PlanLimits.polygonPoints`.
    package var points: [PlanPosition]

    /// A polygon.
    package init(points: [PlanPosition]) {
        self.points = points
    }

    enum Member: UInt8, PlanMember {
        case points
        static let names = ["points"]
    }
}

/// Radii of an ellipse.
package struct PlanEllipse: Equatable, Sendable {
    /// Pixels in both directions.
    package var radius: PlanPosition

    /// An ellipse.
    package init(radius: PlanPosition) {
        self.radius = radius
    }

    enum Member: UInt8, PlanMember {
        case radius
        static let names = ["radius"]
    }
}

/// Radius of a circle.
package struct PlanCircle: Equatable, Sendable {
    /// Pixels.
    package var radius: Int

    /// A circle.
    package init(radius: Int) {
        self.radius = radius
    }

    enum Member: UInt8, PlanMember {
        case radius
        static let names = ["radius"]
    }
}

/// Words on an area.
package struct PlanText: Equatable, Sendable {
    /// At most 200 characters.
    package var text: String
    /// A CSS colour.
    package var color: String?
    /// Pixels; 16 when absent.
    package var size: Int?
    /// The middle of the text, from the area's position.
    package var position: PlanPosition
    var order = MemberOrder<Member>()

    /// A text.
    package init(text: String = "", size: Int? = nil, position: PlanPosition) {
        self.text = text
        self.size = size
        self.position = position
    }

    enum Member: UInt8, PlanMember {
        case text, color, size, position
        static let names = ["text", "color", "size", "position"]
    }
}
