import Synchronization

typealias StatementResult = Result<QueryResult, PostgresError>

/// One statement on its way through a connection, with everything that shares its Sync.
struct Command {
    enum Scope: Equatable {
        /// Its own implicit transaction.
        case independent
        /// First statement of a transaction; BEGIN and its settings travel in front of it.
        case begin(lease: UInt64, prologue: [String])
        /// Runs only in the transaction that `begin` opened on the same session.
        case inside(lease: UInt64)
        /// COMMIT or ROLLBACK.
        case end(lease: UInt64)
    }

    var query: PostgresQuery
    var scope: Scope
    var reply: Reply
    /// When waiting to be sent ends.
    var deadline: ContinuousClock.Instant
    var queuedAt: ContinuousClock.Instant
    /// The statement_timeout in force, for noticing a silent server; zero is none.
    var statementTimeout: Duration
    /// Control statements and second attempts go out unnamed.
    var isPrepared = true
}

/// Where the result goes.
enum Reply {
    /// The caller may stop waiting when its task is cancelled.
    case cancellable(PendingReply)
    /// The caller waits whatever happens.
    case awaited(CheckedContinuation<StatementResult, Never>)
    /// Nobody waits.
    case callback(@Sendable (StatementResult) -> Void)

    /// False when the caller has gone, so that the statement need not be sent.
    func markSent() -> Bool {
        if case .cancellable(let pending) = self { pending.markSent() } else { true }
    }

    func finish(_ result: StatementResult) {
        switch self {
        case .cancellable(let pending): pending.finish(result)
        case .awaited(let continuation): continuation.resume(returning: result)
        case .callback(let callback): callback(result)
        }
    }
}

/// A continuation that a result and a cancellation race for; the first one resumes it.
final class PendingReply: Sendable {
    typealias Continuation = CheckedContinuation<StatementResult, Never>

    private enum State {
        case new
        case queued(Continuation)
        case sent(Continuation)
        case done
    }

    private let state = Mutex(State.new)

    /// False when the task was cancelled before: then the continuation has been resumed.
    func install(_ continuation: Continuation) -> Bool {
        let installed = state.withLock { state in
            guard case .new = state else { return false }
            state = .queued(continuation)
            return true
        }
        if !installed {
            continuation.resume(returning: .failure(Self.cancelled(mayHaveRun: false)))
        }
        return installed
    }

    func markSent() -> Bool {
        state.withLock { state in
            switch state {
            case .queued(let continuation):
                state = .sent(continuation)
                return true
            case .sent:
                return true
            case .new, .done:
                return false
            }
        }
    }

    func finish(_ result: StatementResult) {
        take()?.continuation.resume(returning: result)
    }

    func cancel() {
        guard let (continuation, wasSent) = take() else { return }
        continuation.resume(returning: .failure(Self.cancelled(mayHaveRun: wasSent)))
    }

    private func take() -> (continuation: Continuation, wasSent: Bool)? {
        state.withLock { state in
            defer { state = .done }
            switch state {
            case .queued(let continuation): return (continuation, false)
            case .sent(let continuation): return (continuation, true)
            case .new, .done: return nil
            }
        }
    }

    private static func cancelled(mayHaveRun: Bool) -> PostgresError {
        PostgresError(.cancelled, "The calling task was cancelled.", mayHaveRun: mayHaveRun)
    }
}
