import CLinux
import Glibc
import Synchronization

/// What tasks hand to a connection's thread: a bounded queue and a way to wake the thread.
final class CommandQueue: Sendable {
    enum Closing: Equatable {
        case open
        /// Finish what is queued and running until then.
        case draining(until: ContinuousClock.Instant)
    }

    private struct State {
        var commands = FIFO<Command>()
        var isSleeping = false
        var closing = Closing.open
        var hasEnded = false
        var hasSession = false
        var lastConnectFailure: String?

        /// Whether the command belongs to a transaction of a session that is gone. One whose BEGIN
        /// still waits with it can wait for the next session.
        func isOrphan(_ command: Command) -> Bool {
            switch command.scope {
            case .independent, .begin:
                false
            case .inside(let lease), .end(let lease):
                !commands.contains { other in
                    if case .begin(lease, _) = other.scope { true } else { false }
                }
            }
        }
    }

    private let state = Mutex(State())
    private let limit: Int
    private let wakeDescriptor: Int32
    private let commandsUnfinished = Atomic<Int>(0)
    private let ready = Atomic<Bool>(false)

    init(limit: Int) throws(PostgresError) {
        self.limit = limit
        wakeDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeDescriptor >= 0 else {
            throw PostgresError(.connectFailed, "eventfd failed with errno \(errno).")
        }
    }

    deinit {
        close(wakeDescriptor)
    }

    /// Queued and running statements; for choosing the least loaded connection.
    var load: Int { commandsUnfinished.load(ordering: .relaxed) }
    /// Whether there is a session now.
    var isReady: Bool { ready.load(ordering: .relaxed) }
    var descriptor: Int32 { wakeDescriptor }
    var closing: Closing { state.withLock { $0.closing } }

    // MARK: Any task

    /// The reply comes in every case, at once when the queue is full or closed.
    func enqueue(_ command: Command) {
        var isAlwaysTaken = false
        if case .end = command.scope { isAlwaysTaken = true }
        let (refusal, mustWake) = state.withLock { state -> (PostgresError?, Bool) in
            if state.hasEnded || (state.closing != .open && command.scope == .independent) {
                return (Self.shutDown, false)
            }
            if state.commands.count >= limit, !isAlwaysTaken {
                return (exhausted("The connection's queue is full (\(limit) statements)."), false)
            }
            if !state.hasSession, state.isOrphan(command) {
                return (Self.transactionLost, false)
            }
            state.commands.append(command)
            commandsUnfinished.add(1, ordering: .relaxed)
            defer { state.isSleeping = false }
            return (nil, state.isSleeping)
        }
        if let refusal {
            command.reply.finish(.failure(refusal))
        } else if mustWake {
            wake()
        }
    }

    func drain(until deadline: ContinuousClock.Instant) {
        state.withLock { state in
            if case .draining(let earlier) = state.closing {
                state.closing = .draining(until: min(earlier, deadline))
            } else {
                state.closing = .draining(until: deadline)
            }
        }
        wake()
    }

    private func wake() {
        _ = eventfd_write(wakeDescriptor, 1)
    }

    // MARK: The thread only

    /// Moves up to `room` commands over. When none is left, the next `enqueue` wakes the thread.
    func take(_ room: Int, into batch: inout [Command]) -> (isEmpty: Bool, closing: Closing) {
        state.withLock { state in
            while batch.count < room, let command = state.commands.popFirst() {
                batch.append(command)
            }
            state.isSleeping = state.commands.isEmpty
            return (state.commands.isEmpty, state.closing)
        }
    }

    /// Balances `finish` for a command that the thread itself makes.
    func countInternal() {
        commandsUnfinished.add(1, ordering: .relaxed)
    }

    func clearWake() {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(wakeDescriptor, &count)
    }

    func beginSession() {
        state.withLock { state in
            state.hasSession = true
            state.lastConnectFailure = nil
        }
        ready.store(true, ordering: .relaxed)
    }

    /// Fails what cannot wait for the next session: statements of the transaction that was lost,
    /// and independent ones, which another connection can take at once.
    func endSession(_ error: PostgresError) {
        ready.store(false, ordering: .relaxed)
        let lost = state.withLock { state in
            state.hasSession = false
            let before = state
            return state.commands.removeAll { command in
                command.scope == .independent || before.isOrphan(command)
            }
        }
        for command in lost {
            finish(command, .failure(error))
        }
    }

    func noteConnectFailure(_ message: String) {
        state.withLock { $0.lastConnectFailure = message }
    }

    func finish(_ command: Command, _ result: StatementResult) {
        commandsUnfinished.subtract(1, ordering: .relaxed)
        command.reply.finish(result)
    }

    /// Fails what has waited too long; returns when the next one has.
    func expire(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let (expired, error, next) = state.withLock { state in
            var expired: [Command] = []
            while let first = state.commands.first, first.deadline <= now,
                let command = state.commands.popFirst()
            {
                expired.append(command)
            }
            // Sleeping again only by `take`: the poll that follows has a time limit either way.
            state.isSleeping = state.isSleeping || state.commands.isEmpty
            let error =
                if state.hasSession {
                    exhausted("The statement waited too long for its turn.")
                } else {
                    PostgresError(
                        .connectFailed,
                        "No connection in time: \(state.lastConnectFailure ?? "no answer yet").")
                }
            return (expired, error, state.commands.first?.deadline)
        }
        for command in expired {
            finish(command, .failure(error))
        }
        return next
    }

    func end() {
        let left = state.withLock { state in
            state.hasEnded = true
            return state.commands.removeAll { _ in true }
        }
        for command in left {
            finish(command, .failure(Self.shutDown))
        }
    }

    private func exhausted(_ message: String) -> PostgresError {
        PostgresError(.poolExhausted, "The pool is exhausted. " + message)
    }

    static let transactionLost = PostgresError(
        .connectionLost, "The transaction ended with its connection.")
    static let shutDown = PostgresError(.shutDown, "The pool is shutting down.")
}
