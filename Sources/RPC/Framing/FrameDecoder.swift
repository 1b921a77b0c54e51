package import NIOCore

/// Cuts a byte stream into frames.
///
/// Keeps at most one unfinished frame of the largest allowed size plus what one read brought.
/// Longer frames are reported once and their bodies are dropped as they come.
package struct FrameDecoder: Sendable {
    /// What the bytes so far amount to.
    package enum Event: Equatable, Sendable {
        case frame(Frame)
        /// The announced length is over the limit; the body will be skipped.
        case oversize(FrameHeader)
        /// The peer does not speak this protocol; nothing after this can be understood.
        case malformed
    }

    private let payloadSizeMax: Int
    private var buffer = ByteBuffer()
    private var skipping = 0
    private var isMalformed = false

    /// Frames with more than `payloadSizeMax` bytes are reported as oversize.
    package init(payloadSizeMax: Int = FrameHeader.payloadSizeMax) {
        self.payloadSizeMax = payloadSizeMax
    }

    /// Bytes that wait for the rest of their frame.
    package var bufferedBytes: Int { buffer.readableBytes }

    /// Whether what was received ends within a frame. Only when ``next()`` has given all events.
    package var isWithinFrame: Bool { skipping > 0 || buffer.readableBytes > 0 }

    /// Takes what was read from the socket.
    package mutating func append(_ bytes: ByteBuffer) {
        guard !isMalformed else { return }
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            var bytes = bytes
            buffer.discardReadBytes()
            buffer.writeBuffer(&bytes)
        }
    }

    /// The next event, or nil until more bytes come. After `malformed` there is only nil.
    package mutating func next() -> Event? {
        if skipping > 0 {
            let skipped = min(skipping, buffer.readableBytes)
            buffer.moveReaderIndex(forwardBy: skipped)
            skipping -= skipped
        }
        guard skipping == 0, !isMalformed, buffer.readableBytes > 0 else { return nil }
        let header: FrameHeader
        switch peek() {
        case .part:
            return nil
        case .header(let whole):
            header = whole
        case .malformed:
            isMalformed = true
            buffer = ByteBuffer()
            return .malformed
        }
        guard header.length <= payloadSizeMax else {
            buffer.moveReaderIndex(forwardBy: FrameHeader.size)
            skipping = header.length
            return .oversize(header)
        }
        guard buffer.readableBytes >= FrameHeader.size + header.length else { return nil }
        buffer.moveReaderIndex(forwardBy: FrameHeader.size)
        guard let payload = buffer.readSlice(length: header.length) else { return nil }
        if buffer.readableBytes == 0 {
            // Lets go of the storage, so that the channel can read into it again.
            buffer = ByteBuffer()
        }
        return .frame(
            Frame(
                streamID: header.streamID, type: header.type, flags: header.flags,
                payload: payload))
    }

    private enum Beginning {
        case part
        case header(FrameHeader)
        case malformed
    }

    /// What the buffer begins with, which is not empty.
    private func peek() -> Beginning {
        buffer.withUnsafeReadableBytes { bytes in
            // Lengths stay far under 2²⁴, so a first byte other than 0 is another protocol or noise.
            guard bytes[0] == 0 else { return .malformed }
            return bytes.count >= FrameHeader.size ? .header(FrameHeader(loading: bytes)) : .part
        }
    }
}
