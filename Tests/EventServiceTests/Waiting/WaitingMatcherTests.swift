import Contracts
import RPC
import SeatingPlan
import Testing
import Wire

@testable import EventService

/// Which places meet which wish.
@Suite("Waiting list: matching")
struct WaitingMatcherTests {
    private func matcher(
        _ letters: String, rows: [[PlanSeat.Accessibility?]], standing: Int = 0
    ) throws -> WaitingMatcher {
        WaitingMatcher(
            layout: try PlanLayout(WaitingFixture.plan(rows, standing)),
            letters: Array(letters.utf8))
    }

    private let row: [PlanSeat.Accessibility?] = Array(repeating: nil, count: 6)

    @Test("side by side, or in pieces where that will do")
    func seats() throws {
        var matcher = try matcher("ffsffs", rows: [row])
        #expect(matcher.take(WaitingWish(quantity: 3, together: true)) == nil)
        #expect(matcher.take(WaitingWish(quantity: 2, together: true))?.count == 2)
        #expect(matcher.take(WaitingWish(quantity: 3)) == nil)
        #expect(matcher.take(WaitingWish(category: "B", quantity: 1)) == nil)
        #expect(matcher.take(WaitingWish(category: "C", quantity: 1)) == nil)
        let rest = matcher.take(WaitingWish(category: "A", quantity: 2))
        #expect(rest?.count == 2)
        #expect(Set(rest ?? []).isSubset(of: [0, 1, 3, 4]))
        #expect(matcher.take(WaitingWish(quantity: 1)) == nil)
    }

    @Test("an area's places have no numbers and are side by side")
    func area() throws {
        var matcher = try matcher("ssssss" + "fsff", rows: [row], standing: 4)
        #expect(matcher.take(WaitingWish(category: "A", quantity: 1)) == nil)
        #expect(matcher.take(WaitingWish(quantity: 2, together: true)) == [6, 8])
        #expect(matcher.take(WaitingWish(category: "B", quantity: 1)) == [9])
    }

    @Test("wheelchair places are a wish of their own, companions sit near")
    func wheelchairs() throws {
        let accessible: [PlanSeat.Accessibility?] = [
            .wheelchair, nil, nil, .wheelchair, .companion, nil,
        ]
        var matcher = try matcher("ffffff", rows: [accessible])
        #expect(matcher.take(WaitingWish(quantity: 3, together: true)) == nil)
        #expect(matcher.take(WaitingWish(wheelchairs: 1, companions: 1)) == [3, 4])
        #expect(matcher.take(WaitingWish(wheelchairs: 1, companions: 1)) == nil)
        #expect(matcher.take(WaitingWish(wheelchairs: 1)) == [0])
        #expect(matcher.take(WaitingWish(quantity: 2, together: true)) == [1, 2])
    }

    @Test("a wish is 1 to the event's most, in a category that there is, of one kind")
    func wishes() throws {
        let event = EventV1.Event.with {
            $0.maxPlacesPerHold = 4
            $0.categories = [.with { $0.name = "A" }]
        }
        func read(_ fill: (inout EventV1.JoinWaitingListRequest) -> Void) throws -> WaitingWish {
            var request = EventV1.JoinWaitingListRequest()
            fill(&request)
            return try WaitingWish.read(request, of: event)
        }
        #expect(
            try read {
                $0.category = "A"
                $0.quantity = 4
            } == WaitingWish(category: "A", quantity: 4))
        let wrong: [(inout EventV1.JoinWaitingListRequest) -> Void] = [
            { _ in },
            { $0.quantity = 5 },
            {
                $0.category = "B"
                $0.quantity = 1
            },
            {
                $0.quantity = 1
                $0.wheelchairPlaces = 1
            },
            {
                $0.quantity = 1
                $0.companionPlaces = 1
            },
            {
                $0.wheelchairPlaces = 1
                $0.companionPlaces = 2
            },
            {
                $0.quantity = .max
                $0.companionPlaces = 5
            },
        ]
        for fill in wrong {
            let error = #expect(throws: RPCError.self) { try read(fill) }
            #expect(error?.code == .invalidArgument)
        }
    }
}
