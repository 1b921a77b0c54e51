/// What a plan may have at most.
package enum PlanLimits {
    /// Bytes of the JSON document (32 MiB).
    package static let bytes = 32 << 20
    /// Levels of the JSON document.
    package static let depth = 32
    /// Numbered seats.
    package static let seats = 100_000
    /// Places of all general-admission areas together.
    package static let areaPlaces = 100_000
    /// Categories.
    package static let categories = 200
    /// Zones.
    package static let zones = 1_000
    /// Rows of all zones together.
    package static let rows = 100_000
    /// Areas of all zones together.
    package static let areas = 1_000
    /// Bytes of all `x-usher` together (8 MiB).
    package static let usherBytes = 8 << 20
    /// Points of one polygon.
    package static let polygonPoints = 1_000
    /// Unicode scalars of a name, number, label or text.
    package static let nameScalars = 200
    /// Pixels from the origin, of any position or size.
    package static let coordinate = 10_000_000.0
    /// Minor units of a price.
    package static let priceMinor: Int64 = 100_000_000
    /// Faults told at once.
    package static let faults = 50
}
