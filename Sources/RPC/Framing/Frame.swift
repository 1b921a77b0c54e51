package import NIOCore

/// What a frame carries (PROTOCOL.md, "Message types"). Values that are not listed are ignored.
package struct FrameType: RawRepresentable, Equatable, Sendable {
    /// As on the wire.
    package let rawValue: UInt8

    /// Any value, also one without a name.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Opens a call; client to server.
    package static let request = FrameType(rawValue: 1)
    /// Ends a call; server to client.
    package static let response = FrameType(rawValue: 2)
    /// One message of a stream, or its end.
    package static let data = FrameType(rawValue: 3)
}

/// Flags of a frame (PROTOCOL.md, "Flags").
package struct FrameFlags: OptionSet, Sendable {
    /// As on the wire.
    package let rawValue: UInt8

    /// Any value, also one without a name.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The sender sends nothing more on this stream.
    package static let remoteClosed = FrameFlags(rawValue: 0x01)
    /// The sender will send data on this stream.
    package static let remoteOpen = FrameFlags(rawValue: 0x02)
    /// The frame bears no message; an empty frame without it is an empty message.
    package static let noData = FrameFlags(rawValue: 0x04)
}

/// The ten bytes before every payload: length, stream, type, flags; integers big-endian.
package struct FrameHeader: Equatable, Sendable {
    /// Bytes of a header on the wire.
    package static let size = 10
    /// The longest payload that any ttrpc peer accepts, in bytes.
    package static let payloadSizeMax = 4 << 20

    /// Payload bytes that follow.
    package var length: Int
    /// Odd for calls that a client opened.
    package var streamID: UInt32
    /// Request, Response or Data.
    package var type: FrameType
    /// What else the frame says about its stream.
    package var flags: FrameFlags

    /// A header for a payload of `length` bytes.
    package init(length: Int, streamID: UInt32, type: FrameType, flags: FrameFlags = []) {
        self.length = length
        self.streamID = streamID
        self.type = type
        self.flags = flags
    }
}

/// A whole frame; the payload shares the bytes that were read.
package struct Frame: Equatable, Sendable {
    /// Odd for calls that a client opened.
    package var streamID: UInt32
    /// Request, Response or Data.
    package var type: FrameType
    /// What else the frame says about its stream.
    package var flags: FrameFlags
    /// An envelope, or the bytes of a message.
    package var payload: ByteBuffer

    /// A frame, by default an empty one.
    package init(
        streamID: UInt32, type: FrameType, flags: FrameFlags = [],
        payload: ByteBuffer = ByteBuffer()
    ) {
        self.streamID = streamID
        self.type = type
        self.flags = flags
        self.payload = payload
    }
}

extension FrameHeader {
    /// The header that the first ``size`` bytes make.
    init(loading bytes: UnsafeRawBufferPointer) {
        self.init(
            length: Int(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))),
            streamID: UInt32(
                bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)),
            type: FrameType(rawValue: bytes[8]), flags: FrameFlags(rawValue: bytes[9]))
    }

    /// Stores it in the first ``size`` bytes.
    func store(to room: UnsafeMutableRawBufferPointer) {
        room.storeBytes(of: UInt32(length).bigEndian, as: UInt32.self)
        room.storeBytes(of: streamID.bigEndian, toByteOffset: 4, as: UInt32.self)
        room[8] = type.rawValue
        room[9] = flags.rawValue
    }
}

extension ByteBuffer {
    /// The same bytes: a few of them do not keep the large buffer that they were read into. For
    /// what waits.
    func detached() -> ByteBuffer {
        guard storageCapacity > 2 * readableBytes + 256 else { return self }
        return ByteBuffer(bytes: readableBytesView)
    }

    /// Appends a header. The caller keeps `length` within ``FrameHeader/payloadSizeMax``.
    @discardableResult
    package mutating func writeFrameHeader(_ header: FrameHeader) -> Int {
        writeWithUnsafeMutableBytes(minimumWritableBytes: FrameHeader.size) { room in
            header.store(to: room)
            return FrameHeader.size
        }
    }

    /// Appends a whole frame.
    package mutating func writeFrame(_ frame: Frame) {
        writeFrameHeader(
            FrameHeader(
                length: frame.payload.readableBytes, streamID: frame.streamID, type: frame.type,
                flags: frame.flags))
        writeImmutableBuffer(frame.payload)
    }
}
