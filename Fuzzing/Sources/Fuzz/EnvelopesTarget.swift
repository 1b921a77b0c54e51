import NIOCore
import Wire

/// The reader of envelopes, beside the codec's reading of the same messages.
///
/// An input is a byte whose lowest bit chooses response or request, the next one a small limit of
/// metadata, and the envelope.
enum EnvelopesTarget {
    private static let metadataSizeMax = [1 << 20, 48]
    private static let errorSizeMax = 700

    static func run(_ input: UnsafeRawBufferPointer) {
        guard let first = input.first else { return }
        let bytes = [UInt8](input.dropFirst())
        // As a part of a larger buffer, which is what envelopes are.
        var frame = ByteBuffer(bytes: [0xFF, 0xFF, 0xFF] + bytes + [0xFF])
        frame.moveReaderIndex(forwardBy: 3)
        frame.moveWriterIndex(to: frame.writerIndex - 1)
        if first & 1 == 0 {
            request(frame, bytes, metadataSizeMax: metadataSizeMax[Int(first >> 1 & 1)])
        } else {
            response(frame, bytes)
        }
    }

    private static func request(_ frame: ByteBuffer, _ bytes: [UInt8], metadataSizeMax: Int) {
        let message: Result<TTRPCRequest, WireError> = attempt(bytes)
        let names = names(message)
        let routes = RouteTable([(service: "a.B", method: "C")] + (names.map { [$0] } ?? []))
        let envelope: RequestEnvelope
        do {
            envelope = try RequestEnvelope(frame, routes: routes, metadataSizeMax: metadataSizeMax)
        } catch {
            switch error.code {
            case .resourceExhausted:
                // An entry takes two bytes at least.
                let costMax = bytes.count + bytes.count / 2 * Metadata.entryCost
                require(metadataSizeMax < costMax, "too much metadata in \(bytes.count) bytes")
            case .invalidArgument:
                if names != nil { finding("the codec takes it, the envelope does not") }
            default: finding("\(error)")
            }
            return
        }
        require(
            envelope.metadata.count * Metadata.entryCost <= metadataSizeMax,
            "\(envelope.metadata.count) entries of metadata")
        if let (service, method) = names {
            require(
                envelope.route == (service == "a.B" && method == "C" ? 0 : 1),
                "\(service)/\(method) has the route \(envelope.route)")
            let other = RouteTable([(service + "x", method), (service, method + "x")])
            do {
                _ = try RequestEnvelope(frame, routes: other, metadataSizeMax: metadataSizeMax)
                finding("\(service)/\(method) has another's route")
            } catch {
                require(error.code == .unimplemented, "a name that is text: \(error)")
            }
        }
        switch message {
        case .success(let message): compare(envelope, message, names)
        // The envelope counts levels from the part at hand, the codec from the whole.
        case .failure(let error):
            require(error.code == .tooDeep, "the envelope takes it, the codec says \(error)")
        }
    }

    /// What the codec reads, where it is text.
    private static func names(
        _ message: Result<TTRPCRequest, WireError>
    ) -> (service: String, method: String)? {
        guard case .success(let message) = message,
            let service = String(validating: message.service, as: UTF8.self),
            let method = String(validating: message.method, as: UTF8.self)
        else { return nil }
        return (service, method)
    }

    private static func compare(
        _ envelope: RequestEnvelope, _ message: TTRPCRequest,
        _ names: (service: String, method: String)?
    ) {
        require(Array(envelope.payload.readableBytesView) == message.payload, "other payload")
        require(envelope.timeoutNanoseconds == message.timeoutNanoseconds, "other timeout")
        require(
            envelope.metadata.count == message.metadata.count
                && zip(envelope.metadata, message.metadata).allSatisfy {
                    same($0.key, $1.key.lowercased()) && same($0.value, $1.value)
                }, "other metadata")
        guard let (service, method) = names else { finding("names that are no text have a route") }
        var written = ByteBuffer()
        message.payload.withUnsafeBytes {
            written.writeRequestEnvelope(
                service: service, method: method, payload: $0, metadata: envelope.metadata)
        }
        written.writeRequestTimeout(nanoseconds: message.timeoutNanoseconds)
        guard let again = try? TTRPCRequest(serialized: Array(written.readableBytesView)),
            again.service == message.service, again.method == message.method,
            again.payload == message.payload,
            again.timeoutNanoseconds == message.timeoutNanoseconds,
            again.metadata.count == envelope.metadata.count,
            zip(envelope.metadata, again.metadata).allSatisfy({
                same($0.key, $1.key) && same($0.value, $1.value)
            })
        else { finding("the request is written as \(Array(written.readableBytesView))") }
    }

    private static func response(_ frame: ByteBuffer, _ bytes: [UInt8]) {
        let message: Result<TTRPCResponse, WireError> = attempt(bytes)
        let result = ResponseEnvelope.decode(frame)
        switch (message, result) {
        case (.success(let message), .success(let payload)):
            require((message.status?.code ?? 0) == 0, "an error is taken for a reply")
            require(Array(payload.readableBytesView) == message.payload, "other payload")
        case (.success(let message), .failure(let error)):
            guard let status = message.status, status.code == error.code.rawValue,
                same(status.message, error.message), status.details == error.details
            else { finding("\(message) is taken for \(error)") }
            write(error)
        case (.failure(let error), .success):
            require(error.code == .tooDeep, "the envelope takes it, the codec says \(error)")
        case (.failure(let error), .failure(let found)):
            require(found.code == .internal || error.code == .tooDeep, "\(error), but \(found)")
        }
    }

    /// An error is read as it was written, if it fits; if not, it keeps its code.
    private static func write(_ error: RPCError) {
        var written = ByteBuffer()
        written.writeErrorFrame(streamID: 1, error: error, sizeMax: errorSizeMax)
        var decoder = FrameDecoder(payloadSizeMax: errorSizeMax)
        decoder.append(written)
        guard case .frame(let frame) = decoder.next(), decoder.bufferedBytes == 0,
            case .failure(let again) = ResponseEnvelope.decode(frame.payload)
        else { finding("\(error) is written as \(Array(written.readableBytesView))") }
        require(again.code == error.code, "\(error) is read as \(again)")
        if error.status.serialized().count + 6 <= errorSizeMax {
            require(again == error, "\(error) is read as \(again)")
        }
    }

    private static func attempt<M: Message>(_ bytes: [UInt8]) -> Result<M, WireError> {
        do throws(WireError) {
            return .success(try M(serialized: bytes))
        } catch {
            return .failure(error)
        }
    }

    /// Byte for byte.
    private static func same(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}

/// ttrpc's Request as the codec reads it; names are bytes, since only a method that is not found is
/// checked to be text.
private struct TTRPCRequest: Message {
    static let protoName = "ttrpc.Request"
    var service: [UInt8] = []
    var method: [UInt8] = []
    var payload: [UInt8] = []
    var timeoutNanoseconds: Int64 = 0
    var metadata: [TTRPCKeyValue] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "service", &service)
        v.field(2, "method", &method)
        v.field(3, "payload", &payload)
        v.field(4, "timeout_nano", &timeoutNanoseconds)
        v.field(5, "metadata", &metadata)
    }
}

private struct TTRPCKeyValue: Message {
    static let protoName = "ttrpc.KeyValue"
    var key = ""
    var value = ""
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "key", &key)
        v.field(2, "value", &value)
    }
}

private struct TTRPCResponse: Message {
    static let protoName = "ttrpc.Response"
    var status: RPCStatus?
    var payload: [UInt8] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "status", &status)
        v.field(2, "payload", &payload)
    }
}
