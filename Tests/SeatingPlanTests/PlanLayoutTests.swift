import JSON
import SeatingPlan
import Testing

@Suite struct PlanLayoutTests {
    @Test func countsPlacesInDocumentOrder() throws {
        let plan = try Plan(json: try DemoPlans.riethsporthalle())
        let layout = try PlanLayout(plan)
        #expect(layout.seatCount == 1_252)
        #expect(layout.placeCount == 1_500)
        let seats = plan.zones.flatMap(\.rows).flatMap(\.seats)
        for (index, seat) in seats.enumerated() {
            #expect(layout.place(ofSeat: seat.guid) == index)
            #expect(layout.seatGUID(at: index) == seat.guid)
            #expect(layout.category(at: index).map { plan.categories[$0].name } == seat.category)
            #expect(layout.accessibility(at: index) == seat.accessibility)
        }
        #expect(layout.label(at: 2) == "Block D Reihe 14, seat 3")
        #expect(layout.row(at: 27) == 0)
        #expect(layout.row(at: 28) == 1)
        let area = try #require(layout.areas.first)
        #expect(layout.areas.count == 1)
        #expect(area.id == "e61240d7-afc9-5908-b4d6-0a85e29228c2")
        #expect(area.name == "Stehplatz")
        #expect(area.capacity == 248)
        #expect(area.firstPlace == 1_252)
        #expect(layout.area(id: area.id) == area)
        for place in [1_252, 1_499] {
            #expect(layout.area(at: place) == area)
            #expect(layout.label(at: place) == "Stehplatz")
            #expect(layout.seatGUID(at: place) == nil)
            #expect(layout.category(at: place) == 6)
        }
        for place in [-1, 1_500] {
            #expect(layout.label(at: place) == nil)
            #expect(layout.category(at: place) == nil)
            #expect(layout.area(at: place) == nil)
        }
        #expect(layout.place(ofSeat: "nobody's") == nil)
    }

    @Test(
        arguments: [
            ("Block D", nil, "14", nil, "3", "Block D, row 14, seat 3"),
            (nil, nil, "14", nil, "3", "row 14, seat 3"),
            ("Box", "Loge %s", "2", "Stuhl %s (%s)", "7", "Box, Loge 2, Stuhl 7 (7)"),
            ("Block D", "Block D Reihe %s", "14", nil, "3", "Block D Reihe 14, seat 3"),
            ("Hall", "Front", "1", "Armchair", "9", "Hall, Front, Armchair"),
            ("", "", "", "", "", "guid"), ("Hall", nil, "", nil, "", "Hall"),
        ] as [(String?, String?, String, String?, String, String)])
    func labels(
        _ zone: String?, _ row: String?, _ number: String, _ seatLabel: String?, _ seat: String,
        _ expected: String
    ) throws {
        let plan = Plan(
            name: "P", categories: [PlanCategory(name: "A")],
            zones: [
                PlanZone(
                    name: zone,
                    rows: [
                        PlanRow(
                            number: number, label: row, seatLabel: seatLabel,
                            seats: [PlanSeat(guid: "guid", number: seat, category: "A")])
                    ])
            ])
        try plan.validate()
        #expect(try PlanLayout(plan).label(at: 0) == expected)
    }

    @Test func namesAreasWithoutUUIDByTheirPlace() throws {
        var plan = Plan(
            name: "P", categories: [PlanCategory(name: "A")], zones: [PlanZone(), PlanZone()])
        plan.zones[1].areas = [
            PlanArea(),
            PlanArea(
                text: PlanText(text: " Standing\nleft ", position: PlanPosition(x: 0, y: 0)),
                usher: ["capacity": 3, "category": "A"]),
            PlanArea(usher: ["capacity": 2, "category": "A"]),
        ]
        try plan.validate()
        let layout = try PlanLayout(plan)
        #expect(layout.areas.map(\.id) == ["area-1-1", "area-1-2"])
        #expect(layout.areas.map(\.name) == ["Standing left", "A"])
        #expect(layout.areas.map(\.firstPlace) == [0, 3])
        #expect(layout.placeCount == 5)
    }

    @Test func refusesPlansThatWereNotValidated() {
        var plan = Plan(name: "P", zones: [PlanZone(rows: [PlanRow(number: "1")])])
        plan.zones[0].rows[0].seats = [PlanSeat(guid: "g", category: "A")]
        #expect(throws: PlanError.self) { try PlanLayout(plan) }
        plan.categories = [PlanCategory(name: "A")]
        #expect(throws: Never.self) { try PlanLayout(plan) }
        plan.zones[0].rows[0].seats.append(plan.zones[0].rows[0].seats[0])
        #expect(throws: PlanError.self) { try PlanLayout(plan) }
    }
}
