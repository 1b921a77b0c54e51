import Foundation
import JSON
import NIOHTTP1
import SeatingPlan
import Testing

/// Seating plans through the public API.
@Suite("Seating plans")
struct PlanTests {
    @Test("the real hall's file comes in as it is and goes out unchanged")
    func realHall() async throws {
        let platform = try await Platform.shared()
        let organiser = try await People.organiser(platform)
        let file = Platform.projectFolder.appendingPathComponent(
            "Sources/SeatingPlan/Plans/riethsporthalle.json")
        let document = Array(try Data(contentsOf: file))

        let made = try await organiser.send(.POST, "/api/events/plans", bytes: document)
        #expect(made.status == 201, "\(made.text)")
        #expect(made.json["plan"]?["seatCount"]?.number?.int64 == 1_252)
        #expect(made.json["plan"]?["areaPlaceCount"]?.number?.int64 == 248)
        let id = made.json["plan"]?["planId"]?.string ?? ""
        let back = try await organiser.get("/api/events/plans/\(id)")
        #expect(back.status == 200)
        #expect(back.json == (try JSONValue(parsing: document)))

        // As pretix takes it: the same without what is ours.
        let plain = try await organiser.get("/api/events/plans/\(id)?plain=true")
        #expect(!String(decoding: plain.bytes, as: UTF8.self).contains("x-usher"))
        #expect(plain.json["zones"]?.array?.count == 6)

        // Nobody else reads a plan that no public event uses.
        let other = try await People.organiser(platform)
        #expect(try await other.get("/api/events/plans/\(id)").status == 404)
    }

    @Test("a stadium of 60,000 seats comes in, in parts")
    func stadium() async throws {
        let platform = try await Platform.shared()
        let organiser = try await People.organiser(platform)
        let document = try DemoPlans.stadium().json()
        #expect(document.count > 4 << 20, "larger than one frame")
        let made = try await organiser.send(.POST, "/api/events/plans", bytes: document)
        #expect(made.status == 201, "\(made.text)")
        #expect(made.json["plan"]?["seatCount"]?.number?.int64 == 60_000)
    }

    @Test("broken plans are refused, with the paths of their faults")
    func broken() async throws {
        let platform = try await Platform.shared()
        let organiser = try await People.organiser(platform)
        func refusal(_ text: String) async throws -> APIClient.Answer {
            let answer = try await organiser.send(
                .POST, "/api/events/plans", bytes: Array(text.utf8))
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer.code == "plan_invalid")
            return answer
        }
        func plan(_ seats: String) -> String {
            """
            {"name":"x","size":{"width":1,"height":1},"categories":[{"name":"A"}],
             "zones":[{"position":{"x":0,"y":0},"rows":[{"row_number":"1",
             "position":{"x":0,"y":0},"seats":[\(seats)]}]}]}
            """
        }
        func seat(_ guid: String, _ category: String = "A", x: String = "0") -> String {
            """
            {"seat_guid":"\(guid)","seat_number":"1","category":"\(category)",
             "position":{"x":\(x),"y":0}}
            """
        }
        let unknown = try await refusal(plan(seat("a") + "," + seat("b", "Balcony")))
        #expect(
            unknown.reasons.map(\.subject) == ["zones[0].rows[0].seats[1].category"])
        #expect(unknown.text.contains("\\\"Balcony\\\" is not a category of this plan"))
        let double = try await refusal(plan(seat("a") + "," + seat("a")))
        #expect(double.reasons.map(\.subject) == ["zones[0].rows[0].seats[1].seat_guid"])
        #expect(try await refusal(plan("")).reasons.count >= 1)
        let notANumber = try await refusal(plan(seat("a", x: "NaN")))
        #expect(notANumber.reasons.map(\.subject) == ["zones[0].rows[0].seats[0].position.x"])
        let deep = try await refusal(
            String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000))
        #expect(deep.text.contains("deeper than 32"), "\(deep.text)")
    }

    @Test("200 MB are refused before they are read")
    func tooLarge() async throws {
        let platform = try await Platform.shared()
        let organiser = try await People.organiser(platform)
        let token = organiser.token ?? ""
        // curl, because it says the length first and hears the answer while it still sends.
        let output = try await Shell.run(
            """
            head -c 200000000 /dev/zero | curl -s -o /dev/null -w '%{http_code}' \
              -H 'authorization: Bearer \(token)' -H 'content-type: application/json' \
              --interface \(organiser.sourceAddress) -T - -X POST \
              '\(platform.ready.url)/api/events/plans'
            """)
        #expect(output.text.contains("413"), "\(output.text)")
    }
}
