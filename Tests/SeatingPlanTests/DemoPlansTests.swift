import SeatingPlan
import Testing

/// Named, so that a failing test does not print 60,000 seats.
enum Venue: CaseIterable {
    case theatre, arena, stadium

    var plan: Plan {
        switch self {
        case .theatre: DemoPlans.theatre()
        case .arena: DemoPlans.arena()
        case .stadium: DemoPlans.stadium()
        }
    }
}

@Suite struct DemoPlansTests {
    @Test(arguments: [(Venue.theatre, 822), (.arena, 12_000), (.stadium, 60_000)])
    func isComplete(_ venue: Venue, seats: Int) throws {
        let plan = venue.plan
        try plan.validate()
        #expect(plan.seatCount == seats)
        #expect(plan.areaPlaceCount == 0)
        let all = plan.zones.flatMap(\.rows).flatMap(\.seats)
        for category in plan.categories {
            #expect(try #require(category.priceMinor) > 0)
            #expect(category.currency == "EUR")
            #expect(category.hexColor != nil)
            #expect(all.contains { $0.category == category.name })
        }
        let wheelchairs = all.count { $0.accessibility == .wheelchair }
        #expect(wheelchairs > 0)
        #expect(wheelchairs == all.count { $0.accessibility == .companion })
    }

    @Test(arguments: Venue.allCases)
    func seatsAreApartAndInside(_ venue: Venue) throws {
        let plan = venue.plan
        let size = try #require(plan.size)
        var outside = 0
        var tooNear = 0
        var cells: [SIMD2<Int>: [SIMD2<Double>]] = [:]
        for zone in plan.zones {
            for row in zone.rows {
                let start = try #require(row.position)
                for seat in row.seats {
                    let point = SIMD2(
                        zone.position.x + start.x + seat.position.x,
                        zone.position.y + start.y + seat.position.y)
                    let end = SIMD2(Double(size.width), Double(size.height))
                    if any(point .< 10) || any(point .> end - 10) { outside += 1 }
                    let cell = SIMD2(Int(point.x / 24), Int(point.y / 24))
                    for x in -1...1 {
                        for y in -1...1 {
                            for other in cells[cell &+ SIMD2(x, y)] ?? [] {
                                let shift = other - point
                                if (shift * shift).sum() < 24 * 24 { tooNear += 1 }
                            }
                        }
                    }
                    cells[cell, default: []].append(point)
                }
            }
        }
        #expect(outside == 0)
        #expect(tooNear == 0)
    }

    @Test func theSameOnEveryRun() throws {
        let layout = try PlanLayout(DemoPlans.stadium())
        #expect(layout.label(at: 0) == "Block 101, row 1, seat 1")
        #expect(layout.seatGUID(at: 0) == "6c59b40e-75ae-8189-95e2-decadeda544c")
        #expect(try DemoPlans.arena().json() == DemoPlans.arena().json())
    }
}
