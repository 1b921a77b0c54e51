import Contracts
import Foundation
import Metrics
import SeatingPlan
import ServiceKit
import Wire

/// The offers of a waiting list: those that were made are followed to their end, and what is free is
/// offered in order. Each step is written down before it is done, so that it may end after any.
struct WaitingOffers: Sendable {
    /// How far this machine's clock may be behind Redis', seconds.
    private static let clockSlack: TimeInterval = 1
    /// Entries that are read at once.
    private static let page = 500
    /// Offers of one event in one round.
    private static let offersMax = 200

    private let events: EventStore
    private let seats: SeatState
    private let store: WaitingStore
    private let interrupt: @Sendable (WaitingList.Step) throws -> Void
    private let offersMade = Counter(label: "waiting_list_offers_total")

    /// - Parameter interrupt: for tests, called after each step; what it throws ends the work there.
    init(
        events: EventStore, seats: SeatState, store: WaitingStore,
        interrupt: @escaping @Sendable (WaitingList.Step) throws -> Void
    ) {
        self.events = events
        self.seats = seats
        self.store = store
        self.interrupt = interrupt
    }

    /// A plan that is looked up when it is needed first.
    struct LazyLayout: Sendable {
        var id: String
        var layout: @Sendable (PlanID) async throws -> PlanLayout

        func get() async throws -> PlanLayout {
            guard let plan = PlanID(id) else {
                throw UnreadableFact("the plan \(id)")
            }
            return try await layout(plan)
        }
    }

    // MARK: Offers that were made

    /// Ends offers that are over, and makes good what was cut short.
    func review(
        _ event: EventID, _ details: EventV1.Event, _ layout: LazyLayout, now: Date
    ) async throws {
        var number: Int64 = 0
        while true {
            let entries = try await store.offers(event, after: number, limit: Self.page)
            for entry in entries {
                number = entry.number
                try await review(entry, details, layout, now: now)
            }
            guard entries.count == Self.page else {
                return
            }
        }
    }

    private func review(
        _ entry: WaitingStore.Entry, _ details: EventV1.Event, _ layout: LazyLayout, now: Date
    ) async throws {
        guard let hold = entry.hold else {
            return
        }
        // It was about to be made: whoever was at it has died, or is at it now. The same id is the
        // same hold.
        guard entry.state == .offered else {
            _ = try await make(entry, hold, details, try await layout.get(), now: now)
            return
        }
        let lookup = try await seats.get(
            event: entry.event.description, holdID: hold.description,
            buyerID: entry.buyer.description)
        switch lookup {
        case .found(let found, _) where found.state == .active || found.state == .redeemed:
            // Of what is with a booking, the booking feed tells.
            return
        case .found(let found, let version)
        where found.state == .lost && found.generation == version.generation:
            // A claim with a better right has a place of it.
            try await store.putBack(entry, hold)
        case .missing(let startedMs)
        where hold.madeAt.timeIntervalSince1970 * 1_000 >= Double(startedMs):
            try await end(entry, hold, details, now: now)
        case .found(let found, _) where found.state != .lost:
            try await end(entry, hold, details, now: now)
        case .found, .missing:
            // It was lost with the state before: the same places until the same time.
            let again = HoldID()
            guard let until = entry.until, until > now else {
                try await store.end(
                    entry, hold, .expired, title: details.title, feed: events.feed)
                return
            }
            guard
                try await store.begin(
                    entry, from: .offered, again, entry.places, until: until)
            else {
                return
            }
            try interrupt(.begun)
            _ = try await make(entry, again, details, try await layout.get(), now: now)
        }
    }

    /// The hold of an offer is over. Before its time, its holder has given it back.
    private func end(
        _ entry: WaitingStore.Entry, _ hold: HoldID, _ details: EventV1.Event, now: Date
    ) async throws {
        // Redis' clock has decided; this one need not be as far.
        let isLate = entry.until.map { $0 <= max(now, Date()) + Self.clockSlack } ?? true
        try await store.end(
            entry, hold, isLate ? .expired : .declined, title: details.title, feed: events.feed)
    }

    // MARK: New offers

    /// Offers what is free to whoever comes first and can use it.
    ///
    /// - Returns: true where nobody who waits can use what is left of the snapshot.
    func offer(
        _ event: EventID, _ details: EventV1.Event, _ layout: PlanLayout, _ snapshot: SeatSnapshot
    ) async throws -> Bool {
        var matcher = WaitingMatcher(layout: layout, letters: snapshot.letters)
        var number: Int64 = 0
        var made = 0
        var isWhole = true
        while true {
            let entries = try await store.waiting(event, after: number, limit: Self.page)
            for entry in entries {
                number = entry.number
                guard let places = matcher.take(entry.wish) else {
                    continue
                }
                guard made < Self.offersMax else {
                    return false
                }
                made += 1
                let hold = HoldID()
                guard
                    try await store.begin(
                        entry, from: .waiting, hold, places.map { Int32(clamping: $0) },
                        until: nil)
                else {
                    // They have left: what was meant for them is the next one's.
                    isWhole = false
                    continue
                }
                try interrupt(.begun)
                var begun = entry
                begun.places = places.map { Int32(clamping: $0) }
                if try await !make(begun, hold, details, layout, now: Date()) {
                    // Somebody else had one of them. The order is kept by looking anew.
                    return false
                }
            }
            guard entries.count == Self.page else {
                return isWhole
            }
        }
    }

    /// Holds the places of an offer that has begun, and says so.
    ///
    /// - Returns: false where they cannot be held.
    private func make(
        _ entry: WaitingStore.Entry, _ hold: HoldID, _ details: EventV1.Event,
        _ layout: PlanLayout, now: Date
    ) async throws -> Bool {
        let places = entry.places.map(Int.init)
        guard
            let pricing = HoldPricing(
                places: places, types: places.map { _ in "" }, event: details, layout: layout)
        else {
            try await store.putBack(entry, hold)
            return false
        }
        let whole = Duration.seconds(details.offerSeconds == 0 ? 3_600 : details.offerSeconds)
        var time = whole
        if let until = entry.until {
            time = min(whole, .milliseconds(Int64(until.timeIntervalSince(now) * 1_000)))
        }
        guard time > .zero else {
            try await store.end(entry, hold, .expired, title: details.title, feed: events.feed)
            return true
        }
        var wanted = HoldRequest(
            holdID: hold.description, buyerID: entry.buyer.description, seats: places,
            timeToLive: time, placesMax: SeatState.placesPerHoldMax)
        wanted.lines = HoldLines.write(pricing, currency: details.currency)
        wanted.isOffer = true
        let outcome = try await seats.hold(event: entry.event.description, wanted)
        switch outcome {
        case .held(let held, _), .replayed(let held, _):
            guard held.state == .active || held.state == .redeemed else {
                // Made, and over before that could be written down.
                if held.state == .lost {
                    try await store.putBack(entry, hold)
                    return false
                }
                try await store.end(
                    entry, hold, .expired, title: details.title, feed: events.feed)
                return true
            }
            try interrupt(.held)
            try await confirm(entry, hold, held, details)
            try interrupt(.confirmed)
            return true
        default:
            try await store.putBack(entry, hold)
            return false
        }
    }

    private func confirm(
        _ entry: WaitingStore.Entry, _ hold: HoldID, _ held: SeatHold, _ details: EventV1.Event
    ) async throws {
        let terms = try HoldLines.terms(of: held, event: entry.event)
        let until = Date(timeIntervalSince1970: Double(held.deadlineMs) / 1_000)
        // Made again after a loss, it is the offer that they know of.
        let isNews = entry.until == nil
        let fact = EventV1.WaitingOffered.with {
            $0.entryID = entry.id.description
            $0.eventID = entry.event.description
            $0.eventTitle = details.title
            $0.timeZone = details.timeZone
            $0.buyerID = entry.buyer.description
            $0.places = terms.places
            $0.totalMinor = terms.totalMinor
            $0.currency = terms.currency
            $0.expiresAt = terms.expiresAt
            $0.holdID = hold.description
        }
        try await store.confirm(
            entry, hold, until: until, feed: events.feed, fact: isNews ? fact : nil)
        if isNews {
            offersMade.increment()
        }
    }
}
