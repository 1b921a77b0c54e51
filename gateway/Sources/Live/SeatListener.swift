import HTTPTypes
import Hummingbird
import Metrics
import NIOCore
import RPC
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Somebody who listens to the seats of an event by server-sent events.
///
/// Nothing is queued for it: it waits until it has written, and then takes everything that has
/// come since.
final class SeatListener: Sendable {
    private static let snapshots = Counter(label: "live_snapshots_total")

    let hub: SeatHub
    private let leave: @Sendable (ObjectIdentifier) -> Void
    private let writingSince = Mutex<ContinuousClock.Instant?>(nil)
    private let ended: AsyncStream<Void>
    private let ending: AsyncStream<Void>.Continuation

    init(hub: SeatHub, leave: @escaping @Sendable (ObjectIdentifier) -> Void) {
        self.hub = hub
        self.leave = leave
        (ended, ending) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    deinit {
        leave(ObjectIdentifier(self))
    }

    /// Ends it, in whatever it is doing.
    func end() {
        ending.finish()
    }

    /// Whether one write takes longer than that.
    func hasWritten(for duration: Duration, at now: ContinuousClock.Instant) -> Bool {
        writingSince.withLock { $0.map { now - $0 > duration } ?? false }
    }

    /// Writes events until the peer leaves, the process stops, or `end()` is called; returns when
    /// there will be no more events.
    @concurrent func serve(
        _ request: Request, lastEventID: String?, to writer: inout any ResponseBodyWriter
    ) async throws {
        try await request.body.consumeWithInboundCloseHandler { _ in
            try await withGracefulShutdownHandler {
                try await untilEnd { try await write(lastEventID, to: &writer) }
            } onGracefulShutdown: {
                self.end()
            }
        } onInboundClosed: {
            self.end()
        }
    }

    /// Cancels what it runs, and throws, when the end comes.
    @concurrent private func untilEnd(
        _ body: @concurrent () async throws -> Void
    ) async throws {
        try await withoutActuallyEscaping(body) { body in
            let carried = Carried(run: body)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await carried.run()
                    return true
                }
                group.addTask {
                    for await _ in self.ended {}
                    return false
                }
                let isComplete = try await group.next() ?? false
                group.cancelAll()
                while await group.nextResult() != nil {}
                // The connection is cut: nothing more can be said to somebody who does not read.
                guard isComplete else { throw CancellationError() }
            }
        }
    }

    /// A closure on its way to the one child task that runs it.
    private struct Carried: @unchecked Sendable {
        let run: @concurrent () async throws -> Void
    }

    @concurrent private func write(
        _ lastEventID: String?, to writer: inout any ResponseBodyWriter
    ) async throws {
        // Apart from each other, so that not all of them come back at once.
        try await write(
            [ByteBuffer(string: "retry: \(Int.random(in: 1_000...4_000))\n\n")], to: &writer)
        var known = hub.position(lastEventID: lastEventID)
        while !Task.isCancelled {
            guard let position = known else {
                let (text, position) = try hub.snapshot()
                Self.snapshots.increment()
                try await write([text], to: &writer)
                known = position
                continue
            }
            switch await hub.board.next(after: position) {
            case .changes(let texts, let number):
                try await write(texts, to: &writer)
                known?.number = number
            case .gap:
                known = nil
            case .nothing:
                try await write([ByteBuffer(string: ":\n\n")], to: &writer)
            case .closed:
                return
            }
        }
    }

    @concurrent private func write(
        _ texts: [ByteBuffer], to writer: inout any ResponseBodyWriter
    ) async throws {
        writingSince.withLock { $0 = .now }
        defer { writingSince.withLock { $0 = nil } }
        try await writer.write(contentsOf: texts)
    }
}
