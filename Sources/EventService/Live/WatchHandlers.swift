import Contracts
import Metrics
import RPC
import ServiceKit
import Wire

/// The stream of seat changes (P9).
struct WatchHandlers: Sendable {
    /// How long a stream waits before it asks again for a state that is being rebuilt.
    fileprivate static let pause = Duration.milliseconds(100)
    /// How long it waits before it looks for what it has missed: a cause of gaps may last.
    fileprivate static let gapPause = Duration.milliseconds(10)
    /// How long changes are gathered after one was sent.
    fileprivate static let gatherTime = Duration.milliseconds(20)

    let events: EventStore
    let seats: SeatState
    let keeper: SeatKeeper
    let watch: SeatWatch

    private let snapshots = Counter(label: "seat_stream_snapshots_total")

    init(events: EventStore, seats: SeatState, keeper: SeatKeeper, watch: SeatWatch) {
        self.events = events
        self.seats = seats
        self.keeper = keeper
        self.watch = watch
    }

    func register(on router: inout CallRouter) {
        router.handleServerStream(EventV1.EventService.watchSeats) { request, writer, _ in
            try await stream(request, to: writer)
        }
    }

    private func stream(
        _ request: EventV1.WatchSeatsRequest, to writer: ResponseWriter<EventV1.WatchSeatsResponse>
    ) async throws {
        guard let event = EventID(request.eventID), let details = try await events.event(event),
            details.state != .draft
        else {
            throw RPCError.notFound(
                "event_unknown", "there is no event \"\(request.eventID)\"")
        }
        try await watch.withBoard(of: event) { board in
            var reader = Reader(event: event, board: board, writer: writer)
            if let after = request.after {
                reader.version = SeatStateVersion(
                    generation: SeatGeneration(after.generation), number: after.number)
            }
            while !board.isClosed {
                // The epoch first: what is missed from here on shows by it.
                let epoch = board.epoch
                if try await catchUp(&reader) {
                    try await reader.follow(epoch)
                }
            }
        }
    }

    /// What a reader does not have.
    private enum News {
        case updates([SeatUpdate])
        case whole(SeatSnapshot)
    }

    /// Brings a reader to the version of the seat state; false where there is none yet.
    private func catchUp(_ reader: inout Reader) async throws -> Bool {
        let news: News
        do throws(SeatStateError) {
            news = try await self.news(for: reader)
        } catch {
            guard error.code != .invalid else {
                throw error
            }
            if case .rebuilding = error.code {
                keeper.wake(reader.event)
            }
            try await Task.sleep(for: Self.pause)
            return false
        }
        switch news {
        case .updates(let updates):
            try await reader.send(updates)
        case .whole(let snapshot):
            snapshots.increment()
            try await reader.send(snapshot)
        }
        return true
    }

    private func news(for reader: Reader) async throws(SeatStateError) -> News {
        let event = reader.event.description
        if let version = reader.version {
            do throws(SeatStateError) {
                let outcome = try await seats.changes(event: event, after: version)
                if case .changes(let updates) = outcome {
                    return .updates(updates)
                }
            } catch {
                // A state of another generation is read whole.
                guard case .rebuilding(.some) = error.code else {
                    throw error
                }
            }
        }
        return .whole(try await seats.snapshot(event: event))
    }

    /// One stream and what its caller has.
    private struct Reader {
        let event: EventID
        let board: SeatWatch.Board
        let writer: ResponseWriter<EventV1.WatchSeatsResponse>
        /// Nil: nothing.
        var version: SeatStateVersion?

        /// Passes changes on until some were missed, or until there were none for a while and it
        /// is time to look whether that is so.
        mutating func follow(_ epoch: UInt64) async throws {
            while let version {
                let position = SeatWatch.Board.Position(epoch: epoch, number: version.number)
                switch await board.next(after: position) {
                case .changes(let updates, number: _):
                    guard updates.allSatisfy({ $0.generation == version.generation }) else {
                        // The state is new and nobody has told the board yet.
                        return try await Task.sleep(for: WatchHandlers.pause)
                    }
                    try await send(updates)
                    try await Task.sleep(for: WatchHandlers.gatherTime)
                case .nothing:
                    try await writer.write(
                        .with { $0.update = .heartbeat(.with { $0.version = .init(version) }) })
                    return
                case .gap:
                    return try await Task.sleep(for: WatchHandlers.gapPause)
                case .closed:
                    return try Task.checkCancellation()
                }
            }
        }

        mutating func send(_ updates: [SeatUpdate]) async throws {
            guard let changes = SeatUpdate.merged(updates) else {
                return
            }
            try await writer.write(.with { $0.update = .changes(changes) })
            version = SeatStateVersion(
                generation: SeatGeneration(changes.generation), number: changes.number)
        }

        mutating func send(_ snapshot: SeatSnapshot) async throws {
            try await writer.write(
                .with {
                    $0.update = .snapshot(
                        .with {
                            $0.version = .init(snapshot.version)
                            $0.states = String(decoding: snapshot.letters, as: UTF8.self)
                        })
                })
            version = snapshot.version
        }
    }
}
