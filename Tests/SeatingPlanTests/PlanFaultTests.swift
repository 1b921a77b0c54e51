import JSON
import RandomSupport
import SeatingPlan
import Testing

@Suite struct PlanFaultTests {
    /// The first text is replaced by the second in the sample; these faults follow.
    struct Broken: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let faults: [String]
        var testDescription: String { "\(old) → \(new)" }

        init(_ old: String, _ new: String, _ faults: String...) {
            self.old = old
            self.new = new
            self.faults = faults
        }
    }

    private func faults(_ text: String) throws -> PlanError {
        try #require(throws: PlanError.self) { try Plan(json: Array(text.utf8)) }
    }

    private static let seat = "zones[0].rows[0].seats[0]"

    @Test(arguments: [
        Broken(
            #""category":"B""#, #""category":"Balcony""#,
            #"zones[0].rows[0].seats[1].category: "Balcony" is not a category of this plan"#),
        Broken(
            #""g2""#, #""g1""#,
            #"zones[0].rows[0].seats[1].seat_guid: "g1" is that of zones[0].rows[0].seats[0] too"#),
        Broken(
            #""seat_guid":"g2""#, #""seat_guid":"""#,
            "zones[0].rows[0].seats[1].seat_guid: must not be empty"),
        Broken(
            #""name":"B""#, #""name":"A""#, #"categories[1].name: "A" is there twice"#,
            #"zones[0].rows[0].seats[1].category: "B" is not a category of this plan"#),
        Broken(#""seat_number":"1","#, "", #"\#(seat): "seat_number" is missing"#),
        Broken(
            #""seat_number":"1""#, #""seat_number":1"#,
            "\(seat).seat_number: a string is wanted, not a number"),
        Broken(
            #""radius":12"#, #""radius":12.5"#,
            "\(seat).radius: an integer of 64 bits is wanted, not 12.5"),
        Broken(#""radius":12"#, #""radius":-1"#, "\(seat).radius: must be from 0 to 10000000"),
        Broken(
            #""radius":12"#, #""status":"free""#, "\(seat).status: the format has no such member"),
        Broken(#""<>""#, #""><""#, #"\#(seat).start_direction: "><" is none of: <, >, <>"#),
        Broken(
            #""x":1e2"#, #""x":1e400"#,
            "\(seat).position.x: a number in the range of a double is wanted, not 1e400"),
        Broken(#""x":1e2"#, #""x":1e8"#, "\(seat).position.x: is more than 10000000 pixels away"),
        Broken(#""x":1e2"#, #""x":null"#, "\(seat).position.x: a number is wanted, not null"),
        Broken(
            #""x":1e2"#, #""z":1"#, "\(seat).position.z: the format has no such member",
            #"\#(seat).position: "x" is missing"#),
        Broken(
            #""accessible":"companion""#, #""accessible":"yes""#,
            #"\#(seat).x-usher.accessible: "wheelchair" or "companion" is wanted"#),
        Broken(
            #""restricted_view":true"#, #""restricted_view":1"#,
            "\(seat).x-usher.restricted_view: true or false is wanted"),
        Broken(
            #""row_number_position":"end""#, #""row_number_position":"left""#,
            #"zones[0].rows[1].row_number_position: "left" is none of: start, end, both"#),
        Broken(
            #""row_label":"Reihe %s""#, #""row_label":["x"]"#,
            "zones[0].rows[0].row_label: a string is wanted, not an array"),
        Broken(
            #""seats":[]"#, #""seats":[5]"#,
            "zones[0].rows[1].seats[0]: an object is wanted, not a number"),
        Broken(
            #""name":"Saal""#, #""name":"Saal\u0000""#, "zones[0].name: has a control character"),
        Broken(
            #""position":{"x":0,"y":0},"name":"Saal""#, #""name":"Saal""#,
            #"zones[0]: "position" is missing"#),
        Broken(##""#AbC""##, #""url(evil)""#, #"categories[0].color: "url(evil)" is not a colour"#),
        Broken(#""red""#, #""red;x:y""#, #"zones[0].areas[2].color: "red;x:y" is not a colour"#),
        Broken(
            #""price_minor":4500"#, #""price_minor":45.5"#,
            "categories[0].x-usher.price_minor: an integer from 0 to 100000000 is wanted"),
        Broken(
            #""currency":"EUR","#, "", #"categories[0].x-usher: "price_minor" needs a "currency""#),
        Broken(
            #""currency":"EUR""#, #""currency":"eur""#,
            "categories[0].x-usher.currency: three capital letters is wanted"),
        Broken(
            #""x-usher":{"by":["me",1.50,null]}"#, #""x-usher":[]"#,
            "x-usher: an object is wanted, not an array"),
        Broken(#""capacity":5,"#, "", #"zones[0].areas[5].x-usher: "category" needs a "capacity""#),
        Broken(
            #""capacity":5"#, #""capacity":0"#,
            "zones[0].areas[5].x-usher.capacity: an integer from 1 to 100000 is wanted"),
        Broken(
            #"{"category":"A","capacity""#, #"{"category":"C","capacity""#,
            #"zones[0].areas[5].x-usher.category: "C" is not a category of this plan"#),
        Broken(
            #""shape":"ellipse""#, #""shape":"circle""#,
            #"zones[0].areas[1]: "circle" is missing, which "shape" asks for"#),
        Broken(
            #""shape":"ellipse""#, #""shape":"star""#,
            #"zones[0].areas[1].shape: "star" is none of: polygon, rectangle, ellipse, circle, text"#
        ),
        Broken(
            #""size":{"height":200,"width":100}"#, #""size":{"height":200}"#,
            #"size: "width" is missing"#),
        Broken(
            #""size":{"height":200,"width":100}"#, #""size":{"height":-1,"width":"2"}"#,
            "size.width: a number is wanted, not a string",
            "size.height: must be from 0 to 10000000"),
        Broken(
            #""name":"Full""#, #""title":"Full""#, "title: the format has no such member",
            #""name" is missing"#),
        Broken(#""name":"Full""#, #""name":"""#, "name: must not be empty"),
    ])
    func tellsFaultsWithTheirPaths(_ broken: Broken) throws {
        let text = Sample.full.replacing(broken.old, with: broken.new, maxReplacements: 1)
        #expect(text != Sample.full)
        let error = try faults(text)
        #expect(error.code == .invalid)
        #expect(error.faults.map(\.description) == broken.faults)
    }

    @Test func tellsSyntaxFaultsWithPathAndOffset() throws {
        let text = Sample.older.replacing(#"{"x":33"#, with: #"{"x":NaN"#)
        let error = try faults(text)
        #expect(error.code == .malformed)
        let offset = text.utf8.count - Substring(text).split(separator: "NaN").last!.utf8.count - 3
        #expect(
            error.description == "zones[0].rows[0].seats[1].position.x: "
                + "a value is wanted, not \"NaN\" (byte \(offset))")
        #expect(
            try faults(#"{"name":"a","name":"b"}"#).description
                == "name: this name comes twice (byte 12)")
        #expect(
            try faults(Sample.older + "x").description
                == "the end of the document is wanted, not \"x\" (byte \(Sample.older.utf8.count))")
        #expect(try faults("[1").faults.map(\.path) == ["", "[0]"])
    }

    @Test func refusesPlansWithNothingToSell() throws {
        let empty = #"{"name":"a","categories":[],"zones":[]}"#
        #expect(
            try faults(empty).description
                == "zones: the plan has no seats and no area with a capacity")
        let drawing =
            #"{"name":"a","categories":[],"zones":[{"position":{"x":0,"y":0},"rows":[],"areas":[{"shape":"circle","circle":{"radius":1}}]}]}"#
        #expect(try faults(drawing).faults.map(\.path) == ["zones"])
        let standing =
            #"{"name":"a","categories":[{"name":"s"}],"zones":[{"position":{"x":0,"y":0},"rows":[],"areas":[{"x-usher":{"capacity":9,"category":"s"}}]}]}"#
        #expect(try Plan(json: Array(standing.utf8)).areaPlaceCount == 9)
    }

    @Test func refusesTooManyBytesUnread() throws {
        let error = try #require(throws: PlanError.self) {
            try Plan(json: [UInt8](repeating: 0xFF, count: 200_000_000))
        }
        #expect(error.code == .tooLarge)
        #expect(error.description == "200000000 bytes, the limit is 33554432")
    }

    @Test func refusesTooManyLevels() throws {
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        let error = try faults(Sample.older.replacing("\"0-0\"", with: deep))
        #expect(error.code == .malformed)
        #expect(error.faults.count == 2)
        #expect(
            error.faults.last?.path.hasPrefix("zones[0].rows[0].seats[0].seat_guid[0][0]") == true)
        #expect(error.faults.last?.message.hasPrefix("deeper than 32 levels (byte ") == true)
        #expect(try faults(deep).faults.last?.message == "deeper than 32 levels (byte 32)")
        let addition = #"{"x-usher":{"a":"# + deep + "},"
        #expect(try faults(addition + Sample.older.dropFirst()).code == .malformed)
    }

    @Test func tellsFiftyFaultsAtMost() throws {
        var plan = DemoPlans.theatre()
        plan.categories.removeAll { $0.name != "VIP" }
        let error = try #require(throws: PlanError.self) { try plan.validate() }
        #expect(error.faults.count == 50)
        #expect(error.faults.first?.path == "zones[0].rows[0].seats[4].category")
        let unknown = (0..<80).map { "\"m\($0)\":1" }.joined(separator: ",")
        #expect(try faults("{\(unknown)}").faults.count == 50)
        #expect(try faults("{\(unknown),").faults.count == 50)
    }

    @Test func refusesNumbersThatAreNone() throws {
        var plan = try Plan(json: Array(Sample.older.utf8))
        plan.zones[0].rows[0].seats[1].position.x = .nan
        plan.zones[0].position.y = .infinity
        let error = try #require(throws: PlanError.self) { try plan.validate() }
        #expect(
            error.faults.map(\.description) == [
                "zones[0].position.y: must be a finite number",
                "zones[0].rows[0].seats[1].position.x: must be a finite number",
            ])
        #expect(throws: JSONError.self) { try plan.json() }
    }

    @Test func keepsItsLimits() throws {
        func faults(_ change: (inout Plan) -> Void) throws -> [String] {
            var plan = try Plan(json: Array(Sample.full.utf8))
            try plan.validate()
            change(&plan)
            let error = try #require(throws: PlanError.self) { try plan.validate() }
            return error.faults.map(\.description)
        }
        let long = String(repeating: "ü", count: 200)
        #expect(
            try faults { plan in
                plan.name = long
                plan.zones[0].name = long + "x"
            } == ["zones[0].name: has 201 characters, the limit is 200"])
        #expect(
            try faults { plan in
                let seat = PlanSeat(number: "1", category: "A")
                plan.zones[0].rows[1].seats = (0..<100_000).map {
                    var seat = seat
                    seat.guid = "n\($0)"
                    return seat
                }
            } == ["zones: has 100002 seats, the limit is 100000"])
        #expect(
            try faults { plan in
                plan.zones[0].areas.append(
                    PlanArea(uuid: "other", usher: ["capacity": 99_999, "category": "A"]))
            } == ["zones: has 100004 places in areas, the limit is 100000"])
        #expect(
            try faults { plan in
                plan.zones[0].areas.append(
                    PlanArea(uuid: "ga", usher: ["capacity": 1, "category": "A"]))
            } == ["zones[0].areas[6].uuid: another area has the same"])
        #expect(
            try faults { plan in
                plan.categories += (0..<199).map { PlanCategory(name: "c\($0)") }
            } == ["categories: has 201, the limit is 200"])
    }

    @Test func keepsItsLimitsWhileReading() throws {
        func faults(_ old: String, _ new: String) throws -> [String] {
            let text = Sample.full.replacing(old, with: new, maxReplacements: 1)
            return try self.faults(text).faults.map(\.description)
        }
        let seat = #"{"seat_guid":"s","seat_number":"","category":"A","position":{"x":0,"y":0}}"#
        let many = [String](repeating: seat, count: 100_001).joined(separator: ",")
        #expect(
            try faults(#""seats":[]"#, "\"seats\":[\(many)]").first
                == "zones[0].rows[1].seats[99998]: more than 100000 seats")
        let areas = [String](repeating: "{}", count: 20_000).joined(separator: ",")
        #expect(
            try faults("{},", areas + ",") == ["zones[0].areas[1000]: more than 1000 areas"])
        let categories = [String](repeating: "7", count: 1_000).joined(separator: ",")
        #expect(try faults(#"{"name":"B"}"#, categories).count == 50)
        let note = String(repeating: "x", count: 8 << 20)
        #expect(
            try faults(#""deep":true"#, "\"deep\":\"\(note)\"") == [
                "zones[0].areas[5].x-usher: all x-usher together have more than 8388608 bytes"
            ])
    }

    @Test func neverFailsOtherwise() throws {
        var random = SplitMix64(state: 99)
        let bytes = Array(Sample.full.utf8)
        for _ in 0..<2_000 {
            var altered = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: altered.indices, using: &random)
                let other = bytes[Int.random(in: bytes.indices, using: &random)]
                if Bool.random(using: &random) {
                    altered[index] = other
                } else {
                    altered.remove(at: index)
                }
            }
            let plan: Plan
            do throws(PlanError) {
                plan = try Plan(json: altered)
            } catch {
                #expect(!error.faults.isEmpty)
                continue
            }
            let document = try JSONValue(parsing: altered)
            #expect(try JSONValue(parsing: plan.json()) == document)
        }
    }
}
