import Logging
import Metrics
import ServiceLifecycle

/// Expires bookings that were not paid in time, a bounded number at once.
struct ExpirySweeper: Service {
    private static let batch = 100
    private static let pause = Duration.milliseconds(250)

    let store: BookingStore
    let logger: Logger

    private let expired = Counter(label: "bookings_total", dimensions: [("outcome", "expired")])

    init(store: BookingStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var wait = Self.pause
                do {
                    let count = try await store.expire(limit: Self.batch)
                    expired.increment(by: count)
                    if count == Self.batch {
                        wait = .zero
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("bookings not expired", metadata: ["error": "\(error)"])
                    wait = .seconds(1)
                }
                try? await Task.sleep(for: wait)
            }
        }
    }
}
