extension PostgresPool {
    /// Runs `body` in a transaction on a connection of its own.
    ///
    /// Returns after the server has confirmed COMMIT; a COMMIT that fails throws, and when its
    /// result was lost with the connection the error says that it may have run. When `body`
    /// throws, the transaction is rolled back and the error passed on.
    ///
    /// - Parameters:
    ///   - isolation: The isolation level.
    ///   - readOnly: Whether the server refuses writes.
    ///   - statementTimeout: `statement_timeout` of this transaction; nil is the connection's.
    ///   - lockTimeout: `lock_timeout` of this transaction; nil is the connection's.
    ///   - retries: How often a transaction is run again after an error that `isRetryable`. Then
    ///     `body` must have no effect outside of the transaction.
    ///   - body: The statements. Everything it starts must end with it.
    @discardableResult
    package func transaction<T>(
        _ isolation: PostgresIsolation = .readCommitted, readOnly: Bool = false,
        statementTimeout: Duration? = nil, lockTimeout: Duration? = nil, retries: Int = 0,
        _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        let startedAt = ContinuousClock.now
        defer { metrics.transacted(ContinuousClock.now - startedAt) }
        let prologue = Self.prologue(isolation, readOnly, statementTimeout, lockTimeout)
        let queue = try await leases.acquire(deadline: startedAt + configuration.waitTimeout)
        var backoff = Backoff(delayMin: .milliseconds(2), delayMax: .milliseconds(200))
        var random = SystemRandomNumberGenerator()
        var retriesLeft = retries
        while true {
            let transaction = PostgresTransaction(
                queue: queue, lease: nextLease(), prologue: prologue,
                waitTimeout: configuration.waitTimeout,
                statementTimeout: statementTimeout ?? configuration.statementTimeout)
            do {
                let value = try await body(transaction)
                try await transaction.commit()
                leases.release(queue)
                return value
            } catch {
                guard retriesLeft > 0, (error as? PostgresError)?.isRetryable == true,
                    !Task.isCancelled
                else {
                    await finish(transaction, queue)
                    throw error
                }
                retriesLeft -= 1
                await Self.rollback(transaction)
                try? await Task.sleep(for: backoff.next(using: &random))
            }
        }
    }

    /// Rolls back and gives the connection back. A cancelled task does not wait for it: a
    /// statement may still be running.
    private func finish(_ transaction: PostgresTransaction, _ queue: CommandQueue) async {
        if Task.isCancelled {
            transaction.rollback { [leases] in leases.release(queue) }
        } else {
            await Self.rollback(transaction)
            leases.release(queue)
        }
    }

    private static func rollback(_ transaction: PostgresTransaction) async {
        await withCheckedContinuation { continuation in
            transaction.rollback { continuation.resume() }
        }
    }

    private static func prologue(
        _ isolation: PostgresIsolation, _ readOnly: Bool, _ statementTimeout: Duration?,
        _ lockTimeout: Duration?
    ) -> [String] {
        var statements = [
            "BEGIN ISOLATION LEVEL \(isolation.rawValue)\(readOnly ? " READ ONLY" : "")"
        ]
        // Not prepared and no SELECT: the snapshot is left to the first statement.
        if let statementTimeout {
            statements.append(
                "SET LOCAL statement_timeout = \(statementTimeout.wholeMilliseconds)")
        }
        if let lockTimeout {
            statements.append("SET LOCAL lock_timeout = \(lockTimeout.wholeMilliseconds)")
        }
        return statements
    }
}
