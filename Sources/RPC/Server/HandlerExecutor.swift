import NIOCore
import Synchronization

/// Runs the handlers of one event loop's connections on that loop, what they do after a suspension
/// as well: a call costs no change of threads, and all that goes on in one turn of the loop is
/// answered with one flush for each connection (docs/decisions/0022).
///
/// What is computed for long must leave the loop by ``runOffLoop(_:)``.
final class HandlerExecutor: TaskExecutor {
    /// What a job counts: 256 of them, and the loop must have looked after its sockets.
    private static let stepsPerJob = LoopTurn.stepsMax / 256

    private let eventLoop: any EventLoop
    private let loopTurn: LoopTurn
    /// Jobs that other threads have made ready; bounded by the handlers that run.
    private let arrivals = Mutex<[UnownedJob]>([])
    /// Confined to the loop, as each access by ``enqueue(_:)`` checks first.
    private nonisolated(unsafe) var turn = Turn()

    private struct Turn {
        var jobs = CircularBuffer<UnownedJob>()
        /// Connections with replies that are not written yet.
        var answered: [ServerChannelHandler] = []
        /// The next job is the beginning of a task, and runs at once.
        var startsNext = false
        var isRunning = false
        var isScheduled = false
    }

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        loopTurn = .of(eventLoop)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard eventLoop.inEventLoop else { return arrive(job) }
        if turn.startsNext {
            turn.startsNext = false
            job.runSynchronously(on: asUnownedTaskExecutor())
        } else {
            turn.jobs.append(job)
            schedule()
        }
    }

    private func arrive(_ job: UnownedJob) {
        let isFirst = arrivals.withLock { arrivals in
            arrivals.append(job)
            return arrivals.count == 1
        }
        if isFirst { eventLoop.execute { self.runReady() } }
    }

    private func schedule() {
        guard !turn.isScheduled, !turn.isRunning else { return }
        turn.isScheduled = true
        @Sendable func run() {
            turn.isScheduled = false
            runReady()
        }
        if loopTurn.hasSteps { eventLoop.execute(run) } else { loopTurn.later(run) }
    }

    /// Makes a handler's task, and runs it until it suspends, before this returns. On the loop only.
    func start(_ run: @escaping CallRouter.Run, _ context: CallContext) -> Task<Void, Never> {
        turn.startsNext = true
        defer { turn.startsNext = false }
        return Task(executorPreference: self) { await run(context) }
    }

    /// Runs what is ready, then lets the connections write that have replies. On the loop only.
    func runReady() {
        guard !turn.isRunning else { return }
        turn.isRunning = true
        turn.jobs.append(
            contentsOf: arrivals.withLock { arrivals in
                let taken = arrivals
                arrivals.removeAll()
                return taken
            })
        while loopTurn.hasSteps, let job = turn.jobs.popFirst() {
            loopTurn.take(Self.stepsPerJob)
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
        turn.isRunning = false
        if !turn.jobs.isEmpty { schedule() }
        guard !turn.answered.isEmpty else { return }
        let answered = turn.answered
        turn.answered = []
        for connection in answered { connection.handlersRan() }
    }

    /// Calls ``ServerChannelHandler/handlersRan()`` when the jobs of this turn have run. On the loop
    /// only.
    func hasAnswer(_ connection: ServerChannelHandler) {
        turn.answered.append(connection)
        if !turn.isRunning { schedule() }
    }
}

/// The executors of a server, one for each event loop that has connections of it.
final class HandlerExecutors: Sendable {
    private let executors = Mutex<[ObjectIdentifier: HandlerExecutor]>([:])

    /// The executor of a loop; always the same one.
    func executor(of eventLoop: any EventLoop) -> HandlerExecutor {
        executors.withLock { executors in
            let id = ObjectIdentifier(eventLoop)
            if let known = executors[id] { return known }
            let new = HandlerExecutor(eventLoop: eventLoop)
            executors[id] = new
            return new
        }
    }
}
