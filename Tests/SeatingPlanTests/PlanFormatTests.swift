import JSON
import RandomSupport
import SeatingPlan
import Testing

@Suite struct PlanFormatTests {
    @Test func realHallComesBackAsItWas() throws {
        let bytes = try DemoPlans.riethsporthalle()
        let plan = try Plan(json: bytes)
        #expect(plan.seatCount == 1_252)
        #expect(plan.areaPlaceCount == 248)
        let wheelchairs = plan.zones.flatMap(\.rows).flatMap(\.seats).count {
            $0.accessibility == .wheelchair
        }
        #expect(wheelchairs == 21)
        #expect(try JSONValue(parsing: plan.json()) == JSONValue(parsing: bytes))
    }

    @Test(arguments: Venue.allCases)
    func demoPlanComesBackAsItWas(_ venue: Venue) throws {
        let bytes = try venue.plan.json()
        let back = try Plan(json: bytes)
        #expect(try back.json() == bytes)
    }

    @Test func everyMemberComesBackInItsPlace() throws {
        let plan = try Plan(json: Array(Sample.full.utf8))
        let back = String(decoding: try plan.json(), as: UTF8.self)
        #expect(try JSONValue(parsing: Array(back.utf8)) == Sample.value(Sample.full))
        let seat = try #require(plan.zones.first?.rows.first?.seats.first)
        #expect(seat.startDirection == .both)
        #expect(seat.radius == 12)
        #expect(seat.accessibility == .companion)
        #expect(seat.hasRestrictedView)
        #expect(plan.categories.first?.priceMinor == 4_500)
        #expect(plan.categories.first?.currency == "EUR")
        #expect(plan.categories.first?.hexColor == "#aabbcc")
        #expect(plan.zones.first?.areas.last?.capacity == 5)
    }

    @Test func plainExportHasNoAdditions() throws {
        func without(_ value: JSONValue) -> JSONValue {
            switch value {
            case .array(let elements): .array(elements.map(without))
            case .object(let members):
                .object(
                    members.filter { $0.name != "x-usher" }.map {
                        JSONMember($0.name, without($0.value))
                    })
            default: value
            }
        }
        for bytes in [Array(Sample.full.utf8), try DemoPlans.riethsporthalle()] {
            let plain = try Plan(json: bytes).json(plain: true)
            #expect(try JSONValue(parsing: plain) == without(JSONValue(parsing: bytes)))
            #expect(!String(decoding: plain, as: UTF8.self).contains("x-usher"))
        }
    }

    @Test func acceptsOlderFiles() throws {
        let bytes = Array(Sample.older.utf8)
        let plan = try Plan(json: bytes)
        #expect(plan.size == nil)
        #expect(plan.zones.first?.uuid == nil)
        #expect(plan.categories.first?.hexColor == nil)
        #expect(try plan.json() == JSONValue(parsing: bytes).bytes)
    }

    @Test func ordersMembersOfPlansMadeByCode() throws {
        var plan = try Plan(json: Array(Sample.older.utf8))
        plan.size = PlanSize(width: 10, height: 20)
        plan.zones[0].rows[0].seats[0].radius = 7
        let back = try JSONValue(parsing: plan.json())
        #expect(back["size"] == ["width": 10, "height": 20])
        #expect(back["zones"]?.array?[0]["rows"]?.array?[0]["seats"]?.array?[0]["radius"] == 7)
        #expect(try Plan(json: back.bytes).json() == back.bytes)
    }

    @Test func seededPlansComeBackAsTheyWere() throws {
        var random = SplitMix64(state: 7)
        for _ in 0..<200 {
            let document = Sample.random(using: &random)
            let plan = try Plan(json: document.bytes)
            #expect(try JSONValue(parsing: plan.json()) == document)
        }
    }
}
