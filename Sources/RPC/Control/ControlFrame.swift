import NIOCore

extension FrameType {
    /// Asks for a pong with the same payload, of at most ``ControlFrame/pingSizeMax`` bytes.
    static let ping = FrameType(rawValue: 4)
    /// Answers a ping.
    static let pong = FrameType(rawValue: 5)
    /// The client wants no answer any more on this stream; client to server.
    static let cancel = FrameType(rawValue: 6)
    /// The sender takes so many more bytes on this stream (u32, big-endian).
    static let window = FrameType(rawValue: 7)
    /// The server takes no stream above this one (u32, big-endian); server to client.
    static let goAway = FrameType(rawValue: 8)
}

/// The frames that ttrpc does not know. They go only between peers that have agreed on them by
/// `usher.rpc.v1.Control/Hello`; a frame that belongs to no stream has the id 1, which is odd, as a
/// client's ids must be.
enum ControlFrame: Equatable {
    case ping(ByteBuffer)
    case pong
    case cancel(streamID: UInt32)
    case window(streamID: UInt32, bytes: Int)
    case goAway(lastStreamID: UInt32)
    /// The peer breaks what was agreed.
    case malformed

    static let pingSizeMax = 64
    static let connectionStreamID: UInt32 = 1

    /// Nil for a type that is not of these; it is ignored.
    init?(_ frame: Frame) {
        switch frame.type {
        case .ping:
            self =
                frame.payload.readableBytes <= Self.pingSizeMax ? .ping(frame.payload) : .malformed
        case .pong:
            self = .pong
        case .cancel:
            self = .cancel(streamID: frame.streamID)
        case .window:
            self =
                Self.number(frame).map { .window(streamID: frame.streamID, bytes: Int($0)) }
                ?? .malformed
        case .goAway:
            self = Self.number(frame).map { .goAway(lastStreamID: $0) } ?? .malformed
        default:
            return nil
        }
    }

    private static func number(_ frame: Frame) -> UInt32? {
        guard frame.payload.readableBytes == 4 else { return nil }
        return frame.payload.getInteger(at: frame.payload.readerIndex)
    }
}

extension ByteBuffer {
    /// Appends a ping, which is a question about the connection.
    mutating func writePingFrame() {
        writeFrameHeader(
            FrameHeader(length: 0, streamID: ControlFrame.connectionStreamID, type: .ping))
    }

    /// Appends the answer to a ping.
    mutating func writePongFrame(_ payload: ByteBuffer) {
        writeFrame(
            Frame(streamID: ControlFrame.connectionStreamID, type: .pong, payload: payload))
    }

    /// Appends that nobody waits for a call any more.
    mutating func writeCancelFrame(streamID: UInt32) {
        writeFrameHeader(FrameHeader(length: 0, streamID: streamID, type: .cancel))
    }

    /// Appends that a stream may bring more.
    mutating func writeWindowFrame(streamID: UInt32, bytes: Int) {
        writeFrameHeader(FrameHeader(length: 4, streamID: streamID, type: .window))
        writeInteger(UInt32(clamping: bytes))
    }

    /// Appends that no stream above `lastStreamID` is served on this connection.
    mutating func writeGoAwayFrame(lastStreamID: UInt32) {
        writeFrameHeader(
            FrameHeader(length: 4, streamID: ControlFrame.connectionStreamID, type: .goAway))
        writeInteger(lastStreamID)
    }
}
