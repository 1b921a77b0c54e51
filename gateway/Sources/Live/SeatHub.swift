import Contracts
import HTTPTypes
import Metrics
import NIOCore
import RPC
import ServiceKit
import Synchronization
import Wire

/// The live seats of one event: one stream from the event service, shared by all who listen.
///
/// Changes are gathered for at most `gatherTime`, written as text once, and kept for a while, so
/// that a listener that comes back, or is slow, finds what it has missed.
final class SeatHub: Sendable {
    /// Longest time that a change waits for others.
    private static let gatherTime = Duration.milliseconds(100)
    /// How long one stream lasts before it is made anew; less than servers allow.
    private static let streamTime = Duration.seconds(240)
    private static let pauses = Duration.milliseconds(50)...Duration.seconds(1)

    private struct State {
        var letters: [UInt8] = []
        var version: EventV1.SeatVersion?
        /// Changes that wait to be written.
        var pending: [EventV1.SeatChanges] = []
        /// The state as an event of the stream, for the version it was made of.
        var snapshot: (number: UInt64, text: ByteBuffer)?
        var failure: RPCError?
        /// What is known leads nowhere: the whole state is needed.
        var isBroken = false
    }

    let eventID: String
    /// Events of the stream as text: two minutes of them, at most 1 MiB.
    let board = LiveBoard<ByteBuffer>(countMax: 1_200, sizeMax: 1 << 20)
    private let state = Mutex(State())
    private let bell = Doorbell()
    private let hasPending: AsyncStream<Void>
    private let pending: AsyncStream<Void>.Continuation

    init(eventID: String) {
        self.eventID = eventID
        (hasPending, pending) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: Listeners' side

    /// Waits for a first state.
    ///
    /// - Throws: what the event service refuses with; UNAVAILABLE at the deadline.
    func waitUntilKnown(deadline: ContinuousClock.Instant) async throws {
        while true {
            let (isKnown, failure) = state.withLock { ($0.version != nil, $0.failure) }
            if let failure {
                throw failure
            }
            if isKnown {
                return
            }
            guard ContinuousClock.now < deadline else {
                throw RPCError.unavailable("rebuilding", "the seats are not known yet; try again")
            }
            try Task.checkCancellation()
            await bell.wait(atMost: .milliseconds(50))
        }
    }

    /// Where somebody goes on who has seen the event of that id; nil where it has to begin anew.
    func position(lastEventID: String?) -> LiveBoard<ByteBuffer>.Position? {
        guard let known = lastEventID.flatMap(SeatEventText.version(ofID:)) else {
            return nil
        }
        let epoch = board.epoch
        guard let version = state.withLock({ $0.version }), version.generation == known.generation
        else {
            return nil
        }
        if version.number == known.number {
            return .init(epoch: epoch, number: known.number)
        }
        return board.resume(from: known.number)
    }

    /// The whole state as an event of the stream, and what a listener has with it.
    func snapshot() throws -> (text: ByteBuffer, position: LiveBoard<ByteBuffer>.Position) {
        let epoch = board.epoch
        return try state.withLock { state in
            guard let version = state.version else {
                throw RPCError.unavailable("rebuilding", "the seats are not known yet; try again")
            }
            let position = LiveBoard<ByteBuffer>.Position(epoch: epoch, number: version.number)
            if let known = state.snapshot, known.number == version.number {
                return (known.text, position)
            }
            let text = try SeatEventText.event(
                "snapshot", version,
                EventV1.SeatSnapshot.with {
                    $0.version = version
                    $0.states = String(decoding: state.letters, as: UTF8.self)
                })
            state.snapshot = (version.number, text)
            return (text, position)
        }
    }

    // MARK: The event service's side

    /// Follows the event until `isWanted` says no, at the latest some seconds later, or until
    /// the event service refuses for good.
    func follow(_ client: RPCClient, isWanted: @escaping @Sendable () -> Bool) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.write() }
            await self.receive(client, isWanted)
            group.cancelAll()
        }
        board.close()
    }

    private func receive(_ client: RPCClient, _ isWanted: @Sendable () -> Bool) async {
        var pause = Self.pauses.lowerBound
        while !Task.isCancelled, isWanted() {
            let before = state.withLock { $0.isBroken ? nil : $0.version }
            do {
                try await client.withServerStream(
                    EventV1.EventService.watchSeats,
                    .with {
                        $0.eventID = eventID
                        $0.after = before
                    }, timeout: Self.streamTime
                ) { messages in
                    try await self.read(messages, isWanted)
                }
            } catch let error as RPCError where Self.isFinal(error.code) {
                state.withLock { $0.failure = error }
                bell.ring()
                return
            } catch {
                if before != state.withLock({ $0.version }) {
                    pause = Self.pauses.lowerBound
                }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, Self.pauses.upperBound)
            }
        }
    }

    private static func isFinal(_ code: RPCCode) -> Bool {
        switch code {
        case .notFound, .invalidArgument, .permissionDenied, .unauthenticated, .unimplemented: true
        default: false
        }
    }

    private func read(
        _ messages: MessageStream<EventV1.WatchSeatsResponse>, _ isWanted: @Sendable () -> Bool
    ) async throws {
        var iterator = messages.makeAsyncIterator()
        while isWanted(), let message = try await iterator.next() {
            switch message.update {
            case .snapshot(let snapshot): take(snapshot)
            case .changes(let changes): try take(changes)
            case .heartbeat, nil: break
            }
        }
    }

    private func take(_ snapshot: EventV1.SeatSnapshot) {
        state.withLock { state in
            state.letters = Array(snapshot.states.utf8)
            state.version = snapshot.version
            state.pending = []
            state.snapshot = nil
            state.isBroken = false
        }
        board.reset()
        bell.ring()
    }

    private func take(_ changes: EventV1.SeatChanges) throws {
        try state.withLock { state in
            let last = state.pending.last?.number ?? state.version?.number ?? 0
            guard state.version?.generation == changes.generation,
                changes.from...max(changes.from, changes.number) ~= last
            else {
                // Not to happen; the next stream begins with the whole state.
                state.isBroken = true
                throw RPCError(.dataLoss, "seat changes with a gap")
            }
            guard changes.number > last else {
                return
            }
            var next = changes
            // A stream that was made anew may tell again what is known.
            next.from = last
            state.pending.append(next)
        }
        pending.yield()
    }

    /// Writes what was gathered, at once after a pause, else as seldom as `gatherTime` says.
    private func write() async {
        var next = ContinuousClock.now
        for await _ in hasPending {
            try? await Task.sleep(until: next, clock: .continuous)
            next = .now + Self.gatherTime
            publish()
        }
    }

    private func publish() {
        let written: (SeatBatch, ByteBuffer)? = state.withLock { state in
            guard let batch = SeatBatch(state.pending), var version = state.version else {
                return nil
            }
            state.pending = []
            batch.apply(to: &state.letters)
            version.number = batch.changes.number
            state.version = version
            guard let text = try? SeatEventText.event("changes", version, batch.changes) else {
                return nil
            }
            return (batch, text)
        }
        if let (batch, text) = written {
            board.append(
                from: batch.changes.from, number: batch.changes.number, size: text.readableBytes,
                text)
        }
    }
}
