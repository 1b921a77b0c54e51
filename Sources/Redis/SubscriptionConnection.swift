import Logging

/// Keeps one subscription alive. Everything here runs on the connection's own thread.
final class SubscriptionConnection {
    /// Silence after which the peer is asked for a sign of life.
    private static let pingAfter = Duration.seconds(5)
    /// How soon the reader is told of an overflow when no message follows.
    private static let overflowRetry = Duration.milliseconds(20)

    private let channels: [String]
    private let patterns: [String]
    private let configuration: RedisConfiguration
    private let events: AsyncStream<RedisSubscriptionEvent>.Continuation
    private let stop: StopSignal
    private let logger: Logger
    private var backoff: Backoff
    private var random = SystemRandomNumberGenerator()
    private var unconfirmed = 0
    private var owesOverflow = false
    private var hasFailed = false

    init(
        channels: [String], patterns: [String], configuration: RedisConfiguration,
        events: AsyncStream<RedisSubscriptionEvent>.Continuation, stop: StopSignal, logger: Logger
    ) {
        self.channels = channels
        self.patterns = patterns
        self.configuration = configuration
        self.events = events
        self.stop = stop
        self.logger = logger
        backoff = Backoff(min: configuration.backoffMin, max: configuration.backoffMax)
    }

    /// Returns when told to stop.
    func run() {
        while !stop.isSet {
            do throws(RedisError) {
                var socket = try connectedSocket(
                    configuration, wakeUp: stop.wakeUp, whileWaiting: checkStop)
                try listen(&socket)
            } catch {
                if !hasFailed, error.code != .closed {
                    logger.warning(
                        "Redis subscription interrupted", metadata: ["error": "\(error)"])
                }
                hasFailed = true
                let end = ContinuousClock.now + backoff.next(using: &random)
                while !stop.isSet, ContinuousClock.now < end { stop.wakeUp.wait(until: end) }
            }
        }
        events.finish()
    }

    private func checkStop() throws(RedisError) -> ContinuousClock.Instant? {
        if stop.isSet { throw RedisError(.closed, "the subscription is over", mayHaveRun: false) }
        return nil
    }

    private func listen(_ socket: inout RedisSocket) throws(RedisError) {
        var commands: [[RedisArgument]] = []
        if !channels.isEmpty { commands.append(["SUBSCRIBE"] + channels.map { .text($0) }) }
        if !patterns.isEmpty { commands.append(["PSUBSCRIBE"] + patterns.map { .text($0) }) }
        unconfirmed = channels.count + patterns.count
        try socket.append(EncodedCommands(commands))

        var lastHeard = ContinuousClock.now
        var hasPinged = false
        while true {
            _ = try checkStop()
            if socket.hasUnwrittenBytes { try socket.write() }
            var soonest = lastHeard + (hasPinged ? configuration.silenceLimit : Self.pingAfter)
            if owesOverflow { soonest = min(soonest, .now + Self.overflowRetry) }
            let ready = stop.wakeUp.wait(
                socket: socket.descriptor, forWriting: socket.hasUnwrittenBytes, until: soonest)
            if ready.canRead, try socket.read() {
                lastHeard = .now
                hasPinged = false
                while let reply = try socket.nextReply() { try take(reply) }
            }
            if owesOverflow { tellOverflow() }
            let silence = ContinuousClock.now - lastHeard
            if silence >= configuration.silenceLimit {
                throw RedisError(.connectionLost, "Redis is silent", mayHaveRun: true)
            }
            if !hasPinged, silence >= Self.pingAfter {
                hasPinged = true
                try socket.append(EncodedCommands([["PING"]]))
            }
        }
    }

    private func take(_ reply: RedisReply) throws(RedisError) {
        if case .error(let text) = reply { throw RedisError(serverMessage: text) }
        let parts = try reply.array()
        guard let kind = try parts.first?.text() else { return }
        switch (kind, parts.count) {
        case ("subscribe", 3), ("psubscribe", 3):
            unconfirmed -= 1
            guard unconfirmed == 0 else { return }
            backoff.reset()
            hasFailed = false
            emit(.subscribed)
        case ("message", 3):
            emit(.message(channel: try parts[1].text(), payload: try parts[2].bytes()))
        case ("pmessage", 4):
            emit(.message(channel: try parts[2].text(), payload: try parts[3].bytes()))
        default:
            break
        }
    }

    /// An event that finds the buffer full is dropped, and so are all until the reader was told.
    private func emit(_ event: RedisSubscriptionEvent) {
        if owesOverflow { tellOverflow() }
        guard !owesOverflow else { return }
        if case .dropped = events.yield(event) { owesOverflow = true }
    }

    private func tellOverflow() {
        if case .dropped = events.yield(.overflowed) { return }
        owesOverflow = false
    }
}
