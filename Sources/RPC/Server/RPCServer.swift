import Glibc
package import Logging
package import Metrics
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Serves ttrpc on unix and TCP sockets.
///
/// `run()` binds every address, serves until graceful shutdown, lets running calls end, cancels
/// what is left after ``RPCServerConfiguration/drainTimeout``, and returns when all is gone. Every
/// server answers `usher.rpc.v1.Health`, `usher.rpc.v1.Reflection` and, as a connection's first
/// call, `usher.rpc.v1.Control/Hello`, without its interceptors.
package final class RPCServer: Service {
    private let addresses: [RPCAddress]
    private let configuration: RPCServerConfiguration
    private let core: ServerCore
    private let registry: ConnectionRegistry
    private let logger: Logger
    private let group = MultiThreadedEventLoopGroup.singleton
    private let listening: EventLoopPromise<[RPCAddress]>
    private let isRunning = Atomic(false)

    /// Interceptors run in the order given, the first outermost. Metrics go to `metrics`.
    package init(
        router: CallRouter, addresses: [RPCAddress],
        configuration: RPCServerConfiguration = RPCServerConfiguration(),
        interceptors: [any ServerInterceptor] = [], logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.addresses = addresses
        self.configuration = configuration
        self.logger = logger
        let registry = ConnectionRegistry(connectionsMax: configuration.connectionsMax)
        self.registry = registry
        var router = router
        router.intercept(with: interceptors)
        router.addHealth(
            version: configuration.version,
            isReady: { [isReady = configuration.isReady] service in
                !registry.isDraining ? await isReady(service) : false
            })
        router.addReflection(
            configuration.contracts,
            partSizeMax: min(
                ReflectionService.partSizeMax, configuration.limits.payloadSizeMax / 2))
        core = ServerCore(
            router: router, limits: configuration.limits,
            offersExtension: configuration.offersExtension, logger: logger, metrics: metrics)
        listening = group.any().makePromise()
    }

    deinit {
        listening.fail(ChannelError.alreadyClosed)
    }

    /// Waits until the server listens; its addresses with the ports that the system chose. Throws
    /// what made ``run()`` fail.
    package func waitUntilListening() async throws -> [RPCAddress] {
        try await listening.futureResult.get()
    }

    /// Serves until shutdown. May be called once; throws ``RPCServerError`` or what NIO says when an
    /// address cannot be bound.
    package func run() async throws {
        guard isRunning.exchange(true, ordering: .relaxed) == false else {
            throw RPCServerError.system("run", EALREADY)
        }
        var listeners: [Listener] = []
        do {
            for address in addresses {
                listeners.append(try await listen(on: address))
            }
        } catch {
            for listener in listeners { await listener.close() }
            listening.fail(error)
            throw error
        }
        listening.succeed(listeners.map(\.address))
        logger.info(
            "RPC server listening",
            metadata: [
                "rpc.addresses": "\(listeners.map(\.address.description).joined(separator: " "))"
            ])
        // Throws when the task is cancelled, which ends the calls as well, without waiting.
        let isGraceful = (try? await gracefulShutdown()) != nil
        for listener in listeners { await listener.close() }
        await drain(timeout: isGraceful ? configuration.drainTimeout : .zero)
    }

    private func drain(timeout: TimeAmount) async {
        let eventLoop = group.any()
        let gone = registry.drain(eventLoop: eventLoop)
        let cancelling = eventLoop.scheduleTask(in: timeout) { [registry, logger] in
            let count = registry.closeAll()
            if count > 0 {
                logger.warning(
                    "RPC calls cancelled at shutdown", metadata: ["rpc.connections": "\(count)"])
            }
        }
        let abandoning = eventLoop.scheduleTask(in: timeout + configuration.cancelTimeout) {
            [registry] in
            registry.abandon()
        }
        // Not a cancellation point: a cancelled run() still waits for its handlers.
        try? await gone.get()
        cancelling.cancel()
        abandoning.cancel()
    }

    private struct Listener {
        let channel: any Channel
        let address: RPCAddress
        let socketFile: UnixListener?

        func close() async {
            try? await channel.close().get()
            socketFile?.removeFile()
        }
    }

    private func listen(on address: RPCAddress) async throws -> Listener {
        switch address {
        case .unix(let path):
            let bootstrap = makeBootstrap(tls: nil)
            let socket = try await UnixListener.bind(path: path, group: group)
            do {
                let channel = try await bootstrap.withBoundSocket(socket.descriptor).get()
                return Listener(channel: channel, address: address, socketFile: socket)
            } catch {
                socket.removeFile()
                throw error
            }
        case .tcp(let host, let port):
            let bootstrap = makeBootstrap(tls: configuration.tls)
            let channel = try await bootstrap.bind(host: host, port: port).get()
            let bound = RPCAddress.tcp(host: host, port: channel.localAddress?.port ?? port)
            return Listener(channel: channel, address: bound, socketFile: nil)
        }
    }

    private func makeBootstrap(tls: ServerTLS?) -> ServerBootstrap {
        let outboundSizeMax = configuration.limits.outboundSizeMax
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: outboundSizeMax / 2, high: outboundSizeMax)
            )
            .childChannelInitializer { [core, registry] channel in
                let link = ServerLink(
                    core: core, eventLoop: channel.eventLoop, registry: registry)
                guard registry.add(link) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    do {
                        try tls?.addHandlers(to: channel)
                        try channel.pipeline.syncOperations.addHandler(
                            ServerChannelHandler(link: link, peer: Self.peer(of: channel)))
                    } catch {
                        link.leave()
                        throw error
                    }
                }
            }
    }

    private static func peer(of channel: any Channel) -> String {
        guard let address = channel.remoteAddress, let host = address.ipAddress else {
            return "unix"
        }
        return RPCAddress.tcp(host: host, port: address.port ?? 0).description
    }
}
