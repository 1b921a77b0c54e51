import JSON
import RandomSupport

/// Small plans to alter.
enum Sample {
    /// Every member that the format has, none in our own order.
    static let full = #"""
        {"x-usher":{"by":["me",1.50,null]},"zones":[{"areas":[
        {"rotation":45.5,"shape":"polygon","polygon":{"points":[{"y":1,"x":2},{"x":3,"y":4}]}},
        {"ellipse":{"radius":{"x":4,"y":5.25}},"shape":"ellipse","border_color":"rgba(1, 2, 3, .5)"},
        {"circle":{"radius":9},"shape":"circle","color":"red"},
        {"text":{"position":{"x":0,"y":0},"text":"Bar\nand more","size":20,"color":"#fff"},
        "shape":"text","position":{"y":7,"x":8}},{},
        {"x-usher":{"category":"A","capacity":5,"note":{"deep":true}},"uuid":"ga",
        "shape":"rectangle","rectangle":{"height":3,"width":2}}],
        "rows":[{"seats":[{"x-usher":{"restricted_view":true,"accessible":"companion"},
        "radius":12,"start_direction":"<>","category":"A","position":{"y":-1.5,"x":1e2},
        "seat_number":"1","uuid":"u1","seat_guid":"g1"},
        {"seat_guid":"g2","seat_number":"","category":"B","position":{"x":0,"y":0},
        "start_direction":null}],
        "position":{"x":1,"y":2},"row_number_position":null,"seat_label":null,
        "row_label":"Reihe %s","uuid":"r1","row_number":"A"},
        {"row_number":"B","row_number_position":"end","seat_label":"Platz %s","seats":[]}],
        "position":{"x":0,"y":0},"name":"Saal","zone_id":"s","uuid":"z1"}],
        "categories":[{"x-usher":{"currency":"EUR","price_minor":4500,"more":[]},
        "color":"#AbC","name":"A"},{"name":"B"}],
        "size":{"height":200,"width":100},"name":"Full"}
        """#

    /// As the format was before `size`, `uuid` and `zone_id`.
    static let older = """
        {"name":"Old hall","categories":[{"name":"Stalls","color":"red"}],"zones":[\
        {"name":"Main","position":{"x":0,"y":0},"rows":[{"row_number":"0","seats":[\
        {"seat_guid":"0-0","seat_number":"1","position":{"x":0,"y":0},"category":"Stalls"},\
        {"seat_guid":"0-1","seat_number":"2","position":{"x":33,"y":0},"category":"Stalls"}]}]}]}
        """

    static func value(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8))
    }

    static func random(using random: inout SplitMix64) -> JSONValue {
        var seatNumber = 0
        func position(_ random: inout SplitMix64) -> JSONValue {
            let number = Double.random(in: -1_000...1_000, using: &random)
            return shuffled(
                [
                    JSONMember("x", JSONNumber(number).map { .number($0) } ?? 0),
                    JSONMember("y", .number(JSONNumber(Int64.random(in: 0...9, using: &random)))),
                ], [], &random)
        }
        func seat(_ random: inout SplitMix64) -> JSONValue {
            seatNumber += 1
            return shuffled(
                [
                    JSONMember("seat_guid", .string("s\(seatNumber)")),
                    JSONMember("seat_number", .string("№ \(seatNumber % 10)")),
                    JSONMember("category", Bool.random(using: &random) ? "A" : "B \"2\""),
                    JSONMember("position", position(&random)),
                ],
                [
                    JSONMember("radius", 8), JSONMember("uuid", .string("u\(seatNumber)")),
                    JSONMember("start_direction", Bool.random(using: &random) ? "<" : .null),
                    JSONMember("x-usher", ["accessible": "wheelchair", "z": [1, "two", .null]]),
                ], &random)
        }
        func row(_ random: inout SplitMix64) -> JSONValue {
            let seats = (0..<Int.random(in: 1...9, using: &random)).map { _ in seat(&random) }
            return shuffled(
                [JSONMember("row_number", "1"), JSONMember("seats", .array(seats))],
                [
                    JSONMember("row_label", .null), JSONMember("seat_label", "Nr. %s"),
                    JSONMember("row_number_position", "start"),
                    JSONMember("position", position(&random)), JSONMember("uuid", "same"),
                ], &random)
        }
        let zones = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            shuffled(
                [
                    JSONMember("position", position(&random)),
                    JSONMember(
                        "rows",
                        .array(
                            (0..<Int.random(in: 1...4, using: &random)).map { _ in row(&random) })),
                ],
                [
                    JSONMember("areas", []), JSONMember("name", "Zone"),
                    JSONMember("zone_id", "z"), JSONMember("uuid", "z"),
                ], &random)
        }
        return shuffled(
            [
                JSONMember("name", "Random"), JSONMember("zones", .array(zones)),
                JSONMember(
                    "categories", [["name": "A"], ["color": "#123456", "name": "B \"2\""]]),
            ], [JSONMember("size", ["height": 1, "width": 2])], &random)
    }

    /// Some of the optional members, and all of them in any order.
    private static func shuffled(
        _ required: [JSONMember], _ optional: [JSONMember], _ random: inout SplitMix64
    ) -> JSONValue {
        let chosen = optional.filter { _ in Bool.random(using: &random) }
        return .object((required + chosen).shuffled(using: &random))
    }
}
