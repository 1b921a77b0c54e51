import ServiceKit

/// Who of a batch may claim the places asked for. Pure: wishes and facts in, verdicts out.
///
/// Wishes are looked at in the order of their arrival; the first one gets a place, and a wish is
/// granted whole or not at all (P2). A refused wish takes nothing, so it keeps nobody else out.
enum BatchPlan {
    /// A place of an event.
    struct Place: Hashable, Comparable, Sendable {
        var event: EventID
        var index: UInt32

        static func < (a: Place, b: Place) -> Bool {
            a.event == b.event
                ? a.index < b.index : a.event.description < b.event.description
        }
    }

    /// A buyer at one event.
    struct Share: Hashable, Sendable {
        var event: EventID
        var buyer: UserID
    }

    /// What somebody asks for.
    struct Wish: Sendable, Equatable {
        var event: EventID
        var buyer: UserID
        /// Each at most once.
        var places: [UInt32]
        /// The event's limit for one buyer counts.
        var isLimited = true

        var share: Share { .init(event: event, buyer: buyer) }
        var claims: [Place] { places.map { .init(event: event, index: $0) } }
    }

    /// What must be known of an event.
    struct Event: Sendable, Equatable {
        /// It is not cancelled. A paused sale makes no holds, and books those that there are.
        var takesBookings: Bool
        /// Places that one buyer may have; nil = no limit.
        var placesPerBuyerMax: Int?
    }

    /// What the database says before the batch.
    struct Facts: Sendable, Equatable {
        /// Events that are known.
        var events: [EventID: Event] = [:]
        /// Places that are claimed, of those that are asked for.
        var taken: Set<Place> = []
        /// Places that buyers have already, where their event has a limit.
        var owned: [Share: Int] = [:]

        /// What holds once a wish has come true.
        mutating func grant(_ wish: Wish) {
            taken.formUnion(wish.claims)
            owned[wish.share, default: 0] += wish.places.count
        }
    }

    /// What follows for one wish.
    enum Verdict: Sendable, Equatable {
        case claim
        case taken(Set<UInt32>)
        case overLimit(max: Int)
        case notOnSale
        case eventUnknown
    }

    /// A verdict per wish, in their order.
    static func settle(_ wishes: [Wish], _ facts: Facts) -> [Verdict] {
        var facts = facts
        return wishes.map { wish in
            let verdict = verdict(on: wish, facts)
            if verdict == .claim {
                facts.grant(wish)
            }
            return verdict
        }
    }

    private static func verdict(on wish: Wish, _ facts: Facts) -> Verdict {
        guard let event = facts.events[wish.event] else {
            return .eventUnknown
        }
        guard event.takesBookings else {
            return .notOnSale
        }
        let taken = wish.places.filter {
            facts.taken.contains(.init(event: wish.event, index: $0))
        }
        guard taken.isEmpty else {
            return .taken(Set(taken))
        }
        if let max = event.placesPerBuyerMax, wish.isLimited,
            facts.owned[wish.share, default: 0] + wish.places.count > max
        {
            return .overLimit(max: max)
        }
        return .claim
    }
}
