import Contracts
import Foundation
import RPC
import SeatingPlan
import ServiceKit
import Testing
import Wire

@testable import EventService

/// A small hall: two seats in "A" (32.00 EUR), one in "B" (no price), a standing area of 5 in "A".
enum SmallHall {
    static func layout() throws -> PlanLayout {
        try PlanLayout(
            Plan(
                json: Array(
                    """
                    {"name":"Small","size":{"width":100,"height":100},
                     "categories":[
                       {"name":"A","color":"#112233",
                        "x-usher":{"price_minor":3200,"currency":"EUR"}},
                       {"name":"B"}],
                     "zones":[{"name":"Hall","position":{"x":0,"y":0},
                       "rows":[{"row_number":"7","position":{"x":0,"y":0},"seats":[
                         {"seat_guid":"a1","seat_number":"1","category":"A",
                          "position":{"x":0,"y":0}},
                         {"seat_guid":"a2","seat_number":"2","category":"A",
                          "position":{"x":25,"y":0}},
                         {"seat_guid":"b1","seat_number":"3","category":"B",
                          "position":{"x":50,"y":0}}]}],
                       "areas":[{"shape":"rectangle","position":{"x":0,"y":50},
                         "rectangle":{"width":100,"height":20},
                         "x-usher":{"capacity":5,"category":"A"}}]}]}
                    """.utf8)))
    }

    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func request() -> EventV1.CreateEventRequest {
        .with {
            $0.title = "Concert"
            $0.venue = "Hall"
            $0.startsAt = Timestamp(now.addingTimeInterval(86_400))
            $0.timeZone = "Europe/Berlin"
            $0.currency = "EUR"
            $0.categories = [
                .with {
                    $0.name = "B"
                    $0.priceMinor = 1_500
                    $0.priceTypes = [
                        .with {
                            $0.name = "child"
                            $0.priceMinor = 700
                        }
                    ]
                }
            ]
        }
    }

    static func draft(_ request: EventV1.CreateEventRequest = request()) throws -> EventV1.Event {
        try EventRules.draft(
            request, id: EventID(), organiser: UserID(), plan: PlanID(), layout: try layout(),
            now: now)
    }
}

@Suite("What an event may be")
struct EventRulesTests {
    @Test("a draft has the plan's places and areas, its prices or the request's, and defaults")
    func draft() throws {
        let event = try SmallHall.draft()
        #expect(event.state == .draft)
        #expect(event.placeCount == 8)
        #expect(event.categories.map(\.priceMinor) == [3_200, 1_500])
        #expect(event.categories.map(\.color) == ["#112233", ""])
        #expect(event.areas.map(\.firstPlace) == [3])
        #expect(event.areas.map(\.capacity) == [5])
        #expect((event.holdSeconds, event.paySeconds, event.maxPlacesPerHold) == (600, 900, 10))
    }

    @Test("every fault is told by its field")
    func faults() throws {
        var request = EventV1.CreateEventRequest()
        request.startsAt = Timestamp(SmallHall.now)
        request.timeZone = "Mars/Olympus"
        request.currency = "euro"
        request.holdSeconds = 5
        request.paySeconds = 90_000
        request.maxPlacesPerHold = 101
        request.categories = [
            .with { $0.name = "C" },
            .with {
                $0.name = "A"
                $0.priceMinor = -1
                $0.priceTypes = [.with { $0.priceMinor = 100_000_001 }]
            },
            .with { $0.name = "A" },
        ]
        request.saleOpensAt = Timestamp(SmallHall.now)
        request.saleClosesAt = Timestamp(SmallHall.now)
        let subjects = try subjects { _ = try SmallHall.draft(request) }
        #expect(
            Set(subjects) == [
                "title", "venue", "startsAt", "timeZone", "currency", "holdSeconds",
                "paySeconds", "maxPlacesPerHold", "saleClosesAt", "categories[0].name",
                "categories[1].priceMinor", "categories[1].priceTypes[0].name",
                "categories[1].priceTypes[0].priceMinor", "categories[2].name", "categories",
            ])
    }

    @Test("a price in another currency is no price")
    func currency() throws {
        var request = SmallHall.request()
        request.currency = "USD"
        #expect(try subjects { _ = try SmallHall.draft(request) } == ["categories"])
    }

    @Test("an event sells within its window, while it is on sale")
    func window() throws {
        var event = try SmallHall.draft()
        #expect(
            code { try EventRules.requireOnSale(event, now: SmallHall.now) }
                == "event_not_on_sale")
        event.state = .onSale
        try EventRules.requireOnSale(event, now: SmallHall.now)
        event.saleOpensAt = Timestamp(SmallHall.now.addingTimeInterval(10))
        #expect(
            code { try EventRules.requireOnSale(event, now: SmallHall.now) }
                == "sale_not_open")
        try EventRules.requireOnSale(event, now: SmallHall.now.addingTimeInterval(10))
        let start = SmallHall.now.addingTimeInterval(86_400)
        #expect(code { try EventRules.requireOnSale(event, now: start) } == "sale_closed")
        event.saleClosesAt = Timestamp(SmallHall.now.addingTimeInterval(20))
        #expect(
            code {
                try EventRules.requireOnSale(event, now: SmallHall.now.addingTimeInterval(20))
            } == "sale_closed")
    }

    @Test("a page token is what it was made of, and nothing else")
    func pageTokens() throws {
        var event = try SmallHall.draft()
        event.startsAt = Timestamp(seconds: 1_800_000_001, nanos: 123_456_000)
        let cursor = try #require(try PageToken.cursor(PageToken.text(after: event)))
        #expect(cursor.id.description == event.eventID)
        #expect(abs(cursor.startsAt.timeIntervalSince1970 - 1_800_000_001.123456) < 0.000_001)
        #expect(try PageToken.cursor("") == nil)
        for bad in ["x", "1", "1.x", ".", "x.\(event.eventID)"] {
            #expect(throws: RPCError.self) { try PageToken.cursor(bad) }
        }
    }

    private func subjects(_ body: () throws -> Void) throws -> [String] {
        do {
            try body()
            return []
        } catch let error as RPCError {
            #expect(error.code == .invalidArgument)
            return error.detail?.reasons.map(\.subject) ?? []
        }
    }

    private func code(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? RPCError)?.detail?.code
        }
    }
}
