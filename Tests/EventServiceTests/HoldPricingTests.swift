import Contracts
import RPC
import SeatingPlan
import ServiceKit
import Testing
import Wire

@testable import EventService

@Suite("What a hold costs")
struct HoldPricingTests {
    private func choice(_ guid: String, _ type: String = "") -> EventV1.SeatChoice {
        .with {
            $0.seatGUID = guid
            $0.priceType = type
        }
    }

    private func standing(_ quantity: UInt32, _ type: String = "") -> EventV1.AreaChoice {
        .with {
            $0.areaID = "area-0-0"
            $0.quantity = quantity
            $0.priceType = type
        }
    }

    private func pricing(
        _ seats: [EventV1.SeatChoice], _ areas: [EventV1.AreaChoice] = []
    ) throws -> HoldPricing {
        try HoldPricing(
            .with {
                $0.seats = seats
                $0.areas = areas
            }, event: try SmallHall.draft(), layout: try SmallHall.layout())
    }

    @Test("prices are the event's, by category and price type, whatever the client thinks")
    func prices() throws {
        let pricing = try pricing([choice("b1", "child"), choice("a1")], [standing(2)])
        #expect(pricing.seats.map(\.priceMinor) == [700, 3_200])
        #expect(pricing.seats.map(\.place) == [2, 0])
        #expect(pricing.seats.map(\.label) == ["Hall, row 7, seat 3", "Hall, row 7, seat 1"])
        #expect(pricing.areas.map(\.model.priceMinor) == [3_200])
        #expect(pricing.areas.map(\.quantity) == [2])
    }

    @Test("what cannot be held is told by its place in the request")
    func faults() throws {
        do {
            _ = try pricing(
                [choice("a1"), choice("nowhere"), choice("a1"), choice("a2", "child")],
                [.with { $0.areaID = "x" }, standing(0), standing(1, "senior")])
            Issue.record("it was priced")
        } catch let error as RPCError {
            #expect(
                error.detail?.reasons.map(\.subject) == [
                    "seats[1].seatGuid", "seats[2].seatGuid", "seats[3].priceType",
                    "areas[0].areaId", "areas[1].quantity", "areas[2].priceType",
                ])
        }
    }

    @Test("nothing, or more than the event allows, is no hold")
    func limits() throws {
        #expect(throws: RPCError.self) { try pricing([]) }
        #expect(throws: RPCError.self) { try pricing([], [standing(11)]) }
        #expect(throws: RPCError.self) {
            try pricing([], [standing(.max), standing(.max), standing(.max)])
        }
        _ = try pricing([], [standing(10)])
    }

    @Test("the terms of a hold are written again from what the seat state keeps")
    func terms() throws {
        let pricing = try pricing([choice("b1"), choice("a2")], [standing(1), standing(2)])
        let event = EventID()
        let hold = SeatHold(
            holdID: "hld_x", buyerID: "usr_x", state: .active, deadlineMs: 1_800_000_000_123,
            fence: 7, seats: [2, 1], areas: [[4], [3, 5]],
            lines: HoldLines.write(pricing, currency: "EUR"),
            generation: SeatGeneration("3-0123abcd"))
        let terms = try HoldLines.terms(of: hold, event: event)
        #expect(terms.places.map(\.place) == [2, 1, 4, 3, 5])
        #expect(terms.places.map(\.seatGUID) == ["b1", "a2", "", "", ""])
        #expect(terms.places.map(\.areaID) == ["", "", "area-0-0", "area-0-0", "area-0-0"])
        #expect(terms.totalMinor == 1_500 + 3_200 + 3 * 3_200)
        #expect(terms.currency == "EUR")
        #expect(terms.expiresAt == Timestamp(seconds: 1_800_000_000, nanos: 123_000_000))
        #expect((terms.fence, terms.generation, terms.eventID) == (7, "3-0123abcd", "\(event)"))
        #expect(try HoldLines.terms(of: hold, event: event).serialized() == terms.serialized())
    }

    @Test("facts of the booking feed become letters of their places")
    func facts() throws {
        let booking = BookingV1.Booking.with {
            $0.eventID = EventID().description
            $0.holdID = "hld_x"
            $0.places = [.with { $0.place = 3 }, .with { $0.place = 5 }]
        }
        let facts: [(BookingV1.FeedEntry.Fact, SeatLetter)] = [
            (.bookingCreated(.with { $0.booking = booking }), .claimed),
            (.bookingConfirmed(.with { $0.booking = booking }), .sold),
            (.bookingExpired(.with { $0.booking = booking }), .free),
        ]
        for (fact, letter) in facts {
            let (event, changes) = try #require(SeatFeed.changes(.with { $0.fact = fact }))
            #expect(event.description == booking.eventID)
            #expect(
                changes == [
                    FeedChange(place: 3, letter: letter, holdID: "hld_x"),
                    FeedChange(place: 5, letter: letter, holdID: "hld_x"),
                ])
        }
        let single: [(BookingV1.FeedEntry.Fact, SeatLetter, String?)] = [
            (
                .bookingExpired(.with { ($0.booking, $0.offeredPlaces) = (booking, [3]) }), .free,
                "hld_x"
            ),
            (
                .bookingCancelled(.with { ($0.booking, $0.freedPlaces) = (booking, [5]) }), .free,
                "hld_x"
            ),
            (
                .placesBlocked(.with { ($0.eventID, $0.places) = (booking.eventID, [5]) }),
                .blocked, nil
            ),
            (
                .placesUnblocked(.with { ($0.eventID, $0.places) = (booking.eventID, [5]) }),
                .free, nil
            ),
            (
                .placesOffered(
                    .with {
                        ($0.eventID, $0.places, $0.offerID) = (booking.eventID, [5], "off_x")
                    }), .claimed, "off_x"
            ),
            (
                .offerEnded(
                    .with {
                        ($0.eventID, $0.freedPlaces, $0.offerID) = (booking.eventID, [5], "off_x")
                    }), .free, "off_x"
            ),
        ]
        for (fact, letter, claim) in single {
            let (event, changes) = try #require(SeatFeed.changes(.with { $0.fact = fact }))
            #expect(event.description == booking.eventID)
            #expect(changes == [FeedChange(place: 5, letter: letter, holdID: claim)])
        }
        #expect(SeatFeed.changes(.with { $0.fact = .refundDue(.init()) }) == nil)
        #expect(SeatFeed.changes(.init()) == nil)
    }
}
