import NIOCore
import NIOPosix
import Testing
import Wire

@testable import RPC

/// A peer that sends and receives frames and bytes as it is told.
final class RawPeer: Sendable {
    private let channel: any Channel
    private let frames: AsyncThrowingStream<Frame, any Error>

    private init(channel: any Channel, frames: AsyncThrowingStream<Frame, any Error>) {
        self.channel = channel
        self.frames = frames
    }

    struct Closed: Error {}

    static func connect(to path: String, autoRead: Bool = true) async throws -> RawPeer {
        let (frames, continuation) = AsyncThrowingStream<Frame, any Error>.makeStream()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: autoRead)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Receiver(continuation: continuation))
                }
            }
            .connect(unixDomainSocketPath: path).get()
        return RawPeer(channel: channel, frames: frames)
    }

    func send(_ frame: Frame) async throws {
        var bytes = ByteBuffer()
        bytes.writeFrame(frame)
        try await send(bytes)
    }

    func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    /// Writes without waiting for the bytes to leave.
    func post(_ bytes: ByteBuffer) {
        channel.writeAndFlush(bytes, promise: nil)
    }

    /// Writes without waiting, and tells when the socket has taken all of it.
    func post(_ bytes: ByteBuffer, taken: @escaping @Sendable () -> Void) {
        channel.writeAndFlush(bytes).whenSuccess(taken)
    }

    /// Sends nothing more, but reads on.
    func closeOutput() async throws {
        try await channel.close(mode: .output)
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    func close() async throws {
        try await channel.close()
    }

    /// The next frame; throws ``Closed`` when the server has closed the connection.
    func receive() async throws -> Frame {
        for try await frame in frames { return frame }
        throw Closed()
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncThrowingStream<Frame, any Error>.Continuation
        private var decoder = FrameDecoder()

        init(continuation: AsyncThrowingStream<Frame, any Error>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data))
            while let event = decoder.next() {
                if case .frame(let frame) = event { continuation.yield(frame) }
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .some(.inputClosed) = event as? ChannelEvent { continuation.finish() }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
        }
    }
}

/// A Request frame as a client sends it.
func requestFrame(
    streamID: UInt32, service: String = EchoService.name, method: String, value: String,
    timeoutNanoseconds: Int64 = 0, metadata: Metadata = [:]
) -> Frame {
    var payload = ByteBuffer()
    StringValue(value).withSerialized {
        payload.writeRequestEnvelope(
            service: service, method: method, payload: $0, metadata: metadata)
    }
    if timeoutNanoseconds != 0 {
        payload.writeRequestTimeout(nanoseconds: timeoutNanoseconds)
    }
    return Frame(streamID: streamID, type: .request, payload: payload)
}

func unaryRequest(streamID: UInt32, value: String) -> Frame {
    requestFrame(streamID: streamID, method: "Unary", value: value)
}

/// A Hello as a client sends it.
func helloFrame(
    streamID: UInt32 = 1, version: UInt32 = 1, streamWindow: UInt32 = 0
) -> Frame {
    var payload = ByteBuffer()
    HelloRequest.with {
        $0.version = version
        $0.streamWindow = streamWindow
    }.withSerialized {
        payload.writeRequestEnvelope(
            service: "usher.rpc.v1.Control", method: "Hello", payload: $0, metadata: [:])
    }
    return Frame(streamID: streamID, type: .request, payload: payload)
}

/// A Hello's answer as a server sends it.
func helloAnswer(streamID: UInt32 = 1, version: UInt32 = 1, streamWindow: UInt32 = 0) -> Frame {
    var bytes = ByteBuffer()
    let response = HelloResponse.with {
        $0.version = version
        $0.streamWindow = streamWindow
    }
    _ = bytes.writeReplyFrame(
        streamID: streamID, payload: response.serialized(), sizeMax: FrameHeader.payloadSizeMax)
    bytes.moveReaderIndex(forwardBy: FrameHeader.size)
    return Frame(streamID: streamID, type: .response, payload: bytes)
}

/// A frame with a number, as window and go-away are.
func numberFrame(_ type: FrameType, streamID: UInt32 = 1, _ number: UInt32) -> Frame {
    Frame(streamID: streamID, type: type, payload: ByteBuffer(integer: number))
}
