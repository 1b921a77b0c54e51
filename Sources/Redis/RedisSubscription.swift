import Logging
import Synchronization

/// What a subscription tells its reader.
package enum RedisSubscriptionEvent: Sendable, Equatable {
    /// From here on messages arrive: at the start and after every reconnect. What was published
    /// before may have been missed.
    case subscribed
    /// Somebody published; in the order of publishing.
    case message(channel: String, payload: [UInt8])
    /// The reader was too slow: messages were dropped here.
    case overflowed
}

/// Messages of Redis channels; for one reader. Never ends by itself.
package struct RedisSubscription: AsyncSequence, Sendable {
    package typealias Element = RedisSubscriptionEvent
    package typealias Failure = Never

    private let events: AsyncStream<RedisSubscriptionEvent>

    init(
        channels: [String], patterns: [String], bufferMax: Int,
        configuration: RedisConfiguration, logger: Logger
    ) {
        let (events, continuation) = AsyncStream.makeStream(
            of: RedisSubscriptionEvent.self, bufferingPolicy: .bufferingOldest(bufferMax))
        self.events = events
        let stop = StopSignal()
        continuation.onTermination = { _ in stop.set() }
        startThread {
            SubscriptionConnection(
                channels: channels, patterns: patterns, configuration: configuration,
                events: continuation, stop: stop, logger: logger
            ).run()
        }
    }

    /// Reads the events.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var events: AsyncStream<RedisSubscriptionEvent>.AsyncIterator

        /// Nil once the reading task is cancelled.
        package mutating func next() async -> RedisSubscriptionEvent? {
            await events.next(isolation: #isolation)
        }

        /// Nil once the reading task is cancelled.
        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async -> RedisSubscriptionEvent? {
            await events.next(isolation: actor)
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(events: events.makeAsyncIterator())
    }
}

/// Ends a thread that waits in `poll`.
final class StopSignal: Sendable {
    private let flag = Atomic(false)
    let wakeUp = WakeUp()

    var isSet: Bool { flag.load(ordering: .acquiring) }

    func set() {
        flag.store(true, ordering: .releasing)
        wakeUp.ring()
    }
}
