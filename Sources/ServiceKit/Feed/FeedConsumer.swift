package import Foundation
package import Logging
import Metrics
import RPC
import ServiceLifecycle
package import Wire

/// How far a reader of a feed has come.
package struct FeedPosition: Equatable, Sendable {
    /// Position of the last entry that has taken effect; 0 = none.
    package var number: UInt64
    /// When that entry was recorded: it is known again by that. Nil where it is not known.
    package var recordedAt: Date?

    /// A position; without a time it is not checked whether the feed is still the same.
    package init(_ number: UInt64 = 0, recordedAt: Date? = nil) {
        self.number = number
        self.recordedAt = recordedAt
    }

    /// Whether two times of entries are one: both are rounded to microseconds on their way.
    static func isSame(_ a: Date, _ b: Date) -> Bool {
        abs(a.timeIntervalSince(b)) < 5e-6
    }
}

/// Where a consumer puts what it reads, and how far it has come.
package protocol FeedSink: Sendable {
    associatedtype Entry: FeedEntry
    /// The last entry that has taken effect.
    func position() async throws -> FeedPosition
    /// Makes entries take effect, in order, and moves the position with them. An error leaves
    /// position and effects together where they are; the consumer tries again.
    func apply(_ entries: [Entry]) async throws
    /// The feed as operators see it.
    var followed: FollowedFeed { get }
}

/// Follows another service's feed for as long as the process runs: by a stream, or by pages where
/// the peer has none or the connection has no windows.
///
/// The position in the sink is the acknowledgement: whatever breaks, it goes on from there.
package struct FeedConsumer<
    Request: FeedRequest, Page: FeedPage, Follow: FeedFollowRequest, Batch: FeedBatch,
    Sink: FeedSink
>: Service
where Page.Entry == Sink.Entry, Batch.Entry == Sink.Entry {
    private let name: String
    private let caller: ServiceCaller
    private let read: Method<Request, Page>
    private let follow: Method<Follow, Batch>
    private let sink: Sink
    private let timing: FeedTiming
    private let logger: Logger
    private let lag: Gauge
    private let lost: Gauge
    private let applied: Counter
    private let failures: Counter

    /// A consumer; `run()` starts it.
    ///
    /// - Parameters:
    ///   - name: the feed's service, for logs and metrics.
    ///   - caller: calls that service.
    ///   - read: its `ReadFeed`.
    ///   - follow: its `FollowFeed`.
    ///   - sink: what entries do here.
    ///   - timing: how long it waits for what.
    ///   - logger: for what goes wrong.
    package init(
        _ name: String, _ caller: ServiceCaller, _ read: Method<Request, Page>,
        _ follow: Method<Follow, Batch>, sink: Sink, timing: FeedTiming = FeedTiming(),
        logger: Logger
    ) {
        self.name = name
        self.caller = caller
        self.read = read
        self.follow = follow
        self.sink = sink
        self.timing = timing
        self.logger = logger
        let labels = [("feed", name), ("consumer", caller.name)]
        lag = Gauge(label: "feed_lag_entries", dimensions: labels)
        lost = Gauge(label: "feed_position_lost", dimensions: labels)
        applied = Counter(label: "feed_entries_applied_total", dimensions: labels)
        failures = Counter(label: "feed_failures_total", dimensions: labels)
    }

    /// The feed as operators see it, who may ask its service what it has, too.
    package var operated: OperatedFeed {
        OperatedFeed(followed: sink.followed) { position in
            try await look(at: position)
        }
    }

    private func look(at position: UInt64) async throws -> FeedLook {
        func page(after: UInt64) async throws -> Page {
            try await caller.call(
                read,
                .with {
                    $0.after = after
                    $0.limit = 1
                }, timeout: .seconds(10))
        }
        let first = try await page(after: 0)
        guard position > 0, position <= first.lastPosition else {
            return FeedLook(head: first.lastPosition)
        }
        let there = try await page(after: position - 1)
        let entry = there.entries.first { $0.position == position }
        return FeedLook(head: there.lastPosition, recordedAt: entry?.recordedAt?.date)
    }

    package func run() async throws {
        lost.record(0)
        await cancelWhenGracefulShutdown {
            var state = State(pause: timing.pauseMin)
            while !Task.isCancelled {
                do {
                    try await round(&state)
                } catch is CancellationError {
                    return
                } catch {
                    guard !Task.isCancelled else {
                        return
                    }
                    report(error, &state)
                }
                await state.rest(timing)
            }
        }
    }

    /// What one round leaves to the next.
    private struct State {
        /// Until when pages are read though there may be streams.
        var pagesUntil: ContinuousClock.Instant?
        /// How long to wait before the next round; it grows while nothing comes of rounds.
        var pause: Duration
        var isFruitful = true

        mutating func rest(_ timing: FeedTiming) async {
            guard !isFruitful else {
                pause = timing.pauseMin
                return
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, timing.pauseMax)
        }
    }

    private func round(_ state: inout State) async throws {
        state.isFruitful = false
        if let until = state.pagesUntil, ContinuousClock.now < until {
            try await readPage()
            state.isFruitful = true
            return
        }
        let start = ContinuousClock.now
        switch try await followStream() {
        case .ended(let entries):
            // A server that ends its streams at once is not asked without a pause.
            state.isFruitful = entries > 0 || ContinuousClock.now - start > .seconds(1)
        case .none:
            state.pagesUntil = .now + timing.pagesFor
            state.isFruitful = true
            logger.debug("feed read by pages", metadata: ["feed": "\(name)"])
        }
    }

    private func report(_ error: any Error, _ state: inout State) {
        failures.increment()
        var metadata: Logger.Metadata = [
            "feed": "\(name)", "error": "\(error)", "again_in": "\(state.pause)",
        ]
        guard let failure = error as? RPCError, failure.code == .outOfRange else {
            logger.warning("feed not followed", metadata: metadata)
            return
        }
        // Reading on would leave out facts; somebody has to say what is to become of them.
        lost.record(1)
        state.pause = timing.lostPause
        metadata["again_in"] = "\(state.pause)"
        logger.error(
            "feed does not have what was read of it; nothing is read on", metadata: metadata)
    }

    // MARK: Streams

    private enum StreamEnd {
        /// After so many entries.
        case ended(entries: Int)
        /// The peer has no such stream, or it would not wait for this side.
        case none
    }

    /// Follows one stream until it ends.
    private func followStream() async throws -> StreamEnd {
        let position = try await sink.position()
        let request = Follow.with {
            $0.after = position.number
            $0.afterRecordedAt = position.recordedAt.map { Timestamp($0) }
            $0.batchMax = timing.batchMax
        }
        do {
            return try await caller.withServerStream(
                follow, request, timeout: timing.streamTimeout
            ) { messages in
                var messages = messages.makeAsyncIterator()
                var reached = position.number
                while var batch = try await messages.next() {
                    guard messages.hasWindow else {
                        return .none
                    }
                    // What came while the last ones took effect goes into one transaction: else a
                    // feed that grows an entry at a time outruns its followers.
                    while batch.entries.count < Int(timing.batchMax),
                        let more = try messages.nextIfReady()
                    {
                        batch.entries += more.entries
                        batch.head = max(batch.head, more.head)
                    }
                    try await apply(batch.entries, head: batch.head, reached: &reached)
                }
                return .ended(entries: Int(clamping: reached - position.number))
            }
        } catch let error as RPCError where error.code == .unimplemented {
            return .none
        }
    }

    // MARK: Pages

    /// Reads what is new, waiting for it, and makes it take effect.
    private func readPage() async throws {
        let position = try await sink.position()
        let request = Request.with {
            $0.after = position.number
            $0.afterRecordedAt = position.recordedAt.map { Timestamp($0) }
            $0.limit = timing.batchMax
            $0.waitMs = UInt32(clamping: timing.pageWait.milliseconds)
        }
        let page = try await caller.call(read, request, timeout: timing.pageWait + .seconds(10))
        var reached = position.number
        try await apply(page.entries, head: page.lastPosition, reached: &reached)
    }

    private func apply(
        _ entries: [Sink.Entry], head: UInt64, reached: inout UInt64
    ) async throws {
        lost.record(0)
        if let first = entries.first, let last = entries.last {
            guard first.position == reached + 1,
                last.position == reached + UInt64(entries.count)
            else {
                throw FeedGap(after: reached, found: first.position)
            }
            try await sink.apply(entries)
            reached = last.position
            applied.increment(by: entries.count)
        }
        lag.record(head > reached ? head - reached : 0)
    }
}

/// How a consumer waits.
package struct FeedTiming: Sendable {
    /// Entries in one batch or page.
    package var batchMax: UInt32 = 500
    /// How long a page waits for a first entry.
    package var pageWait = Duration.seconds(5)
    /// How long pages are read before a stream is tried again.
    package var pagesFor = Duration.seconds(60)
    /// How long a stream lasts at most; servers end theirs before.
    package var streamTimeout = Duration.seconds(600)
    /// The first pause after a failure; it doubles up to `pauseMax`.
    package var pauseMin = Duration.milliseconds(50)
    /// The longest pause after failures.
    package var pauseMax = Duration.seconds(1)
    /// The pause where the feed does not have what was read of it.
    package var lostPause = Duration.seconds(15)

    /// The defaults.
    package init() {}
}

/// A feed that left entries out: a fault of its service.
package struct FeedGap: Error, CustomStringConvertible {
    var after: UInt64
    var found: UInt64
    package var description: String { "after entry \(after) of the feed comes \(found)" }
}
