import Foundation

/// A theatre of the old kind. All rows bend around one point behind the stage.
struct Theatre {
    private let center = Point(x: 800, y: -400)
    private let seatPitch = 26.0
    private let aisle = 44.0
    /// Half the angle that the auditorium spans, as seen from the centre.
    private let spread = 27.0 * .pi / 180

    func plan() -> Plan {
        Plan(
            name: "Grand Theatre", size: PlanSize(width: 1_600, height: 1_160),
            categories: [
                PlanCategory("VVIP", color: "#8e1b3a", euros: 180),
                PlanCategory("VIP", color: "#c9a227", euros: 120),
                PlanCategory("Regular", color: "#2a6f97", euros: 65),
                PlanCategory("Balcony", color: "#5b8e7d", euros: 39),
            ],
            zones: [parquet(), boxes("left", side: -1), boxes("right", side: 1), balcony()])
    }

    private func parquet() -> PlanZone {
        let rows = (1...16).map { number in
            var seats = arc(radius: 700 + 34 * Double(number - 1)) { fraction in
                switch number {
                case 1...2: abs(fraction) < 0.5 ? "VVIP" : "VIP"
                case 3...6: abs(fraction) < 0.5 ? "VIP" : "Regular"
                default: "Regular"
                }
            }
            if number == 16 {
                for (offset, kind) in [PlanSeat.Accessibility.wheelchair, .companion].enumerated() {
                    for index in [offset, offset + 2] {
                        seats[index].accessibility = kind
                        seats[seats.count - 1 - index].accessibility = kind
                    }
                }
            }
            return PlanRow(
                id: "theatre/parquet/\(number)", number: "\(number)",
                origin: Point(x: 0, y: 0), seats: seats)
        }
        return PlanZone(
            name: "Parquet", zoneID: "P", uuid: StableUUID.make("theatre/parquet"), rows: rows,
            areas: [stage()])
    }

    private func stage() -> PlanArea {
        let front = stride(from: -1.0, through: 1.0, by: 0.1).map {
            Point.onCircle(center, radius: 620, angle: .pi / 2 - $0 * 0.42)
        }
        let corners = [Point(x: 1_120, y: 40), Point(x: 480, y: 40)]
        let origin = Point(x: 480, y: 40)
        var area = PlanArea(
            uuid: StableUUID.make("theatre/stage"), shape: .polygon,
            position: PlanPosition(x: origin.x, y: origin.y), color: "#e5ddd0",
            borderColor: "#8d7b68",
            text: PlanText(text: "Stage", size: 32, position: PlanPosition(x: 320, y: 70)))
        area.polygon = PlanPolygon(points: (front + corners).map { $0.from(origin) })
        return area
    }

    /// Five boxes of two rows along one wall.
    private func boxes(_ name: String, side: Double) -> PlanZone {
        let rows = (1...5).map { number in
            let radius = 800 + 105 * Double(number - 1)
            let seats = (0..<6).map { index in
                let angle = .pi / 2 - side * (spread + (60 + 26 * Double(index / 3)) / radius)
                return DemoSeat(
                    point: .onCircle(
                        center, radius: radius + 26 * Double(index % 3 - 1), angle: angle),
                    category: "VIP", hasRestrictedView: number == 1 && index >= 3)
            }
            return PlanRow(
                id: "theatre/boxes-\(name)/\(number)", number: "\(number)", label: "box %s",
                origin: Point(x: 0, y: 0), seats: seats)
        }
        return PlanZone(
            name: "Boxes \(name)", zoneID: name == "left" ? "BL" : "BR",
            uuid: StableUUID.make("theatre/boxes-\(name)"), rows: rows)
    }

    private func balcony() -> PlanZone {
        let rows = (1...7).map { number in
            var seats = arc(radius: 1_310 + 34 * Double(number - 1)) { _ in "Balcony" }
            if number == 1 {
                for index in [0, 1, seats.count - 2, seats.count - 1] {
                    seats[index].hasRestrictedView = true
                }
            }
            return PlanRow(
                id: "theatre/balcony/\(number)", number: "\(number)",
                origin: Point(x: 0, y: 0), seats: seats)
        }
        return PlanZone(
            name: "Balcony", zoneID: "R", uuid: StableUUID.make("theatre/balcony"), rows: rows)
    }

    /// A row from the left wall to the right one, with two aisles. The category is chosen by the
    /// distance from the middle: -1 = at the left wall, 1 = at the right.
    private func arc(radius: Double, category: (Double) -> String) -> [DemoSeat] {
        let half = radius * spread
        let inner = half * 0.5
        let blocks = [(-half, -inner), (-inner, inner), (inner, half)]
        return blocks.flatMap { start, end in
            let room = end - start - aisle
            let count = Int(room / seatPitch)
            let first = (start + end) / 2 - Double(count - 1) / 2 * seatPitch
            return (0..<count).map { index in
                let along = first + Double(index) * seatPitch
                return DemoSeat(
                    point: .onCircle(center, radius: radius, angle: .pi / 2 - along / radius),
                    category: category(along / half))
            }
        }
    }
}
