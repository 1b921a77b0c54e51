import Logging
import Metrics

/// Serves a command queue over one socket: all that is queued goes out together, answers come
/// back in order. Everything here runs on the connection's own thread.
final class CommandConnection {
    private struct InFlight {
        let batch: PendingBatch
        let start: UInt64
        let end: UInt64
    }

    /// Bytes handed to the kernel's buffer at most before answers are looked at again.
    private static let unwrittenBytesMax = 256 << 10

    private let configuration: RedisConfiguration
    private let queue: CommandQueue
    private let metrics: RedisMetrics
    private let logger: Logger
    private var backoff: Backoff
    private var random = SystemRandomNumberGenerator()
    private var inFlight = FIFO<InFlight>()
    private var inFlightCommands = 0
    private var nextDeadline: ContinuousClock.Instant?
    private var lastHeard = ContinuousClock.now
    private var lastFailure: RedisError?

    init(
        configuration: RedisConfiguration, queue: CommandQueue, metrics: RedisMetrics,
        logger: Logger
    ) {
        self.configuration = configuration
        self.queue = queue
        self.metrics = metrics
        self.logger = logger
        backoff = Backoff(min: configuration.backoffMin, max: configuration.backoffMax)
    }

    /// Returns when the queue is stopped, or draining and empty.
    func run() {
        while isNeeded {
            do throws(RedisError) {
                var socket = try connectedSocket(
                    configuration, wakeUp: queue.wakeUp, whileWaiting: expireQueued)
                noteConnected()
                do throws(RedisError) {
                    try serve(&socket)
                } catch {
                    failInFlight(because: error, writtenBytes: socket.writtenBytes)
                    throw error
                }
            } catch {
                noteFailure(error)
                pause(until: .now + backoff.next(using: &random))
            }
        }
        metrics.isConnected.record(0)
        queue.end()
    }

    private var isNeeded: Bool {
        switch queue.phase {
        case .open: true
        case .draining: queue.depth > 0
        case .stopped: false
        }
    }

    // MARK: While connected

    private func serve(_ socket: inout RedisSocket) throws(RedisError) {
        while true {
            try takeAndWrite(&socket)
            let rest = queue.prepareToSleep(unlessWaiting: hasRoom(socket))
            if rest.phase == .stopped {
                throw RedisError(.closed, "the client was shut down", mayHaveRun: true)
            }
            if rest.phase == .draining, rest.isEmpty, inFlight.isEmpty { return }
            if rest.maySleep {
                metrics.inFlightCommands.record(inFlightCommands)
                metrics.queuedCommands.record(queue.depth)
                let silence = inFlight.isEmpty ? nil : lastHeard + configuration.silenceLimit
                let soonest = earlier(earlier(rest.deadline, nextDeadline), silence)
                let ready = queue.wakeUp.wait(
                    socket: socket.descriptor, forWriting: socket.hasUnwrittenBytes,
                    until: soonest)
                if ready.canRead { try receive(from: socket) }
            }
            try checkTimes()
        }
    }

    private func hasRoom(_ socket: borrowing RedisSocket) -> Bool {
        inFlightCommands < configuration.inFlightCommandsMax
            && socket.appendedBytes - socket.writtenBytes < UInt64(Self.unwrittenBytesMax)
    }

    private func takeAndWrite(_ socket: inout RedisSocket) throws(RedisError) {
        if hasRoom(socket) {
            let batches = queue.take(
                commandsMax: configuration.inFlightCommandsMax - inFlightCommands,
                bytesMax: Self.unwrittenBytesMax)
            for batch in batches where batch.beginSending() {
                if inFlight.isEmpty { lastHeard = .now }
                let start = socket.appendedBytes
                try socket.append(batch.commands)
                inFlight.append(
                    InFlight(batch: batch, start: start, end: socket.appendedBytes))
                inFlightCommands += batch.commands.count
                nextDeadline = earlier(nextDeadline, batch.deadline)
            }
        }
        if socket.hasUnwrittenBytes { try socket.write() }
    }

    private func receive(from socket: borrowing RedisSocket) throws(RedisError) {
        guard try socket.read() else { return }
        lastHeard = .now
        while let reply = try socket.nextReply() {
            guard let first = inFlight.first else {
                let text = "a reply to no command: \(reply)"
                throw RedisError(.protocolViolation, text, mayHaveRun: true)
            }
            backoff.reset()
            if first.batch.receive(reply) {
                _ = inFlight.removeFirst()
                inFlightCommands -= first.batch.commands.count
            }
        }
    }

    private func checkTimes() throws(RedisError) {
        let now = ContinuousClock.now
        queue.expire(
            now: now, because: RedisError(.timedOut, "not sent in time", mayHaveRun: false))
        if let next = nextDeadline, next <= now {
            nextDeadline = nil
            inFlight.forEach { entry in
                if entry.batch.deadline <= now {
                    // Its place in the line stays: the answer may still come, and is dropped.
                    entry.batch.fail(
                        RedisError(.timedOut, "no answer in time", mayHaveRun: true))
                } else {
                    nextDeadline = earlier(nextDeadline, entry.batch.deadline)
                }
            }
        }
        if !inFlight.isEmpty, now >= lastHeard + configuration.silenceLimit {
            throw RedisError(.connectionLost, "Redis is silent", mayHaveRun: true)
        }
    }

    /// A batch of which no whole command left this process surely has not run.
    private func failInFlight(because error: RedisError, writtenBytes: UInt64) {
        while let entry = inFlight.removeFirst() {
            let left =
                entry.batch.commands.count == 1
                ? entry.end <= writtenBytes : entry.start < writtenBytes
            entry.batch.fail(RedisError(error.code, error.message, mayHaveRun: left))
        }
        inFlightCommands = 0
        nextDeadline = nil
    }

    // MARK: While not connected

    private func expireQueued() throws(RedisError) -> ContinuousClock.Instant? {
        let message = lastFailure.map { "not connected: \($0.message)" } ?? "not connected yet"
        queue.expire(
            now: .now, because: RedisError(.notConnected, message, mayHaveRun: false))
        let rest = queue.prepareToSleep(unlessWaiting: false)
        if rest.phase == .stopped {
            throw RedisError(.closed, "the client was shut down", mayHaveRun: false)
        }
        return rest.deadline
    }

    private func pause(until end: ContinuousClock.Instant) {
        while ContinuousClock.now < end, isNeeded {
            guard let deadline = try? expireQueued() else {
                queue.wakeUp.wait(until: end)
                continue
            }
            queue.wakeUp.wait(until: min(end, deadline))
        }
    }

    private func noteConnected() {
        metrics.connections.increment()
        metrics.isConnected.record(1)
        if lastFailure != nil {
            logger.info("Redis connected", metadata: ["redis.address": "\(configuration.address)"])
        }
        lastFailure = nil
    }

    private func noteFailure(_ error: RedisError) {
        metrics.isConnected.record(0)
        // Once for each row of failures.
        if lastFailure == nil, error.code != .closed {
            logger.warning(
                "Redis connection failed",
                metadata: [
                    "redis.address": "\(configuration.address)", "error": "\(error)",
                ])
        }
        lastFailure = error
    }
}

extension WakeUp {
    /// Blocks the calling thread until somebody rings or the instant passes.
    func wait(until deadline: ContinuousClock.Instant) {
        _ = wait(socket: nil, forWriting: false, until: deadline)
    }
}
