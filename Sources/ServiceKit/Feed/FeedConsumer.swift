package import Logging
import Metrics
import ServiceLifecycle
package import Wire

/// Where a consumer puts what it reads, and how far it has come.
package protocol FeedSink: Sendable {
    associatedtype Entry: FeedEntry
    /// Position of the last entry that has taken effect.
    func position() async throws -> UInt64
    /// Makes entries take effect, in order, and moves the position with them. An error leaves
    /// position and effects together where they are; the consumer tries again.
    func apply(_ entries: [Entry]) async throws
}

/// Follows another service's feed for as long as the process runs.
package struct FeedConsumer<Request: FeedRequest, Page: FeedPage, Sink: FeedSink>: Service
where Page.Entry == Sink.Entry {
    private static var batch: UInt32 { 500 }
    private static var wait: Duration { .seconds(5) }

    private let name: String
    private let caller: ServiceCaller
    private let method: Method<Request, Page>
    private let sink: Sink
    private let logger: Logger
    private let lag: Gauge
    private let applied: Counter
    private let failures: Counter

    /// A consumer; `run()` starts it.
    ///
    /// - Parameters:
    ///   - name: the feed's service, for logs and metrics.
    ///   - caller: calls that service.
    ///   - method: its `ReadFeed`.
    ///   - sink: what entries do here.
    ///   - logger: for what goes wrong.
    package init(
        _ name: String, _ caller: ServiceCaller, _ method: Method<Request, Page>, sink: Sink,
        logger: Logger
    ) {
        self.name = name
        self.caller = caller
        self.method = method
        self.sink = sink
        self.logger = logger
        lag = Gauge(label: "feed_lag_entries", dimensions: [("feed", name)])
        applied = Counter(label: "feed_entries_applied_total", dimensions: [("feed", name)])
        failures = Counter(label: "feed_failures_total", dimensions: [("feed", name)])
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var backOff = Duration.milliseconds(50)
            while !Task.isCancelled {
                do {
                    try await follow()
                    backOff = .milliseconds(50)
                } catch is CancellationError {
                    return
                } catch {
                    guard !Task.isCancelled else {
                        return
                    }
                    failures.increment()
                    logger.warning(
                        "feed not followed",
                        metadata: [
                            "feed": "\(name)", "error": "\(error)", "again_in": "\(backOff)",
                        ]
                    )
                    try? await Task.sleep(for: backOff)
                    backOff = min(backOff * 2, .seconds(1))
                }
            }
        }
    }

    /// One round: read what is new, and make it take effect.
    private func follow() async throws {
        let after = try await sink.position()
        let request = Request.with {
            $0.after = after
            $0.limit = Self.batch
            $0.waitMs = UInt32(clamping: Self.wait.milliseconds)
        }
        let page = try await caller.call(method, request, timeout: Self.wait + .seconds(10))
        if !page.entries.isEmpty {
            try await sink.apply(page.entries)
            applied.increment(by: page.entries.count)
        }
        let reached = page.entries.last?.position ?? after
        lag.record(page.lastPosition > reached ? page.lastPosition - reached : 0)
    }
}
