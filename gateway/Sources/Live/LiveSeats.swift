import HTTPTypes
import Metrics
import RPC
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Everybody who listens to live seats, and the streams that they share.
final class LiveSeats: Service {
    /// What the gateway has room for.
    struct Limits: Sendable {
        /// Listeners in all.
        var listenersMax = 10_000
        /// Listeners of one address: a household, an office.
        var listenersPerAddressMax = 20
        /// Events that somebody listens to.
        var eventsMax = 500
        /// How long a listener may leave what it is sent unread.
        var writeTimeout = Duration.seconds(30)
        /// How long listeners hear nothing when nothing changes.
        var heartbeat = Duration.seconds(15)
    }

    private struct Entry {
        let hub: SeatHub
        var listeners = 0
        var idleSince: ContinuousClock.Instant
    }

    private struct State {
        var hubs: [String: Entry] = [:]
        var listeners: [ObjectIdentifier: WeakListener] = [:]
        var counts: [ClientAddress: Int] = [:]
        var total = 0
    }

    private struct WeakListener {
        weak var listener: SeatListener?
    }

    /// How long a stream goes on after its last listener has left.
    private static let linger = Duration.seconds(20)

    private let client: RPCClient
    let limits: Limits
    private let state = Mutex(State())
    private let newHubs: AsyncStream<SeatHub>
    private let starting: AsyncStream<SeatHub>.Continuation
    private let gauge = Gauge(label: "live_listeners")
    private let dropped = Counter(label: "live_listeners_dropped_total")

    init(event client: RPCClient, limits: Limits = Limits()) {
        self.client = client
        self.limits = limits
        (newHubs, starting) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(limits.eventsMax))
    }

    /// Follows the events that somebody listens to.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.beat() }
                for await hub in self.newHubs {
                    group.addTask { await self.follow(hub) }
                }
                group.cancelAll()
            }
        }
    }

    private func follow(_ hub: SeatHub) async {
        await hub.follow(client) { !self.retire(hub) }
        // Refused for good, or this process stops.
        state.withLock { state in
            if state.hubs[hub.eventID]?.hub === hub {
                state.hubs[hub.eventID] = nil
            }
        }
    }

    private func beat() async {
        while (try? await Task.sleep(for: limits.heartbeat)) != nil {
            let now = ContinuousClock.now
            let (hubs, listeners) = state.withLock { state in
                (state.hubs.values.map(\.hub), state.listeners.values.compactMap(\.listener))
            }
            for hub in hubs { hub.board.tick() }
            for listener in listeners where listener.hasWritten(for: limits.writeTimeout, at: now) {
                dropped.increment()
                listener.end()
            }
        }
    }

    /// A listener to an event, counted until nobody refers to it any more.
    ///
    /// - Throws: a problem over a limit.
    func join(_ eventID: String, from address: ClientAddress) throws(Problem) -> SeatListener {
        let (hub, isNew) = try state.withLock { state throws(Problem) -> (SeatHub, Bool) in
            guard state.total < limits.listenersMax,
                state.hubs[eventID] != nil || state.hubs.count < limits.eventsMax
            else {
                throw .liveFull
            }
            guard state.counts[address, default: 0] < limits.listenersPerAddressMax else {
                throw .tooManyListeners(limits.listenersPerAddressMax)
            }
            let isNew = state.hubs[eventID] == nil
            var entry =
                state.hubs[eventID]
                ?? Entry(hub: SeatHub(eventID: eventID), idleSince: .now)
            entry.listeners += 1
            state.hubs[eventID] = entry
            state.counts[address, default: 0] += 1
            state.total += 1
            gauge.record(state.total)
            return (entry.hub, isNew)
        }
        if isNew {
            starting.yield(hub)
        }
        let listener = SeatListener(hub: hub) { [weak self] id in
            self?.leave(id, hub, address)
        }
        state.withLock {
            $0.listeners[ObjectIdentifier(listener)] = WeakListener(listener: listener)
        }
        return listener
    }

    private func leave(_ id: ObjectIdentifier, _ hub: SeatHub, _ address: ClientAddress) {
        state.withLock { state in
            state.listeners[id] = nil
            state.total -= 1
            gauge.record(state.total)
            let left = state.counts[address, default: 1] - 1
            state.counts[address] = left == 0 ? nil : left
            if state.hubs[hub.eventID]?.hub === hub {
                state.hubs[hub.eventID]?.listeners -= 1
                state.hubs[hub.eventID]?.idleSince = .now
            }
        }
    }

    /// Forgets a hub that nobody has listened to for a while; false where it is still wanted.
    private func retire(_ hub: SeatHub) -> Bool {
        state.withLock { state in
            guard let entry = state.hubs[hub.eventID], entry.hub === hub else {
                return true
            }
            guard entry.listeners == 0, ContinuousClock.now - entry.idleSince > Self.linger else {
                return false
            }
            state.hubs[hub.eventID] = nil
            return true
        }
    }
}

extension Problem {
    static let liveFull = Problem(
        .serviceUnavailable, "live_full",
        "As many listen as there is room for. Ask for the seats every few seconds instead.",
        retryAfter: .seconds(30))

    static func tooManyListeners(_ most: Int) -> Problem {
        Problem(
            .tooManyRequests, "too_many_listeners",
            "Your address listens \(most) times already; close other pages first.",
            retryAfter: .seconds(30))
    }
}
