import Foundation
import NIOCore
import NIOPosix

@testable import RPC

/// Closes its first connections when a request comes, and answers on the others with empty messages.
final class BreakingServer: Sendable {
    let path: String
    let requests: CounterBox
    private let channel: any Channel

    private init(path: String, requests: CounterBox, channel: any Channel) {
        self.path = path
        self.requests = requests
        self.channel = channel
    }

    static func start(connectionsToBreak: Int) async throws -> BreakingServer {
        let path = "/tmp/usher-rpc-\(UUID().uuidString.prefix(8)).sock"
        let requests = CounterBox()
        let connections = CounterBox()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                let isBroken = connections.add() <= connectionsToBreak
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Answerer(isBroken: isBroken, requests: requests))
                }
            }
            .bind(unixDomainSocketPath: path).get()
        return BreakingServer(path: path, requests: requests, channel: channel)
    }

    func stop() async throws {
        try await channel.close()
    }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let isBroken: Bool
        private let requests: CounterBox
        private var decoder = FrameDecoder()

        init(isBroken: Bool, requests: CounterBox) {
            self.isBroken = isBroken
            self.requests = requests
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data))
            while case .some(.frame(let frame)) = decoder.next() {
                requests.add()
                guard !isBroken else {
                    context.close(promise: nil)
                    return
                }
                var reply = ByteBuffer()
                reply.writeFrame(Frame(streamID: frame.streamID, type: .response))
                context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
            }
        }
    }
}
