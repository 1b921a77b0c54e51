import NIOCore
import Synchronization

/// The open connections of a server, bounded, and the order to end them.
final class ConnectionRegistry: Sendable {
    private struct State {
        var links: [ObjectIdentifier: ServerLink] = [:]
        var isDraining = false
        var emptied: EventLoopPromise<Void>?
    }

    private let connectionsMax: Int
    private let gauge = SharedGauge(label: "grpc_server_connections")
    private let state = Mutex(State())

    init(connectionsMax: Int) {
        self.connectionsMax = connectionsMax
    }

    /// False when the server has as many as it may have, or takes no more.
    func add(_ link: ServerLink) -> Bool {
        let isAdded = state.withLock { state in
            guard !state.isDraining, state.links.count < connectionsMax else { return false }
            state.links[ObjectIdentifier(link)] = link
            return true
        }
        if isAdded { gauge.add(1) }
        return isAdded
    }

    func remove(_ link: ServerLink) {
        let (isRemoved, emptied) = state.withLock { state in
            let isRemoved = state.links.removeValue(forKey: ObjectIdentifier(link)) != nil
            return (isRemoved, state.links.isEmpty ? state.emptied : nil)
        }
        if isRemoved { gauge.add(-1) }
        emptied?.succeed()
    }

    /// Whether ``drain(eventLoop:)`` was called.
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Lets running calls end and takes no new ones; the future succeeds when all are gone.
    func drain(eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        let links = state.withLock { state in
            state.isDraining = true
            state.emptied = promise
            return Array(state.links.values)
        }
        if links.isEmpty { promise.succeed() }
        for link in links { link.drain() }
        return promise.futureResult
    }

    /// Closes every connection, which cancels their handlers; how many there were.
    func closeAll() -> Int {
        let links = state.withLock { Array($0.links.values) }
        for link in links { link.close() }
        return links.count
    }

    /// Stops waiting for handlers that do not heed cancellation.
    func abandon() {
        state.withLock { $0.emptied }?.succeed()
    }
}
