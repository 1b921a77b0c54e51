import Contracts
import Foundation
import Logging
import Metrics
import RPC
import SeatingPlan
import ServiceKit
import ServiceLifecycle
import Synchronization
import Wire

/// Offers what comes back to those who wait, in order (decision 0024). What it does next follows from
/// the list in the database and the seat state alone, so it may die at any step, and may run more
/// than once: an entry says which hold is to be made before it is made, and the hold script and the
/// guarded changes of the entry let of two one do it.
final class WaitingList: Service {
    /// A step after which tests let it die.
    enum Step: Sendable, CaseIterable {
        case begun, held, confirmed
    }

    private static let pause = Duration.seconds(1)
    /// How often events are looked at for which nobody is known to wait.
    private static let wholeEvery = Duration.seconds(30)
    /// How far this machine's clock may be behind Redis', seconds.
    private static let clockSlack: TimeInterval = 1
    private static let page = 500
    /// Offers of one event in one round.
    private static let offersMax = 200
    /// Tries in one round, where somebody else was quicker with free places.
    private static let triesMax = 4

    private let events: EventStore
    private let seats: SeatState
    private let store: WaitingStore
    private let layout: @Sendable (PlanID) async throws -> PlanLayout
    private let logger: Logger
    private let interrupt: @Sendable (Step) throws -> Void
    private let bell = Doorbell()
    private let woken = Mutex<Set<EventID>>([])
    /// What was found to be of no use to anybody, and for whom.
    private let done = Mutex<[EventID: Standing]>([:])
    private let offers = Counter(label: "waiting_list_offers_total")

    /// What a look at an event depends on.
    private struct Standing: Equatable {
        var version: SeatStateVersion
        var waiting: Int
        var newest: Int64
    }

    /// - Parameters:
    ///   - layout: the places of a plan.
    ///   - interrupt: for tests, called after each step; what it throws ends the round there.
    init(
        events: EventStore, seats: SeatState, store: WaitingStore,
        layout: @escaping @Sendable (PlanID) async throws -> PlanLayout, logger: Logger,
        interrupt: @escaping @Sendable (Step) throws -> Void = { _ in }
    ) {
        self.events = events
        self.seats = seats
        self.store = store
        self.layout = layout
        self.logger = logger
        self.interrupt = interrupt
    }

    /// Looks at an event at once.
    func wake(_ event: EventID) {
        woken.withLock { woken in
            if woken.count < 1_000 {
                woken.insert(event)
            }
        }
        bell.ring()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var wholeAt = ContinuousClock.now
            var known: Set<EventID> = []
            while !Task.isCancelled {
                do {
                    // Those of before once more: their last may have gone.
                    let before = known
                    known = Set(try await store.events())
                    var all = known.union(before).union(takeWoken())
                    if ContinuousClock.now >= wholeAt {
                        all.formUnion(try await events.onSale())
                        wholeAt = .now + Self.wholeEvery
                    }
                    for event in all where !Task.isCancelled {
                        await roundOrSay(event)
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("waiting lists not kept", metadata: ["error": "\(error)"])
                }
                await waitForNextRound()
            }
        }
    }

    /// Looks meanwhile at those who are woken.
    private func waitForNextRound() async {
        let next = ContinuousClock.now + Self.pause
        while !Task.isCancelled, ContinuousClock.now < next {
            for event in takeWoken() where !Task.isCancelled {
                await roundOrSay(event)
            }
            await bell.wait(atMost: next - .now)
        }
    }

    private func takeWoken() -> Set<EventID> {
        woken.withLock { woken in
            defer { woken.removeAll() }
            return woken
        }
    }

    /// A fault with one event keeps no other waiting.
    private func roundOrSay(_ event: EventID) async {
        do {
            try await round(event, now: Date())
        } catch is CancellationError {
            return
        } catch let error as SeatStateError where error.isRebuilding {
            // The keeper is at it, and this comes again in a second.
        } catch {
            logger.warning(
                "waiting list not kept", metadata: ["event.id": "\(event)", "error": "\(error)"])
        }
    }

    /// One look at an event: ends what is over, makes good what was cut short, offers what is free.
    func round(_ event: EventID, now: Date) async throws {
        guard let details = try await events.event(event) else {
            return
        }
        if let reason = Self.ending(details, now: now) {
            while try await store.endSome(
                event, reason, title: details.title, limit: Self.page, feed: events.feed)
                == Self.page
            {
                try Task.checkCancellation()
            }
            return
        }
        // The mark first: who joins after the count is read changes it.
        let keeping = try await seats.keeping(event: event.description)
        let layout = Lookup(plan: details.planID, layout: layout)
        try await reviewOffers(event, details, layout, now: now)
        let (waiting, newest) = try await store.waiting(event)
        guard waiting > 0 else {
            if let mark = keeping.mark {
                try await seats.stopKeeping(event: event.description, mark: mark)
            }
            return
        }
        if keeping.mark == nil {
            try await seats.startKeeping(event: event.description)
        }
        guard (try? EventRules.requireOnSale(details, now: now)) != nil else {
            return
        }
        for _ in 0..<Self.triesMax {
            try Task.checkCancellation()
            let snapshot = try await seats.snapshot(event: event.description)
            let standing = Standing(version: snapshot.version, waiting: waiting, newest: newest)
            guard done.withLock({ $0[event] }) != standing else {
                return
            }
            if try await offer(event, details, try await layout.get(), snapshot) {
                try await seats.letGo(event: event.description, upTo: snapshot.version)
                done.withLock { done in
                    if done.count >= 10_000 {
                        done.removeAll()
                    }
                    done[event] = standing
                }
                return
            }
        }
    }

    /// A plan that is looked up when it is needed first.
    private struct Lookup: Sendable {
        var plan: String
        var layout: @Sendable (PlanID) async throws -> PlanLayout

        func get() async throws -> PlanLayout {
            guard let id = PlanID(plan) else {
                throw UnreadableFact("the plan \(plan)")
            }
            return try await layout(id)
        }
    }

    /// Why the list of an event is over; nil where it is not.
    private static func ending(_ event: EventV1.Event, now: Date) -> String? {
        if event.state == .cancelled {
            return "event_cancelled"
        }
        if let closes = event.saleClosesAt?.date ?? event.startsAt?.date, now >= closes {
            return "sale_closed"
        }
        return nil
    }

    // MARK: Offers that were made

    private func reviewOffers(
        _ event: EventID, _ details: EventV1.Event, _ layout: Lookup, now: Date
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
        _ entry: WaitingStore.Entry, _ details: EventV1.Event, _ layout: Lookup, now: Date
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
    private func offer(
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
            offers.increment()
        }
    }
}

extension SeatStateError {
    /// There is no state right now, and somebody is about to make one.
    var isRebuilding: Bool {
        if case .rebuilding = code { true } else { false }
    }
}
