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

/// Keeps the seat state of every event that sells: puts it in place when it is missing or foreign
/// (a new event, a Redis that forgot), and frees what holds leave behind (P8).
final class SeatKeeper: Service {
    private static let pause = Duration.seconds(1)
    /// Expired holds freed in one script.
    private static let sweepBatch = 100
    /// Looks at the claims for one correction, while others change them.
    private static let correctionsMax = 10
    /// Events that may wait to be looked at out of turn.
    private static let wokenMax = 1_000

    private let events: EventStore
    private let seats: SeatState
    private let booking: ServiceCaller
    private let waiting: WaitingStore
    private let logger: Logger
    private let bell = Doorbell()
    private let woken = Mutex<Set<EventID>>([])
    private let rebuilds = Counter(label: "seat_state_rebuilds_total")

    init(
        events: EventStore, seats: SeatState, booking: ServiceCaller, waiting: WaitingStore,
        logger: Logger
    ) {
        self.events = events
        self.seats = seats
        self.booking = booking
        self.waiting = waiting
        self.logger = logger
    }

    /// Looks at an event at once.
    func wake(_ event: EventID) {
        woken.withLock { woken in
            if woken.count < Self.wokenMax {
                woken.insert(event)
            }
        }
        bell.ring()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                do {
                    await round(over: try await events.onSale())
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("seat states not kept", metadata: ["error": "\(error)"])
                }
                await waitForNextRound()
            }
        }
    }

    private func waitForNextRound() async {
        let next = ContinuousClock.now + Self.pause
        while !Task.isCancelled, ContinuousClock.now < next {
            let first = woken.withLock { woken in
                defer { woken.removeAll() }
                return woken
            }
            if !first.isEmpty {
                await round(over: Array(first))
            }
            await bell.wait(atMost: next - .now)
        }
    }

    /// One look at each event; a fault with one keeps no other waiting.
    private func round(over events: [EventID]) async {
        for event in events where !Task.isCancelled {
            do {
                try await restore(event)
                while try await seats.sweep(event: event.description, limit: Self.sweepBatch)
                    == Self.sweepBatch
                {
                    try Task.checkCancellation()
                }
            } catch {
                logger.warning(
                    "seat state not kept", metadata: ["event.id": "\(event)", "error": "\(error)"])
            }
        }
    }

    /// Puts a state in place where there is none that is valid: the claims of the booking
    /// database, and the feed position that they belong to, read in one snapshot.
    func restore(_ event: EventID) async throws {
        guard case .missing(let old, let runID) = try await seats.probe(event: event.description)
        else {
            return
        }
        guard let details = try await events.event(event) else {
            return
        }
        let claims = try await booking.call(
            BookingV1.BookingService.snapshotClaims, .with { $0.eventID = event.description })
        let letters = Self.letters(claims, count: Int(details.placeCount)).map(\.rawValue)
        let outcome = try await seats.install(
            event: event.description, replacing: old,
            generation: SeatGeneration(number: try await events.nextGeneration(), runID: runID),
            letters: letters, feedPosition: claims.position,
            planVersion: Int(details.planVersion),
            isAwaited: try await waiting.isAwaited(event))
        if case .installed = outcome {
            rebuilds.increment()
            logger.info(
                "seat state installed",
                metadata: [
                    "event.id": "\(event)", "feed.position": "\(claims.position)",
                    "places": "\(letters.count)",
                ])
        }
    }

    /// Takes every state away, holds with it, as a Redis that forgot would have: each is made anew of
    /// the claims.
    func forgetAll() async throws {
        for event in try await events.published() {
            try await seats.forget(event: event.description)
        }
        logger.warning("seat states forgotten: they are made anew")
    }

    /// Makes places what their claims say, where entries of the feed were left out.
    func correct(_ event: EventID, places: [Int]) async throws {
        for _ in 0..<Self.correctionsMax {
            try await restore(event)
            guard let details = try await events.event(event) else {
                return
            }
            let claims = try await booking.call(
                BookingV1.BookingService.snapshotClaims, .with { $0.eventID = event.description })
            let letters = Self.letters(claims, count: Int(details.placeCount))
            let changes = places.filter { $0 < letters.count }
                .map { SeatChange(place: $0, letter: letters[$0]) }
            let outcome: ApplyOutcome
            do {
                outcome = try await seats.correct(
                    event: event.description, position: claims.position, changes: changes)
            } catch {
                guard case .rebuilding = error.code else {
                    throw error
                }
                continue
            }
            if case .applied = outcome {
                return
            }
        }
        throw SeatStateMissing(event: event)
    }

    /// What each place of an event is by its claims.
    private static func letters(
        _ claims: BookingV1.SnapshotClaimsResponse, count: Int
    ) -> [SeatLetter] {
        var letters = [SeatLetter](repeating: .free, count: count)
        for (places, letter) in [
            (claims.pendingPlaces, SeatLetter.claimed), (claims.confirmedPlaces, .sold),
            (claims.blockedPlaces, .blocked), (claims.offeredPlaces, .claimed),
        ] {
            for place in places where Int(place) < count {
                letters[Int(place)] = letter
            }
        }
        return letters
    }
}
