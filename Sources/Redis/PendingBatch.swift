import Synchronization

/// Commands sent together, and the task that waits for all their answers.
final class PendingBatch: Sendable {
    typealias Answer = Result<[RedisReply], RedisError>

    private struct State {
        var waiter: CheckedContinuation<Answer, Never>?
        var replies: [RedisReply] = []
        var isSent = false
        var answer: Answer?
    }

    let commands: EncodedCommands
    let deadline: ContinuousClock.Instant
    private let state = Mutex(State())

    init(_ commands: EncodedCommands, deadline: ContinuousClock.Instant) {
        self.commands = commands
        self.deadline = deadline
    }

    /// Suspends until the batch is answered. `enqueue` runs once somebody listens.
    func answer(enqueue: (PendingBatch) -> RedisError?) async -> Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let early: Answer? = state.withLock { state in
                    if state.answer == nil { state.waiter = waiter }
                    return state.answer
                }
                if let early {
                    waiter.resume(returning: early)
                } else if let error = enqueue(self) {
                    fail(error)
                }
            }
        } onCancel: {
            state.withLock { state in
                let error = RedisError(
                    .cancelled, "the calling task was cancelled", mayHaveRun: state.isSent)
                return Self.finish(&state, .failure(error))
            }?()
        }
    }

    /// False: nobody waits any more, so there is no need to send it.
    func beginSending() -> Bool {
        state.withLock { state in
            guard state.answer == nil else { return false }
            state.isSent = true
            return true
        }
    }

    var isFinished: Bool {
        state.withLock { $0.answer != nil }
    }

    /// Takes the next answer in order; true when that was the last one.
    func receive(_ reply: RedisReply) -> Bool {
        let (isLast, resume) = state.withLock { state in
            state.replies.append(reply)
            let isLast = state.replies.count == commands.count
            let resume = isLast ? Self.finish(&state, .success(state.replies)) : nil
            return (isLast, resume)
        }
        resume?()
        return isLast
    }

    func fail(_ error: RedisError) {
        state.withLock { Self.finish(&$0, .failure(error)) }?()
    }

    /// Fails with a code that says itself whether the batch may have run.
    func fail(_ code: RedisError.Code, _ message: String) {
        let resume = state.withLock { state in
            let error = RedisError(code, message, mayHaveRun: state.isSent)
            return Self.finish(&state, .failure(error))
        }
        resume?()
    }

    /// What is left to do outside the lock, if this is the first answer.
    private static func finish(
        _ state: inout sending State, _ answer: Answer
    ) -> (@Sendable () -> Void)? {
        guard state.answer == nil else { return nil }
        state.answer = answer
        guard let waiter = state.waiter.take() else { return nil }
        return { waiter.resume(returning: answer) }
    }
}
