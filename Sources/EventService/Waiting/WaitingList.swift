import Contracts
import Foundation
import Logging
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
    /// Entries that are ended at once.
    private static let page = 500
    /// Tries in one round, where somebody else was quicker with free places.
    private static let triesMax = 4

    private let events: EventStore
    private let seats: SeatState
    private let store: WaitingStore
    private let layout: @Sendable (PlanID) async throws -> PlanLayout
    private let logger: Logger
    private let bell = Doorbell()
    private let woken = Mutex<Set<EventID>>([])
    /// What was found to be of no use to anybody, and for whom.
    private let done = Mutex<[EventID: Standing]>([:])
    private let offers: WaitingOffers

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
        offers = WaitingOffers(events: events, seats: seats, store: store, interrupt: interrupt)
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
        let layout = WaitingOffers.LazyLayout(id: details.planID, layout: layout)
        try await offers.review(event, details, layout, now: now)
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
            if try await offers.offer(event, details, try await layout.get(), snapshot) {
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
}

extension SeatStateError {
    /// There is no state right now, and somebody is about to make one.
    var isRebuilding: Bool {
        if case .rebuilding = code { true } else { false }
    }
}
