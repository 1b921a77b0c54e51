import NIOCore

/// A received `ttrpc.Request { service = 1, method = 2, payload = 3, timeout_nano = 4,
/// metadata = 5 }`; names and payload are parts of the frame.
struct RequestEnvelope {
    private let frame: ByteBuffer
    private var service = 0..<0
    private var method = 0..<0
    /// The request message's bytes.
    private(set) var payload = ByteBuffer()
    /// 0 = none.
    private(set) var timeoutNanoseconds: Int64 = 0
    private(set) var metadata = Metadata()

    /// Throws INVALID_ARGUMENT for what does not decode, RESOURCE_EXHAUSTED for too much metadata.
    init(_ frame: ByteBuffer, metadataSizeMax: Int) throws(RPCError) {
        self.frame = frame
        var payload = 0..<0
        var isTooLarge = false
        do {
            try frame.withUnsafeReadableBytes { bytes in
                var reader = EnvelopeReader(bytes)
                var metadataSize = 0
                while let tag = try reader.nextTag() {
                    switch tag {
                    case 1 << 3 | 2: service = try reader.delimited()
                    case 2 << 3 | 2: method = try reader.delimited()
                    case 3 << 3 | 2: payload = try reader.delimited()
                    case 4 << 3: timeoutNanoseconds = Int64(bitPattern: try reader.varint())
                    case 5 << 3 | 2:
                        let range = try reader.delimited()
                        metadataSize += range.count
                        isTooLarge = metadataSize > metadataSizeMax
                        if isTooLarge { return }
                        try readMetadata(EnvelopeReader(bytes, range: range))
                    default: try reader.skip(tag)
                    }
                }
            }
        } catch {
            throw RPCError(.invalidArgument, "the request does not decode")
        }
        if isTooLarge {
            throw RPCError(.resourceExhausted, "metadata of more than \(metadataSizeMax) bytes")
        }
        self.payload = slice(payload)
    }

    private mutating func readMetadata(_ reader: EnvelopeReader) throws {
        var reader = reader
        var key = ""
        var value = ""
        while let tag = try reader.nextTag() {
            switch tag {
            case 1 << 3 | 2: key = try reader.string()
            case 2 << 3 | 2: value = try reader.string()
            default: try reader.skip(tag)
            }
        }
        metadata.append(value, for: key)
    }

    private func slice(_ range: Range<Int>) -> ByteBuffer {
        frame.getSlice(at: frame.readerIndex + range.lowerBound, length: range.count)
            ?? ByteBuffer()
    }

    func route(in table: RouteTable) -> Int? {
        frame.withUnsafeReadableBytes { table.index(service: service, method: method, in: $0) }
    }

    /// Why there is no route: UNIMPLEMENTED, or INVALID_ARGUMENT for names that are not text.
    func unknownMethod() -> RPCError {
        let service = slice(self.service)
        let method = slice(self.method)
        guard
            let serviceName = try? service.getUTF8ValidatedString(
                at: service.readerIndex, length: service.readableBytes),
            let methodName = try? method.getUTF8ValidatedString(
                at: method.readerIndex, length: method.readableBytes)
        else {
            return RPCError(.invalidArgument, "the request does not decode")
        }
        return RPCError(
            .unimplemented, "no method \(serviceName.prefix(128))/\(methodName.prefix(128)) here")
    }
}

extension ByteBuffer {
    /// Appends a `ttrpc.Request` without its timeout, which is known when it is sent.
    mutating func writeRequestEnvelope(
        service: String, method: String, payload: UnsafeRawBufferPointer, metadata: Metadata
    ) {
        writeDelimited(1, service.utf8)
        writeDelimited(2, method.utf8)
        if !payload.isEmpty {
            writeDelimited(3, payload)
        }
        for entry in metadata {
            var pair = ByteBuffer()
            pair.writeDelimited(1, entry.key.utf8)
            pair.writeDelimited(2, entry.value.utf8)
            writeDelimited(5, pair.readableBytesView)
        }
    }

    /// Appends `timeout_nano`.
    mutating func writeRequestTimeout(nanoseconds: Int64) {
        writeInteger(UInt8(4 << 3))
        writeVarint(UInt64(bitPattern: nanoseconds))
    }

    /// Appends a length-delimited field.
    mutating func writeDelimited(_ number: UInt8, _ bytes: some Collection<UInt8>) {
        writeInteger(number << 3 | 2)
        writeVarint(UInt64(bytes.count))
        writeBytes(bytes)
    }

    mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        writeInteger(UInt8(truncatingIfNeeded: rest))
    }

    /// Bytes that a varint takes.
    static func varintSize(_ value: Int) -> Int {
        (64 - UInt64(value | 1).leadingZeroBitCount + 6) / 7
    }
}
