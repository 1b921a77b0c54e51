import NIOPosix

/// Runs what takes the CPU for long on threads of its own (NIO's blocking pool), and not on the event
/// loop that the handlers of RPC servers run on: its other calls would wait that long. To be used for
/// anything that may take more than a millisecond. Afterwards a handler is on its loop again.
///
/// Cancellation, priority and task-locals are those of the caller.
package func runOffLoop<Success: Sendable>(
    _ work: @concurrent @Sendable () async throws -> Success
) async throws -> Success {
    try await withTaskExecutorPreference(OffLoopExecutor.shared, operation: work)
}

/// The threads that ``runOffLoop(_:)`` leaves for. Not Swift's own pool: to the runtime it is no
/// preference at all, and a task without one stays where it is.
final class OffLoopExecutor: TaskExecutor {
    static let shared = OffLoopExecutor()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        NIOThreadPool.singleton.submit { _ in
            job.runSynchronously(on: Self.shared.asUnownedTaskExecutor())
        }
    }
}
