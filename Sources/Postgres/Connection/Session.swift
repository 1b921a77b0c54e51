import CPostgres

/// One `PGconn` in pipeline mode. Not Sendable: made and used on its connection's thread.
@safe
final class Session {
    /// A command whose results are awaited. One Sync ends it.
    private struct InFlight {
        var command: Command
        var sentAt: ContinuousClock.Instant
        /// Statements of the prologue without their result.
        var prologueLeft: Int
        var key: StatementCache.Key?
        var name: String?
        /// Whether the result that comes next, after the prologue's, is of the Parse.
        var awaitsPrepare = false
        /// Whether the Parse has not succeeded: the server does not know the name.
        var isUnprepared = false
        var outcome: StatementResult?
    }

    private let connection: OpaquePointer
    private let queue: CommandQueue
    private let metrics: PostgresMetrics
    private let stallGrace: Duration
    private var sender: StatementSender
    private var cache: StatementCache
    private var inFlight = FIFO<InFlight>()
    private var retries: [Command] = []
    private var namesToDeallocate: [String] = []
    private var openLease: UInt64?
    /// Since when the first command in flight is the one the server works on.
    private var headSince = ContinuousClock.now
    /// Why the session is over.
    private(set) var failure: PostgresError?

    /// Takes over a connection that is established.
    init(
        connection: OpaquePointer, configuration: PostgresConfiguration, queue: CommandQueue,
        metrics: PostgresMetrics
    ) {
        unsafe self.connection = connection
        self.queue = queue
        self.metrics = metrics
        stallGrace = configuration.stallGrace
        unsafe sender = StatementSender(connection: connection)
        cache = StatementCache(capacity: configuration.preparedStatementsMax)
        // Otherwise libpq prints notices to the standard error.
        _ = unsafe PQsetNoticeReceiver(connection, { _, _ in }, nil)
        if unsafe PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1 {
            fail("Pipeline mode was refused.")
        }
    }

    /// Ask again before each wait.
    var socket: Int32 { unsafe PQsocket(connection) }
    var inFlightCount: Int { inFlight.count }
    var hasRetries: Bool { !retries.isEmpty }

    /// When the server has been silent for too long.
    var stallDeadline: ContinuousClock.Instant? {
        guard let timeout = inFlight.first?.command.statementTimeout, timeout > .zero else {
            return nil
        }
        return headSince + timeout + stallGrace
    }

    func fail(_ message: String) {
        guard failure == nil else { return }
        failure = PostgresError(.connectionLost, message)
    }

    /// Answers everything that has no result, and closes the connection.
    func close() {
        let error = failure ?? CommandQueue.shutDown
        while let entry = inFlight.popFirst() {
            var lost = error
            switch entry.command.scope {
            // Without its COMMIT a transaction has no effect.
            case .begin, .inside: lost.mayHaveRun = false
            case .independent, .end: lost.mayHaveRun = true
            }
            if case .failure(let verdict) = entry.outcome, verdict.severity == "ERROR" {
                lost = verdict
            }
            finish(entry.command, .failure(lost))
        }
        for command in retries {
            finish(command, .failure(error))
        }
        retries = []
        unsafe PQfinish(connection)
    }

    private func finish(_ command: Command, _ result: StatementResult) {
        if case .failure(let error) = result {
            metrics.count(error)
        }
        queue.finish(command, result)
    }
}

// MARK: Sending

extension Session {
    func send(_ command: Command, now: ContinuousClock.Instant) {
        if let refusal = refusal(of: command) {
            finish(command, .failure(refusal))
            return
        }
        guard command.reply.markSent() else {
            finish(command, .failure(PostgresError(.cancelled, "The calling task was cancelled.")))
            return
        }
        metrics.waited(now - command.queuedAt)
        if case .inside = command.scope {
            transmit(command, now: now)
        } else {
            deallocate(now: now)
            transmit(command, now: now)
        }
    }

    func sendRetries(now: ContinuousClock.Instant) {
        let commands = retries
        retries = []
        for command in commands {
            transmit(command, now: now)
        }
    }

    /// False while something is left to be written.
    func flush() -> Bool {
        let state = unsafe PQflush(connection)
        if state < 0 {
            failFromConnection()
        }
        return state <= 0
    }

    private func refusal(of command: Command) -> PostgresError? {
        if let failure {
            return failure
        }
        if command.query.types.count > PostgresQuery.parametersMax
            || command.query.bytes.count > PostgresQuery.bytesMax
        {
            return PostgresError(
                .unsupported, "The statement's parameters are too many or too big.")
        }
        switch command.scope {
        case .independent, .begin:
            return nil
        case .inside(let lease), .end(let lease):
            guard openLease != lease else { return nil }
            return CommandQueue.transactionLost
        }
    }

    /// In its own Sync, outside of transactions: inside a failed one it would be refused.
    private func deallocate(now: ContinuousClock.Instant) {
        let names = namesToDeallocate
        namesToDeallocate = []
        for name in names {
            queue.countInternal()
            transmit(
                Command(
                    query: PostgresQuery(sql: "DEALLOCATE \(name)"), scope: .independent,
                    reply: .callback { _ in }, deadline: now, queuedAt: now,
                    statementTimeout: .zero, isPrepared: false),
                now: now)
        }
    }

    private func transmit(_ command: Command, now: ContinuousClock.Instant) {
        var entry = InFlight(command: command, sentAt: now, prologueLeft: 0)
        var isSent = true
        switch command.scope {
        case .independent, .inside:
            break
        case .begin(let lease, let prologue):
            openLease = lease
            entry.prologueLeft = prologue.count
            for sql in prologue {
                isSent = isSent && sender.sendUnnamed(PostgresQuery(sql: sql))
            }
        case .end:
            openLease = nil
        }
        if command.isPrepared {
            let key = StatementCache.Key(sql: command.query.sql, types: command.query.types)
            let name: String
            switch cache.lookup(key) {
            case .prepared(let known):
                name = known
            case .added(let added, let evicted):
                name = added
                if let evicted {
                    namesToDeallocate.append(evicted)
                }
                entry.awaitsPrepare = true
                entry.isUnprepared = true
                isSent = isSent && sender.prepare(command.query, name: name)
            }
            (entry.key, entry.name) = (key, name)
            isSent = isSent && sender.sendPrepared(command.query, name: name)
        } else {
            isSent = isSent && sender.sendUnnamed(command.query)
        }
        isSent = isSent && sender.sync()
        if inFlight.isEmpty {
            headSince = now
        }
        inFlight.append(entry)
        if !isSent {
            failFromConnection()
        }
    }
}

// MARK: Receiving

extension Session {
    /// Reads what has arrived and answers the commands that are complete.
    func receive() {
        let isReadable = unsafe PQconsumeInput(connection) == 1
        let now = ContinuousClock.now
        while failure == nil, !inFlight.isEmpty, unsafe PQisBusy(connection) == 0 {
            if let result = unsafe PQgetResult(connection) {
                unsafe receive(result, now: now)
            } else {
                endOfStatement()
            }
            if unsafe PQstatus(connection) == CONNECTION_BAD {
                failFromConnection()
            }
        }
        if !isReadable {
            failFromConnection()
        }
    }

    private func receive(_ result: OpaquePointer, now: ContinuousClock.Instant) {
        switch unsafe PQresultStatus(result) {
        case PGRES_PIPELINE_SYNC:
            unsafe PQclear(result)
            complete(now: now)
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            guard let entry = inFlight.first, entry.prologueLeft == 0 else {
                unsafe PQclear(result)
                return
            }
            if entry.awaitsPrepare {
                inFlight.first?.isUnprepared = false
                unsafe PQclear(result)
            } else {
                inFlight.first?.outcome = unsafe .success(QueryResult(result))
            }
        case PGRES_PIPELINE_ABORTED:
            unsafe PQclear(result)
        case PGRES_FATAL_ERROR:
            let error = unsafe PostgresError(result: result)
            unsafe PQclear(result)
            guard let entry = inFlight.first, entry.outcome == nil else { return }
            inFlight.first?.outcome = .failure(error)
            if case .begin(_, let prologue) = entry.command.scope,
                entry.prologueLeft == prologue.count
            {
                // Without BEGIN the following statements would commit one by one.
                fail("BEGIN failed: \(error.message)")
            }
        default:
            unsafe PQclear(result)
            inFlight.first?.outcome = .failure(
                PostgresError(.unsupported, "COPY cannot be used here."))
            fail("The session was given up: COPY.")
        }
    }

    /// A null between the results of two statements.
    private func endOfStatement() {
        guard let entry = inFlight.first else { return }
        if entry.prologueLeft > 0 {
            inFlight.first?.prologueLeft -= 1
        } else if entry.awaitsPrepare {
            inFlight.first?.awaitsPrepare = false
        }
    }

    private func complete(now: ContinuousClock.Instant) {
        guard let entry = inFlight.popFirst() else { return }
        headSince = now
        guard var outcome = entry.outcome else {
            finish(
                entry.command,
                .failure(
                    PostgresError(.connectionLost, "A result is missing.", mayHaveRun: true)))
            fail("A result is missing.")
            return
        }
        if mustRetry(entry, outcome) {
            var command = entry.command
            command.isPrepared = false
            retries.append(command)
            return
        }
        if entry.command.scope == .independent, case .success(let result) = outcome,
            result.beginsTransaction
        {
            outcome = .failure(
                PostgresError(.unsupported, "BEGIN must not be sent alone: use a transaction."))
            fail("The session was given up: BEGIN on a shared connection.")
        }
        metrics.queried(now - entry.sentAt)
        finish(entry.command, outcome)
    }

    /// Corrects the cache after a failure. True when the failure is only the cache's, nothing ran,
    /// and no transaction is broken by it.
    private func mustRetry(_ entry: InFlight, _ outcome: StatementResult) -> Bool {
        guard let key = entry.key, let name = entry.name else { return false }
        if entry.isUnprepared {
            _ = cache.remove(key, name: name)
            return false
        }
        guard case .failure(let error) = outcome else { return false }
        // Unknown: the Parse of an earlier command failed, or somebody sent DEALLOCATE ALL.
        let isUnknown = error.code == .invalidStatementName
        guard error.isStalePlan || isUnknown else { return false }
        if cache.remove(key, name: name), error.isStalePlan {
            namesToDeallocate.append(name)
        }
        return entry.command.scope == .independent
    }

    private func failFromConnection() {
        let message = unsafe String(cString: PQerrorMessage(connection)).trimmedLine
        fail(message.isEmpty ? "The connection was closed." : message)
    }
}
