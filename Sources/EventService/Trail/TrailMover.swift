import Foundation
import Logging
import Metrics
import ServiceKit
import ServiceLifecycle

/// Moves what scripts have written down from Redis to the database, in batches, and forgets it after
/// some days. A record leaves Redis only once it is in the database; moved twice, it is one.
struct TrailMover: Service {
    private static let pause = Duration.seconds(1)
    /// Batches of one event in a row, so that a rush on one does not keep the others waiting.
    private static let batchesMax = 20
    private static let pruneBatch = 1_000
    private static let prunePause = Duration.seconds(300)

    let events: EventStore
    let seats: SeatState
    let store: TrailStore
    /// Days that entries are kept.
    let days: Int
    let logger: Logger

    private let moved = Counter(label: "seat_trail_records_moved_total")

    init(events: EventStore, seats: SeatState, store: TrailStore, days: Int, logger: Logger) {
        self.events = events
        self.seats = seats
        self.store = store
        self.days = days
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pruneAt = ContinuousClock.now
            while !Task.isCancelled {
                do {
                    for event in try await events.withTrail() {
                        await moveOrSay(event)
                    }
                    if ContinuousClock.now >= pruneAt {
                        while try await store.prune(olderThanDays: days, limit: Self.pruneBatch)
                            == Self.pruneBatch
                        {
                            try Task.checkCancellation()
                        }
                        pruneAt = .now + Self.prunePause
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("seat trail not kept", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// A fault with one event keeps no other waiting.
    private func moveOrSay(_ event: EventID) async {
        do {
            try await move(event)
        } catch is CancellationError {
            return
        } catch {
            logger.warning(
                "seat trail not moved", metadata: ["event.id": "\(event)", "error": "\(error)"])
        }
    }

    /// Moves what is there of an event, up to 10,000 records.
    func move(_ event: EventID) async throws {
        for _ in 0..<Self.batchesMax {
            let found = try await seats.trail(event: event.description)
            let records = found.compactMap { TrailRecord(id: $0.id, text: $0.text) }
            if records.count < found.count {
                logger.error(
                    "seat trail records not understood",
                    metadata: [
                        "event.id": "\(event)", "records": "\(found.count - records.count)",
                    ])
            }
            try await store.insert(records, of: event)
            try await seats.forgetTrail(event: event.description, found.map(\.id))
            moved.increment(by: records.count)
            if found.count < SeatState.trailBatchMax {
                return
            }
        }
    }
}
