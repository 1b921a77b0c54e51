package import Logging
import ServiceLifecycle

/// Deletes what is old, a batch after the other until one is not full, then pauses; until the process
/// stops. A failure is logged and tried again after the pause.
///
/// - Parameters:
///   - limit: rows in a batch at most.
///   - what: for the log, e.g. "refusals".
///   - sweep: deletes so many at most, and returns how many.
package func sweepInBatches(
    of limit: Int, every pause: Duration, _ what: String, logger: Logger,
    _ sweep: @escaping @Sendable (_ limit: Int) async throws -> Int
) async {
    await cancelWhenGracefulShutdown {
        while !Task.isCancelled {
            do {
                while try await sweep(limit) == limit {
                    try Task.checkCancellation()
                }
            } catch is CancellationError {
                return
            } catch {
                logger.warning("\(what) not swept", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: pause)
        }
    }
}
