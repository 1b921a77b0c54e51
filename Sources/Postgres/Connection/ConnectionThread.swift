import CPostgres
import Logging

/// The loop of one connection's thread: connect, serve the queue, connect again.
/// Not Sendable: made on its thread.
final class ConnectionThread {
    private let configuration: PostgresConfiguration
    private let queue: CommandQueue
    private let metrics: PostgresMetrics
    private let logger: Logger
    private var backoff: Backoff
    private var random = SystemRandomNumberGenerator()

    private init(
        _ configuration: PostgresConfiguration, _ queue: CommandQueue, _ metrics: PostgresMetrics,
        _ logger: Logger
    ) {
        self.configuration = configuration
        self.queue = queue
        self.metrics = metrics
        self.logger = logger
        backoff = Backoff(
            delayMin: configuration.reconnectDelayMin, delayMax: configuration.reconnectDelayMax)
    }

    /// Starts the thread. `onEnd` is called on it as the last thing, when the queue was drained.
    static func start(
        configuration: PostgresConfiguration, queue: CommandQueue, metrics: PostgresMetrics,
        logger: Logger, onEnd: @escaping @Sendable () -> Void
    ) throws(PostgresError) {
        try PostgresThread.start {
            ConnectionThread(configuration, queue, metrics, logger).run()
            onEnd()
        }
    }

    private func run() {
        while let session = openSession() {
            let openedAt = ContinuousClock.now
            queue.beginSession()
            metrics.addConnections(1)
            serve(session)
            metrics.addConnections(-1)
            session.close()
            guard let failure = session.failure else { break }
            queue.endSession(failure)
            metrics.countLoss()
            logger.warning(
                "PostgreSQL connection lost", metadata: ["error": "\(failure.message)"])
            // A session that lived proves that the server is well; one that broke at once does not.
            if ContinuousClock.now - openedAt > configuration.reconnectDelayMax {
                backoff.reset()
            }
            pause()
        }
        queue.end()
    }

    // MARK: Connecting

    /// Nil when the queue is being drained.
    private func openSession() -> Session? {
        while queue.closing == .open {
            switch connect() {
            case .success(let session):
                return session
            case .failure(let error):
                queue.noteConnectFailure(error.message)
                metrics.count(error)
                logger.debug(
                    "PostgreSQL connection failed", metadata: ["error": "\(error.message)"])
                pause()
            }
        }
        return nil
    }

    private func pause() {
        let end = ContinuousClock.now + backoff.next(using: &random)
        while queue.closing == .open, ContinuousClock.now < end {
            _ = wait(socket: -1, events: 0, until: end)
        }
    }

    private func connect() -> Result<Session, PostgresError> {
        let opening = PlainConnection.Opening(configuration)
        let deadline = ContinuousClock.now + configuration.connectTimeout
        while true {
            switch opening.poll() {
            case .failed(let message):
                return .failure(PostgresError(.connectFailed, message))
            case .established(let connection):
                let session = unsafe Session(
                    connection: connection, configuration: configuration, queue: queue,
                    metrics: metrics)
                return .success(session)
            case .waiting(let socket, let events):
                guard ContinuousClock.now < deadline, queue.closing == .open else {
                    return .failure(
                        PostgresError(.connectFailed, "The server did not answer in time."))
                }
                opening.isReady = wait(socket: socket, events: events, until: deadline) != 0
            }
        }
    }

    /// Waits for the socket or a call from the queue, whose deadlines it watches.
    private func wait(
        socket: Int32, events: Int16, until: ContinuousClock.Instant
    ) -> Int16 {
        let next = queue.expire(now: .now)
        let happened = Descriptors.wait(
            socket: socket, events: events, wake: queue.descriptor,
            until: min(until, next ?? until))
        if happened.wake != 0 {
            queue.clearWake()
        }
        return happened.socket
    }

    // MARK: Serving

    /// Returns when the session failed, or when the drained queue is empty.
    private func serve(_ session: Session) {
        var batch: [Command] = []
        while session.failure == nil {
            let now = ContinuousClock.now
            session.sendRetries(now: now)
            let room = configuration.pipelineWindow - session.inFlightCount
            let view = queue.take(room, into: &batch)
            for command in batch {
                session.send(command, now: now)
            }
            batch.removeAll(keepingCapacity: true)
            let isFlushed = session.flush()
            var until = session.stallDeadline
            if let until, until <= now {
                session.fail("The server has been silent for too long.")
                return
            }
            if !view.isEmpty {
                until = earlier(until, queue.expire(now: now))
            }
            if case .draining(let end) = view.closing {
                if session.inFlightCount == 0, view.isEmpty, !session.hasRetries { return }
                guard now < end else { return }
                until = earlier(until, end)
            }
            guard session.failure == nil, !session.hasRetries else { continue }
            waitAndReceive(session, isFlushed: isFlushed, until: until)
        }
    }

    private func waitAndReceive(
        _ session: Session, isFlushed: Bool, until: ContinuousClock.Instant?
    ) {
        let events =
            isFlushed ? Descriptors.readable : Descriptors.readable | Descriptors.writable
        let happened = Descriptors.wait(
            socket: session.socket, events: events, wake: queue.descriptor, until: until)
        if happened.wake != 0 {
            queue.clearWake()
        }
        // Errors and hang-ups are found by reading.
        if happened.socket & ~Descriptors.writable != 0 {
            session.receive()
        }
    }

    private func earlier(
        _ first: ContinuousClock.Instant?, _ second: ContinuousClock.Instant?
    ) -> ContinuousClock.Instant? {
        guard let first, let second else { return first ?? second }
        return min(first, second)
    }
}
