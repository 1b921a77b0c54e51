import NIOCore

/// A received `ttrpc.Request { service = 1, method = 2, payload = 3, timeout_nano = 4,
/// metadata = 5 }`; names and payload are parts of the frame.
struct RequestEnvelope {
    /// Index of the method in the route table.
    let route: Int
    /// The request message's bytes.
    let payload: ByteBuffer
    /// 0 = none.
    let timeoutNanoseconds: Int64
    let metadata: Metadata

    /// Throws INVALID_ARGUMENT for what does not decode, RESOURCE_EXHAUSTED for too much metadata,
    /// UNIMPLEMENTED for a method that is not in the table.
    init(_ frame: ByteBuffer, routes: RouteTable, metadataSizeMax: Int) throws(RPCError) {
        let fields = frame.withUnsafeReadableBytes {
            Fields($0, routes: routes, metadataSizeMax: metadataSizeMax)
        }
        if let fault = fields.fault {
            throw Self.error(fault, fields, of: frame, metadataSizeMax: metadataSizeMax)
        }
        route = fields.route
        timeoutNanoseconds = fields.timeoutNanoseconds
        metadata = fields.metadata
        payload = Self.slice(fields.payload, of: frame)
    }

    private static func error(
        _ fault: Fault, _ fields: Fields, of frame: ByteBuffer, metadataSizeMax: Int
    ) -> RPCError {
        switch fault {
        case .malformed:
            return RPCError(.invalidArgument, "the request does not decode")
        case .tooMuchMetadata:
            return RPCError(.resourceExhausted, "metadata of more than \(metadataSizeMax) bytes")
        case .unknownMethod:
            let service = slice(fields.service, of: frame)
            let method = slice(fields.method, of: frame)
            guard
                let serviceName = try? service.getUTF8ValidatedString(
                    at: service.readerIndex, length: service.readableBytes),
                let methodName = try? method.getUTF8ValidatedString(
                    at: method.readerIndex, length: method.readableBytes)
            else { return error(.malformed, fields, of: frame, metadataSizeMax: 0) }
            return RPCError(
                .unimplemented,
                "no method \(serviceName.prefix(128))/\(methodName.prefix(128)) here")
        }
    }

    private static func slice(_ range: Range<Int>, of frame: ByteBuffer) -> ByteBuffer {
        frame.getSlice(at: frame.readerIndex + range.lowerBound, length: range.count)
            ?? ByteBuffer()
    }

    private enum Fault {
        case malformed
        case tooMuchMetadata
        case unknownMethod
    }

    /// What the bytes say, as far as they could be read.
    private struct Fields {
        var service = 0..<0
        var method = 0..<0
        var payload = 0..<0
        var timeoutNanoseconds: Int64 = 0
        var metadata = Metadata()
        var route = 0
        var fault: Fault?

        init(_ bytes: UnsafeRawBufferPointer, routes: RouteTable, metadataSizeMax: Int) {
            do {
                try read(bytes, metadataSizeMax: metadataSizeMax)
            } catch {
                fault = .malformed
            }
            guard fault == nil else { return }
            if let index = routes.index(service: service, method: method, in: bytes) {
                route = index
            } else {
                fault = .unknownMethod
            }
        }

        private mutating func read(
            _ bytes: UnsafeRawBufferPointer, metadataSizeMax: Int
        ) throws(EnvelopeReader.Failure) {
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
                    // What an entry takes beside its bytes counts too: empty ones are not free.
                    metadataSize += range.count + Metadata.entryCost
                    guard metadataSize <= metadataSizeMax else {
                        fault = .tooMuchMetadata
                        return
                    }
                    try readMetadata(EnvelopeReader(bytes, range: range))
                default: try reader.skip(tag)
                }
            }
        }

        private mutating func readMetadata(
            _ entry: EnvelopeReader
        ) throws(EnvelopeReader.Failure) {
            var reader = entry
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
