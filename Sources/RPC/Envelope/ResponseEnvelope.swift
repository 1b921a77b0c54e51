import NIOCore
import Wire

/// A received `ttrpc.Response { google.rpc.Status status = 1, payload = 2 }`.
enum ResponseEnvelope {
    /// The response message's bytes, a part of the frame; or the error that the status stands for.
    /// INTERNAL for what does not decode.
    static func decode(_ frame: ByteBuffer) -> Result<ByteBuffer, RPCError> {
        var payload = 0..<0
        var status = RPCStatus()
        do {
            try frame.withUnsafeReadableBytes { bytes in
                var reader = EnvelopeReader(bytes)
                while let tag = try reader.nextTag() {
                    switch tag {
                    case 1 << 3 | 2:
                        let range = try reader.delimited()
                        try status.merge(serialized: UnsafeRawBufferPointer(rebasing: bytes[range]))
                    case 2 << 3 | 2: payload = try reader.delimited()
                    default: try reader.skip(tag)
                    }
                }
            }
        } catch {
            return .failure(RPCError(.internal, "the server's reply does not decode"))
        }
        if let error = RPCError(status: status) { return .failure(error) }
        let start = frame.readerIndex + payload.lowerBound
        return .success(frame.getSlice(at: start, length: payload.count) ?? ByteBuffer())
    }
}

extension ByteBuffer {
    /// Appends the Response of a call that went well; false, with nothing written, if it is too
    /// long for a frame, or if that would make more than `bufferSizeMax` bytes.
    mutating func writeReplyFrame(
        streamID: UInt32, payload: [UInt8], sizeMax: Int, bufferSizeMax: Int = .max
    ) -> Bool {
        let length =
            payload.isEmpty ? 0 : 1 + Self.varintSize(payload.count) + payload.count
        guard length <= sizeMax, readableBytes <= bufferSizeMax - length else { return false }
        let header = FrameHeader(length: length, streamID: streamID, type: .response)
        // At once, because each write makes sure by itself of its room and that it is alone.
        writeWithUnsafeMutableBytes(minimumWritableBytes: FrameHeader.size + length) { room in
            header.store(to: room)
            if length > 0 {
                var end = FrameHeader.size
                room[end] = 2 << 3 | 2
                end += 1
                var rest = payload.count
                while rest >= 0x80 {
                    room[end] = UInt8(truncatingIfNeeded: rest) | 0x80
                    end += 1
                    rest >>= 7
                }
                room[end] = UInt8(truncatingIfNeeded: rest)
                UnsafeMutableRawBufferPointer(rebasing: room[(end + 1)...]).copyBytes(from: payload)
            }
            return FrameHeader.size + length
        }
        return true
    }

    /// Appends the Response of a call that failed. An error too long for a frame loses its details
    /// and, if need be, the end of its message.
    mutating func writeErrorFrame(streamID: UInt32, error: RPCError, sizeMax: Int) {
        var status = error.status.serialized()
        if 6 + status.count > sizeMax {
            let message = error.message.beginning(bytesMax: min(1000, max(0, sizeMax - 32)))
            status = RPCError(error.code, message).status.serialized()
        }
        let length = 1 + Self.varintSize(status.count) + status.count
        writeFrameHeader(FrameHeader(length: length, streamID: streamID, type: .response))
        writeDelimited(1, status)
    }

    /// Appends one message of a stream. The caller keeps it within ``FrameHeader/payloadSizeMax``.
    mutating func writeDataFrame(streamID: UInt32, message: [UInt8]) {
        writeFrameHeader(FrameHeader(length: message.count, streamID: streamID, type: .data))
        writeBytes(message)
    }

    /// Appends the end of one side of a stream.
    mutating func writeCloseFrame(streamID: UInt32) {
        writeFrameHeader(
            FrameHeader(
                length: 0, streamID: streamID, type: .data, flags: [.remoteClosed, .noData]))
    }
}

extension String {
    /// As much from the start as has at most so many bytes of UTF-8, in whole Unicode scalars: one
    /// character can be as long as a text.
    fileprivate func beginning(bytesMax: Int) -> String {
        let end = utf8.index(startIndex, offsetBy: bytesMax, limitedBy: endIndex) ?? endIndex
        // An index within a scalar counts as its start.
        return String(unicodeScalars[..<end])
    }
}
