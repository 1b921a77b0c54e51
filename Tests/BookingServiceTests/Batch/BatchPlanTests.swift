import RandomSupport
import ServiceKit
import Testing

@testable import BookingService

@Suite("Who of a batch gets the places")
struct BatchPlanTests {
    private let event = EventID()

    private func wish(_ places: [UInt32], by buyer: UserID = UserID()) -> BatchPlan.Wish {
        .init(event: event, buyer: buyer, places: places)
    }

    private func facts(limit: Int? = nil) -> BatchPlan.Facts {
        .init(events: [event: .init(takesBookings: true, placesPerBuyerMax: limit)])
    }

    @Test("the first one gets a place, and a refused wish keeps nobody out")
    func order() {
        // The second wants one that the first has; the third wants what the second has not got.
        let verdicts = BatchPlan.settle([wish([1, 2]), wish([2, 3]), wish([3])], facts())
        #expect(verdicts == [.claim, .taken([2]), .claim])
    }

    @Test("what the database has is taken, every such place is named")
    func taken() {
        var facts = facts()
        facts.taken = [.init(event: event, index: 5), .init(event: event, index: 6)]
        #expect(
            BatchPlan.settle([wish([5, 6, 7]), wish([7])], facts) == [.taken([5, 6]), .claim])
    }

    @Test("an event that is not known, or not on sale")
    func events() {
        var facts = facts()
        facts.events[event] = .init(takesBookings: false)
        #expect(BatchPlan.settle([wish([1])], facts) == [.notOnSale])
        #expect(BatchPlan.settle([wish([1])], .init()) == [.eventUnknown])
    }

    @Test("a buyer's limit counts what they have and what the batch gives them")
    func limit() {
        let buyer = UserID()
        var facts = facts(limit: 4)
        facts.owned = [.init(event: event, buyer: buyer): 1]
        let verdicts = BatchPlan.settle(
            [wish([1, 2], by: buyer), wish([3, 4], by: buyer), wish([5], by: buyer), wish([3])],
            facts)
        #expect(verdicts == [.claim, .overLimit(max: 4), .claim, .claim])
    }

    @Test(
        "for any wishes: nobody gets what is taken, nobody is refused without cause",
        arguments: 0..<200)
    func properties(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let events = [EventID(), EventID()]
        let buyers = (0..<4).map { _ in UserID() }
        var facts = BatchPlan.Facts()
        facts.events[events[0]] = .init(takesBookings: true, placesPerBuyerMax: 6)
        facts.events[events[1]] = .init(takesBookings: true)
        for event in events {
            for _ in 0..<5 {
                facts.taken.insert(.init(event: event, index: .random(in: 0..<30, using: &random)))
            }
        }
        let wishes = (0..<64).map { _ in
            BatchPlan.Wish(
                event: events.randomElement(using: &random) ?? events[0],
                buyer: buyers.randomElement(using: &random) ?? buyers[0],
                places: Array(
                    Set(
                        (0..<Int.random(in: 1...4, using: &random)).map { _ in
                            UInt32.random(in: 0..<30, using: &random)
                        })))
        }
        let verdicts = BatchPlan.settle(wishes, facts)

        var reached = facts
        for (wish, verdict) in zip(wishes, verdicts) {
            let gone = wish.claims.filter(reached.taken.contains)
            switch verdict {
            case .claim:
                #expect(gone.isEmpty)
                reached.grant(wish)
            case .taken(let places):
                #expect(Set(gone.map(\.index)) == places)
                #expect(!places.isEmpty)
            case .overLimit(let max):
                #expect(gone.isEmpty && max == 6)
                #expect(reached.owned[wish.share, default: 0] + wish.places.count > max)
            case .notOnSale, .eventUnknown:
                Issue.record("the events are known and on sale")
            }
        }
        for (share, places) in reached.owned where share.event == events[0] {
            #expect(places <= 6)
        }
    }
}
