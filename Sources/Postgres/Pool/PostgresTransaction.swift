import Synchronization

/// A transaction in progress, given to the body of `PostgresPool.transaction`.
///
/// BEGIN travels with the first statement, so a transaction without one costs nothing.
package final class PostgresTransaction: Sendable {
    private struct State {
        var hasBegun = false
        var hasEnded = false
        /// The first failure. One without the server's verdict forbids COMMIT: the server may
        /// never have seen the statement.
        var failure: PostgresError?
    }

    private let queue: CommandQueue
    private let lease: UInt64
    private let prologue: [String]
    private let waitTimeout: Duration
    private let statementTimeout: Duration
    private let state = Mutex(State())

    init(
        queue: CommandQueue, lease: UInt64, prologue: [String], waitTimeout: Duration,
        statementTimeout: Duration
    ) {
        self.queue = queue
        self.lease = lease
        self.prologue = prologue
        self.waitTimeout = waitTimeout
        self.statementTimeout = statementTimeout
    }

    /// Runs one statement inside the transaction. After a failure the server refuses all others
    /// with `inFailedTransaction`.
    @discardableResult
    package func query(_ query: PostgresQuery) async throws(PostgresError) -> PostgresRows {
        let pending = PendingReply()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard pending.install(continuation) else { return }
                enqueue(query, reply: .cancellable(pending))
            }
        } onCancel: {
            pending.cancel()
        }
        switch result {
        case .success(let result):
            return PostgresRows(result: result)
        case .failure(let error):
            state.withLock { $0.failure = $0.failure ?? error }
            throw error
        }
    }

    private func enqueue(_ query: PostgresQuery, reply: Reply) {
        let isOpen = state.withLock { state in
            guard !state.hasEnded else { return false }
            let scope: Command.Scope =
                state.hasBegun ? .inside(lease: lease) : .begin(lease: lease, prologue: prologue)
            state.hasBegun = true
            // Under the lock: nothing may overtake BEGIN.
            queue.enqueue(command(query, scope: scope, reply: reply))
            return true
        }
        if !isOpen {
            reply.finish(
                .failure(PostgresError(.transactionEnded, "The transaction has ended.")))
        }
    }

    private func command(
        _ query: PostgresQuery, scope: Command.Scope, reply: Reply, isPrepared: Bool = true
    ) -> Command {
        let now = ContinuousClock.now
        return Command(
            query: query, scope: scope, reply: reply, deadline: now + waitTimeout, queuedAt: now,
            statementTimeout: statementTimeout, isPrepared: isPrepared)
    }

    /// Marks the end. False when there is nothing for the server to end.
    private func end() -> (mustTell: Bool, failure: PostgresError?) {
        state.withLock { state in
            defer { state.hasEnded = true }
            return (state.hasBegun && !state.hasEnded, state.failure)
        }
    }

    /// Returns when the server has confirmed the COMMIT; cancelling does not shorten that.
    func commit() async throws(PostgresError) {
        if let failure = state.withLock({ $0.failure }), failure.severity == nil {
            throw failure
        }
        let (mustTell, failure) = end()
        guard mustTell else { return }
        let result = try await withCheckedContinuation { continuation in
            queue.enqueue(
                command(
                    "COMMIT", scope: .end(lease: lease), reply: .awaited(continuation),
                    isPrepared: false))
        }.get()
        if result.commandTag != "COMMIT" {
            throw failure
                ?? PostgresError(.transactionAborted, "COMMIT was answered with a rollback.")
        }
    }

    /// Calls `done` when the connection is free for others.
    func rollback(_ done: @escaping @Sendable () -> Void) {
        guard end().mustTell else {
            done()
            return
        }
        // When it fails, the connection is gone and the transaction with it.
        queue.enqueue(
            command(
                "ROLLBACK", scope: .end(lease: lease), reply: .callback { _ in done() },
                isPrepared: false))
    }
}
