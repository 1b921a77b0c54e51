import Foundation
import NIOCore
import NIOPosix

@testable import RPC

/// A server that answers each frame as it is told.
final class FrameServer: Sendable {
    /// Answers a frame of the n-th connection, n from 1.
    typealias Answer = @Sendable (_ frame: Frame, _ connection: Int) -> [Frame]

    let path: String
    private let channel: any Channel

    private init(path: String, channel: any Channel) {
        self.path = path
        self.channel = channel
    }

    /// Of the first `deafConnections` nothing is read.
    static func start(
        deafConnections: Int = 0, _ answer: @escaping Answer
    ) async throws -> FrameServer {
        let path = "/tmp/usher-rpc-\(UUID().uuidString.prefix(8)).sock"
        let connections = CounterBox()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                let connection = connections.add()
                return channel.setOption(.autoRead, value: connection > deafConnections).flatMap {
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            Answerer { answer($0, connection) })
                    }
                }
            }
            .bind(unixDomainSocketPath: path).get()
        return FrameServer(path: path, channel: channel)
    }

    func stop() async throws {
        try await channel.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let answer: (Frame) -> [Frame]
        private var decoder = FrameDecoder()

        init(_ answer: @escaping (Frame) -> [Frame]) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data))
            var replies = ByteBuffer()
            while case .some(.frame(let frame)) = decoder.next() {
                for reply in answer(frame) { replies.writeFrame(reply) }
            }
            context.writeAndFlush(wrapOutboundOut(replies), promise: nil)
        }
    }
}

extension Frame {
    /// Whether it is a Hello.
    var isHello: Bool {
        type == .request && String(buffer: payload).contains("usher.rpc.v1.Control")
    }

    /// Whether a server tells with it that it ends.
    var isGoAway: Bool { type == .goAway }

    /// The Response of a call that went well, with an empty message.
    func emptyReply() -> Frame { Frame(streamID: streamID, type: .response) }

    /// The Response of a call that failed.
    func errorReply(_ code: RPCCode) -> Frame {
        var bytes = ByteBuffer()
        bytes.writeErrorFrame(
            streamID: streamID, error: RPCError(code, "no"), sizeMax: FrameHeader.payloadSizeMax)
        bytes.moveReaderIndex(forwardBy: FrameHeader.size)
        return Frame(streamID: streamID, type: .response, payload: bytes)
    }
}
