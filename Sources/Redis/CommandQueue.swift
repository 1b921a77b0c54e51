import Synchronization

/// Where callers leave their batches for the connection's thread. Bounded.
final class CommandQueue: Sendable {
    enum Phase {
        case open
        /// Nothing new is taken; what is there is still served.
        case draining
        /// Everything unanswered fails now.
        case stopped
    }

    private struct State {
        var batches = FIFO<PendingBatch>()
        var commands = 0
        var bytes = 0
        var nextDeadline: ContinuousClock.Instant?
        var phase = Phase.open
        var hasThread = false
        var isThreadAsleep = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let commandsMax: Int
    private let bytesMax: Int
    private let state = Mutex(State())
    let wakeUp = WakeUp()

    init(commandsMax: Int, bytesMax: Int) {
        self.commandsMax = commandsMax
        self.bytesMax = bytesMax
    }

    // MARK: The callers' side

    /// True for the one caller that has to start the thread.
    func claimThread() -> Bool {
        state.withLock { state in
            guard !state.hasThread, state.phase == .open else { return false }
            state.hasThread = true
            return true
        }
    }

    /// Nil when the batch was taken.
    func add(_ batch: PendingBatch) -> RedisError? {
        let (error, wake): (RedisError?, Bool) = state.withLock { state in
            guard state.phase == .open else {
                return (RedisError(.closed, "the client is shut down", mayHaveRun: false), false)
            }
            if !hasRoom(&state, for: batch) {
                removeFinished(&state)
                guard hasRoom(&state, for: batch) else {
                    let text = "\(state.commands) commands wait already"
                    return (RedisError(.queueFull, text, mayHaveRun: false), false)
                }
            }
            state.batches.append(batch)
            state.commands += batch.commands.count
            state.bytes += batch.commands.bytes.count
            state.nextDeadline = earlier(state.nextDeadline, batch.deadline)
            defer { state.isThreadAsleep = false }
            return (nil, state.isThreadAsleep)
        }
        if wake { wakeUp.ring() }
        return error
    }

    func setPhase(_ phase: Phase) {
        state.withLock { $0.phase = phase }
        wakeUp.ring()
    }

    /// Suspends until the thread, if there is one, has ended.
    func waitForThread() async {
        await withCheckedContinuation { closer in
            let over = state.withLock { state in
                if state.hasThread { state.closers.append(closer) }
                return !state.hasThread
            }
            if over { closer.resume() }
        }
    }

    // MARK: The thread's side

    var phase: Phase { state.withLock { $0.phase } }

    var depth: Int { state.withLock { $0.commands } }

    /// Takes batches in order while they have at most so many commands and bytes in all; at
    /// least one if there is one.
    func take(commandsMax: Int, bytesMax: Int) -> [PendingBatch] {
        guard commandsMax > 0 else { return [] }
        return state.withLock { state in
            var taken: [PendingBatch] = []
            var commands = 0
            var bytes = 0
            while let next = state.batches.first {
                commands += next.commands.count
                bytes += next.commands.bytes.count
                if !taken.isEmpty, commands > commandsMax || bytes > bytesMax { break }
                _ = state.batches.removeFirst()
                state.commands -= next.commands.count
                state.bytes -= next.commands.bytes.count
                taken.append(next)
            }
            return taken
        }
    }

    struct Rest {
        /// From now on, whoever adds a batch wakes the thread.
        let maySleep: Bool
        let isEmpty: Bool
        /// When the first batch may be late.
        let deadline: ContinuousClock.Instant?
        let phase: Phase
    }

    /// With `unlessWaiting` there is no sleep while there is something to take.
    func prepareToSleep(unlessWaiting: Bool) -> Rest {
        state.withLock { state in
            let isEmpty = state.batches.isEmpty
            state.isThreadAsleep = !unlessWaiting || isEmpty
            return Rest(
                maySleep: state.isThreadAsleep, isEmpty: isEmpty, deadline: state.nextDeadline,
                phase: state.phase)
        }
    }

    /// Fails what has waited too long.
    func expire(now: ContinuousClock.Instant, because error: RedisError) {
        let late: [PendingBatch] = state.withLock { state in
            guard let next = state.nextDeadline, next <= now else { return [] }
            var late: [PendingBatch] = []
            state.nextDeadline = nil
            state.batches.forEach { batch in
                if batch.deadline <= now {
                    late.append(batch)
                } else {
                    state.nextDeadline = earlier(state.nextDeadline, batch.deadline)
                }
            }
            if !late.isEmpty {
                remove(&state) { $0.deadline <= now }
            }
            return late
        }
        for batch in late { batch.fail(error) }
    }

    /// The thread's last act.
    func end() {
        let error = RedisError(.closed, "the client is shut down", mayHaveRun: false)
        let (batches, closers) = state.withLock { state in
            state.phase = .stopped
            var batches: [PendingBatch] = []
            while let batch = state.batches.removeFirst() { batches.append(batch) }
            state.commands = 0
            state.bytes = 0
            state.hasThread = false
            return (batches, state.closers)
        }
        for batch in batches { batch.fail(error) }
        for closer in closers { closer.resume() }
    }

    // MARK: Under the lock

    private func hasRoom(_ state: inout State, for batch: PendingBatch) -> Bool {
        state.commands + batch.commands.count <= commandsMax
            && state.bytes + batch.commands.bytes.count <= bytesMax
    }

    private func removeFinished(_ state: inout State) {
        remove(&state) { $0.isFinished }
    }

    private func remove(_ state: inout State, where isGone: (PendingBatch) -> Bool) {
        state.batches.removeAll(where: isGone)
        state.commands = 0
        state.bytes = 0
        var commands = 0
        var bytes = 0
        state.batches.forEach { batch in
            commands += batch.commands.count
            bytes += batch.commands.bytes.count
        }
        state.commands = commands
        state.bytes = bytes
    }
}

func earlier(
    _ a: ContinuousClock.Instant?, _ b: ContinuousClock.Instant?
) -> ContinuousClock.Instant? {
    guard let a else { return b }
    guard let b else { return a }
    return min(a, b)
}
