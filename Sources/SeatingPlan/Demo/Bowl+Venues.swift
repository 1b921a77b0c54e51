extension Bowl {
    static let arena = Bowl(
        name: "City Arena", id: "arena", straight: Point(x: 1_100, y: 350),
        cornerRadius: 430, blocksPerSide: (long: 4, short: 2),
        tiers: [
            Tier(offset: 0, rows: 14, blocksPerCorner: 2),
            Tier(offset: 705, rows: 13, blocksPerCorner: 4),
        ],
        categories: [
            PlanCategory("Premium", color: "#b00020", euros: 149),
            PlanCategory("Category 1", color: "#e87722", euros: 99),
            PlanCategory("Category 2", color: "#f4a300", euros: 79),
            PlanCategory("Category 3", color: "#2a9d8f", euros: 59),
            PlanCategory("Category 4", color: "#1d3557", euros: 39),
        ],
        category: { place in
            switch (place.tier, place.isLongSide && !place.isCorner) {
            case (0, true): place.distance < 0.5 ? "Premium" : "Category 1"
            case (0, false): "Category 2"
            case (_, true): "Category 3"
            default: "Category 4"
            }
        },
        field: { bowl in [bowl.floor(color: "#e8edf2", border: "#7b8794", text: "Floor")] })

    static let stadium = Bowl(
        name: "National Stadium", id: "stadium",
        straight: Point(x: 2_225, y: 1_300), cornerRadius: 740,
        blocksPerSide: (long: 8, short: 5),
        tiers: [
            Tier(offset: 0, rows: 24, blocksPerCorner: 4),
            Tier(offset: 1_060, rows: 14, blocksPerCorner: 5),
            Tier(offset: 1_740, rows: 22, blocksPerCorner: 6),
        ],
        categories: [
            PlanCategory("VIP", color: "#8e44ad", euros: 240),
            PlanCategory("Category 1", color: "#b00020", euros: 120),
            PlanCategory("Category 2", color: "#e87722", euros: 85),
            PlanCategory("Category 3", color: "#2a9d8f", euros: 55),
            PlanCategory("Category 4", color: "#1d3557", euros: 29),
        ],
        category: { place in
            let isLong = place.isLongSide && !place.isCorner
            return switch place.tier {
            case 0: isLong ? "Category 1" : place.isCorner ? "Category 2" : "Category 3"
            case 1: isLong && place.distance < 0.5 ? "VIP" : isLong ? "Category 1" : "Category 2"
            default: isLong ? "Category 3" : "Category 4"
            }
        },
        field: { bowl in [bowl.floor(color: "#dfe7d8", border: "#9aa68f")] + bowl.pitch() })

    /// What the rows stand around.
    private func floor(color: String, border: String, text: String? = nil) -> PlanArea {
        var area = PlanArea(
            uuid: StableUUID.make("\(id)/floor"), shape: .polygon,
            position: center.from(Point(x: 0, y: 0)),
            color: color, borderColor: border,
            text: text.map {
                PlanText(text: $0, size: 160, position: PlanPosition(x: 0, y: 0))
            })
        area.polygon = PlanPolygon(points: outline(offset: -80).map { $0.from(center) })
        return area
    }

    /// 105 m × 68 m, its halfway line and its circle.
    private func pitch() -> [PlanArea] {
        let width = 105 * 50
        let height = 68 * 50
        let corner = Point(x: center.x - Double(width / 2), y: center.y - Double(height / 2))
        var grass = area("grass", .rectangle, at: corner, color: "#4c9f50")
        grass.rectangle = PlanSize(width: width, height: height)
        var half = area("half", .rectangle, at: corner, color: "#4c9f50")
        half.rectangle = PlanSize(width: width / 2, height: height)
        var circle = area("circle", .circle, at: center, color: "#4c9f50")
        circle.circle = PlanCircle(radius: 915 / 2)
        circle.text = PlanText(text: "Pitch", size: 200, position: PlanPosition(x: 0, y: 0))
        return [grass, half, circle]
    }

    private func area(
        _ name: String, _ shape: PlanArea.Shape, at point: Point, color: String
    ) -> PlanArea {
        PlanArea(
            uuid: StableUUID.make("\(id)/\(name)"), shape: shape,
            position: point.from(Point(x: 0, y: 0)),
            color: color, borderColor: "#ffffff")
    }
}
