import Contracts
import Metrics
import RPC
import ServiceKit
import ServiceLifecycle
import Synchronization
import Wire

/// Seat changes of all events as Redis publishes them: one subscription for the process, a board
/// for each event that somebody watches.
///
/// It stops before the RPC server does, so that the streams end by themselves.
final class SeatWatch: Service {
    /// Streams at once, of all events.
    static let streamsMax = 1_000
    /// Published changes that may wait to be sorted; more are missed, and looked up.
    private static let bufferMax = 10_000
    /// How long streams hear nothing when nothing changes.
    static let tick = Duration.seconds(5)

    /// The changes of one event.
    typealias Board = LiveBoard<SeatUpdate>

    private struct State {
        var boards: [EventID: (board: Board, streams: Int)] = [:]
        var streams = 0
        var isClosed = false
    }

    private let seats: SeatState
    private let state = Mutex(State())
    private let streams = Gauge(label: "seat_streams")

    init(seats: SeatState) {
        self.seats = seats
    }

    /// Sorts changes until graceful shutdown, then ends all streams.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { await self.sort() }
                group.addTask { await self.beat() }
            }
        }
        let boards = state.withLock { state in
            state.isClosed = true
            return state.boards.values.map(\.board)
        }
        for board in boards { board.close() }
    }

    private func sort() async {
        for await event in seats.updates(bufferMax: Self.bufferMax) {
            switch event {
            case .mayHaveMissed:
                for board in boards { board.reset() }
            case .update(let name, let update):
                guard let id = EventID(name),
                    let board = state.withLock({ $0.boards[id]?.board })
                else { continue }
                if let changes = update.changes {
                    board.append(
                        from: update.from, number: update.number, size: changes.count, update)
                } else {
                    board.reset()
                }
            }
        }
    }

    private func beat() async {
        while (try? await Task.sleep(for: Self.tick)) != nil {
            for board in boards { board.tick() }
        }
    }

    private var boards: [Board] {
        state.withLock { $0.boards.values.map(\.board) }
    }

    /// Runs `body` with the board of an event.
    ///
    /// - Throws: RESOURCE_EXHAUSTED over `streamsMax`, UNAVAILABLE during shutdown, what `body`
    ///   throws.
    func withBoard<Result>(
        of event: EventID, _ body: (Board) async throws -> Result
    ) async throws -> Result {
        let board = try join(event)
        defer { leave(event) }
        return try await body(board)
    }

    private func join(_ event: EventID) throws -> Board {
        try state.withLock { state in
            guard !state.isClosed else {
                throw RPCError.unavailable("stopping", "this process is being stopped")
            }
            guard state.streams < Self.streamsMax else {
                throw RPCError.failure(
                    .resourceExhausted, "too_many_watchers",
                    "\(Self.streamsMax) streams are open here", retryAfter: .seconds(5))
            }
            // As many changes as a slow stream may be behind; places count as their size.
            var entry =
                state.boards[event] ?? (LiveBoard(countMax: 2_000, sizeMax: 20_000), 0)
            entry.streams += 1
            state.boards[event] = entry
            state.streams += 1
            streams.record(state.streams)
            return entry.board
        }
    }

    private func leave(_ event: EventID) {
        state.withLock { state in
            state.boards[event]?.streams -= 1
            if state.boards[event]?.streams == 0 {
                state.boards[event] = nil
            }
            state.streams -= 1
            streams.record(state.streams)
        }
    }
}

extension SeatUpdate {
    /// Several changes that follow each other as one: the last letter of each place.
    static func merged(_ updates: [SeatUpdate]) -> EventV1.SeatChanges? {
        guard let first = updates.first, let last = updates.last else {
            return nil
        }
        var letters: [Int: SeatLetter] = [:]
        var order: [Int] = []
        for change in updates.lazy.flatMap({ $0.changes ?? [] }) {
            if letters.updateValue(change.letter, forKey: change.place) == nil {
                order.append(change.place)
            }
        }
        return .with {
            $0.generation = last.generation.text
            $0.from = first.from
            $0.number = last.number
            $0.places = order.map { UInt32(clamping: $0) }
            $0.states = String(
                decoding: order.compactMap { letters[$0]?.rawValue }, as: UTF8.self)
            $0.changedAtMs = first.changedAtMs
        }
    }
}
