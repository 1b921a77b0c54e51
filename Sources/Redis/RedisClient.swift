package import Logging
import Metrics
import ServiceLifecycle

/// A client of one Redis, over one connection on a thread of its own.
///
/// Commands of all tasks share the connection and are pipelined. It connects at the first
/// command or at `run`, and again, with growing pauses, whenever the connection breaks. Meanwhile
/// commands wait until their deadline. What had been sent fails with `.connectionLost`.
package final class RedisClient: Service {
    private let configuration: RedisConfiguration
    private let logger: Logger
    private let queue: CommandQueue
    private let metrics = RedisMetrics()

    /// A client that is not connected yet.
    package init(configuration: RedisConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        queue = CommandQueue(
            commandsMax: configuration.queuedCommandsMax, bytesMax: configuration.queuedBytesMax)
    }

    deinit {
        queue.setPhase(.stopped)
    }

    // MARK: Life

    /// Serves until graceful shutdown, then answers what is queued, each within its deadline.
    package func run() async throws {
        startIfNeeded()
        do {
            try await gracefulShutdown()
            await shutDown()
        } catch {
            queue.setPhase(.stopped)
            await queue.waitForThread()
        }
    }

    /// Takes no more commands and returns when those taken are answered.
    package func shutDown() async {
        queue.setPhase(.draining)
        await queue.waitForThread()
        queue.setPhase(.stopped)
    }

    private func startIfNeeded() {
        guard queue.claimThread() else { return }
        startThread { [configuration, queue, metrics, logger] in
            CommandConnection(
                configuration: configuration, queue: queue, metrics: metrics, logger: logger
            ).run()
        }
    }

    // MARK: Commands

    /// One command, e.g. `["GET", "key"]`. An error that Redis answers is thrown with code
    /// `.server`. `timeout` nil = the configuration's.
    package func send(
        _ arguments: [RedisArgument], timeout: Duration? = nil
    ) async throws(RedisError) -> RedisReply {
        let replies = try await exchange([arguments], deadline: deadline(timeout))
        return try Self.only(replies)
    }

    /// Runs a script by its digest, or whole where Redis does not know it (after a restart).
    package func evaluate(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument],
        timeout: Duration? = nil
    ) async throws(RedisError) -> RedisReply {
        let start = ContinuousClock.now
        defer { script.duration.record(since: start) }
        let command = RedisCommand(script, keys: keys, arguments: arguments)
        return try Self.only(try await pipeline([command], timeout: timeout))
    }

    /// Several commands that leave together and run in order, with those of other tasks between
    /// them unless they are inside MULTI. Errors that Redis answers are `.error` replies. A
    /// script that Redis does not know runs after the others of the pipeline.
    package func pipeline(
        _ commands: [RedisCommand], timeout: Duration? = nil
    ) async throws(RedisError) -> [RedisReply] {
        let deadline = deadline(timeout)
        var replies = try await exchange(commands.map(\.arguments), deadline: deadline)
        var unknown: [Int] = []
        var again: [[RedisArgument]] = []
        for (index, command) in commands.enumerated() {
            if let fallback = command.fallback, case .error(let text) = replies[index],
                text.hasPrefix("NOSCRIPT")
            {
                unknown.append(index)
                again.append(fallback)
            }
        }
        if !unknown.isEmpty {
            let second = try await exchange(again, deadline: deadline)
            for (index, reply) in zip(unknown, second) { replies[index] = reply }
        }
        return replies
    }

    private func deadline(_ timeout: Duration?) -> ContinuousClock.Instant {
        .now + (timeout ?? configuration.commandTimeout)
    }

    private static func only(_ replies: [RedisReply]) throws(RedisError) -> RedisReply {
        guard let reply = replies.first, replies.count == 1 else {
            throw RedisError(.protocolViolation, "not one reply", mayHaveRun: true)
        }
        if case .error(let text) = reply { throw RedisError(serverMessage: text) }
        return reply
    }

    /// As many replies as commands.
    private func exchange(
        _ commands: [[RedisArgument]], deadline: ContinuousClock.Instant
    ) async throws(RedisError) -> [RedisReply] {
        guard !commands.isEmpty else { return [] }
        guard !commands.contains(where: \.isEmpty) else {
            throw RedisError(.invalidCommand, "a command without a name", mayHaveRun: false)
        }
        startIfNeeded()
        let start = ContinuousClock.now
        let batch = PendingBatch(EncodedCommands(commands), deadline: deadline)
        let answer = await batch.answer { queue.add($0) }
        metrics.commands.increment(by: commands.count)
        metrics.duration.record(since: start)
        if case .failure(let error) = answer { metrics.countError(error.code) }
        return try answer.get()
    }

    // MARK: Subscriptions

    /// Listens to channels and glob patterns, on a connection of its own, until the reading task
    /// is cancelled or the sequence is dropped. At most `bufferMax` unread events are kept.
    package func subscribe(
        channels: [String] = [], patterns: [String] = [], bufferMax: Int = 1_024
    ) -> RedisSubscription {
        RedisSubscription(
            channels: channels, patterns: patterns, bufferMax: bufferMax,
            configuration: configuration, logger: logger)
    }
}
