import ServiceLifecycle
import Synchronization

/// Ends the streams of a feed when the service stops: put it into `ServiceBase.runtime(streams:)`.
package final class FeedStreams: Service {
    private let doorbell: Doorbell
    private let closed = Atomic(false)

    init(doorbell: Doorbell) {
        self.doorbell = doorbell
    }

    /// Streams are to end.
    var isClosed: Bool { closed.load(ordering: .acquiring) }

    /// Waits for graceful shutdown, then lets every stream end.
    package func run() async throws {
        try? await gracefulShutdown()
        closed.store(true, ordering: .releasing)
        doorbell.ring()
    }
}
