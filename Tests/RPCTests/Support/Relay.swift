import NIOCore
import NIOPosix
import RPC
import Synchronization

/// Stands between clients and a server, on unix sockets, and passes on what either says. It can drop
/// both sides of all connections at once, without a word: what clients see of a server that was
/// killed.
final class Relay: Sendable {
    let path: String
    private let listener: any Channel
    private let sides: Sides

    private init(path: String, listener: any Channel, sides: Sides) {
        self.path = path
        self.listener = listener
        self.sides = sides
    }

    /// Listens at `path` for clients of the server at `serverPath`, which listens already. The
    /// server's go-away frames are passed on as all others are, and counted.
    static func start(
        at path: String, to serverPath: String, goAways: CounterBox
    ) async throws -> Relay {
        let sides = Sides()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { client in
                let loop = client.eventLoop
                let handlers = NIOLoopBound(RelayHandler.pair(goAways), eventLoop: loop)
                return sides.add(client) { handlers.value.client }.flatMap {
                    ClientBootstrap(group: loop)
                        .channelOption(.allowRemoteHalfClosure, value: true)
                        .channelInitializer { server in
                            sides.add(server) { handlers.value.server }
                        }
                        .connect(unixDomainSocketPath: serverPath).map { _ in }
                }
            }
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        return Relay(path: path, listener: listener, sides: sides)
    }

    /// Drops everything. Nothing is passed on afterwards.
    func cut() async {
        // First, so that nobody comes back to be dropped again.
        try? await listener.close().get()
        let channels = sides.cut()
        for channel in channels { channel.close(promise: nil) }
        for channel in channels { try? await channel.closeFuture.get() }
    }

    /// The open connections to clients and to the server.
    private final class Sides: Sendable {
        private struct State {
            var channels: [ObjectIdentifier: any Channel] = [:]
            var isCut = false
        }

        private let state = Mutex(State())

        /// Closes the channel when all was cut.
        func add(
            _ channel: any Channel, _ handler: @escaping @Sendable () -> RelayHandler
        ) -> EventLoopFuture<Void> {
            let id = ObjectIdentifier(channel)
            let isAdded = state.withLock { state in
                if !state.isCut { state.channels[id] = channel }
                return !state.isCut
            }
            guard isAdded else { return channel.close() }
            channel.closeFuture.whenComplete { _ in
                self.state.withLock { $0.channels[id] = nil }
            }
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(handler())
            }
        }

        /// Those that there are; there will be no more.
        func cut() -> [any Channel] {
            state.withLock { state in
                state.isCut = true
                return Array(state.channels.values)
            }
        }
    }
}

/// One side of a connection through a ``Relay``. It reads as fast as the other side takes it.
private final class RelayHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var partner: RelayHandler?
    private var context: ChannelHandlerContext?
    private var hasToRead = false
    /// Of the side that the server speaks on.
    private var decoder: FrameDecoder?
    private let goAways: CounterBox

    private init(decoder: FrameDecoder?, goAways: CounterBox) {
        self.decoder = decoder
        self.goAways = goAways
    }

    static func pair(_ goAways: CounterBox) -> (client: RelayHandler, server: RelayHandler) {
        let client = RelayHandler(decoder: nil, goAways: goAways)
        let server = RelayHandler(decoder: FrameDecoder(), goAways: goAways)
        client.partner = server
        server.partner = client
        return (client, server)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if decoder != nil {
            decoder?.append(bytes)
            while let event = decoder?.next() {
                if case .frame(let frame) = event, frame.isGoAway { goAways.add() }
            }
        }
        partner?.context?.write(NIOAny(bytes), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
    }

    func read(context: ChannelHandlerContext) {
        if partner?.context?.channel.isWritable ?? true {
            context.read()
        } else {
            hasToRead = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, let partner, partner.hasToRead else { return }
        partner.hasToRead = false
        partner.context?.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            partner?.context?.close(mode: .output, promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        partner?.context?.close(promise: nil)
    }
}
