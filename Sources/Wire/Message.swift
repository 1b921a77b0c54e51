import JSON

/// A proto3 message: a struct whose `visit` names its fields, one line each (`FieldVisitor`).
/// Binary and JSON codec, reflection and contract tests all use that one list.
///
/// Strings compare as Swift's do: canonically equal texts are equal.
@usableFromInline
package protocol Message: Sendable, Equatable {
    /// Full name, e.g. `usher.event.v1.Hold`.
    static var protoName: String { get }
    /// Fields that this version does not know.
    var unknownFields: UnknownFields { get set }
    /// All fields absent.
    init()
    /// Calls the visitor once per field, in the order of the field numbers.
    mutating func visit<V: FieldVisitor>(_ v: inout V)

    /// Reads fields up to the decoder's end. A requirement, so that each message's own code is
    /// specialised where the message is declared; not to be written by hand.
    mutating func merge(from decoder: inout BinaryDecoder)
    /// Writes every field and changes none. As `merge(from:)`: not to be written by hand.
    mutating func encode(to encoder: inout BinaryEncoder)

    /// True where the JSON form is not an object of the fields (Timestamp and its like).
    static var hasJSONForm: Bool { get }
    /// Writes the JSON form and changes nothing.
    mutating func encodeJSON(to writer: inout JSONFieldWriter)
    /// Reads the JSON form into a message that is still empty.
    mutating func decodeJSON(from reader: inout JSONFieldReader)
}

extension Message {
    /// A message built in place: `Hold.with { $0.holdID = "hld_…" }`.
    @inlinable
    package static func with(_ build: (inout Self) throws -> Void) rethrows -> Self {
        var message = Self()
        try build(&message)
        return message
    }

    /// Decodes the wire format. Throws on anything that is not a message.
    @inlinable
    package init(serialized bytes: UnsafeRawBufferPointer) throws(WireError) {
        self.init()
        try merge(serialized: bytes)
    }

    /// Decodes the wire format. Throws on anything that is not a message.
    @inlinable
    package init(serialized bytes: Span<UInt8>) throws(WireError) {
        self.init()
        try merge(serialized: bytes)
    }

    /// Decodes the wire format. Throws on anything that is not a message.
    @inlinable
    package init(serialized bytes: borrowing [UInt8]) throws(WireError) {
        try self.init(serialized: bytes.span)
    }

    /// Decodes and merges: scalars are replaced, repeated fields grow, messages merge.
    @inlinable
    package mutating func merge(serialized bytes: UnsafeRawBufferPointer) throws(WireError) {
        var decoder = BinaryDecoder(bytes)
        merge(from: &decoder)
        if let failure = decoder.failure { throw failure }
    }

    /// Decodes and merges: scalars are replaced, repeated fields grow, messages merge.
    @inlinable
    package mutating func merge(serialized bytes: Span<UInt8>) throws(WireError) {
        // The closure's error type is lost on the way through `withUnsafeBytes`.
        let failure: WireError? = bytes.withUnsafeBytes { raw in
            var decoder = BinaryDecoder(raw)
            merge(from: &decoder)
            return decoder.failure
        }
        if let failure { throw failure }
    }

    /// The wire format: fields in the order of their numbers, then the unknown ones. The same
    /// message always gives the same bytes.
    @inlinable
    package func serialized() -> [UInt8] {
        withSerialized { bytes in
            // Not by `unsafeUninitializedCapacity`, which looks the array's class up each time.
            [UInt8](bytes)
        }
    }

    /// Lends the wire format for the length of a call, e.g. to append it to a buffer.
    @inlinable
    package func withSerialized<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        var encoder = BinaryEncoder()
        defer { encoder.deallocate() }
        // `visit` is mutating for the decoder's sake. The encoder only reads through it, so the
        // message is not copied (which would cost a retain per string).
        withUnsafePointer(to: self) { message in
            UnsafeMutablePointer(mutating: message).pointee.encode(to: &encoder)
        }
        return try body(encoder.written)
    }
}

extension Message {
    /// proto3 JSON, UTF-8. Throws `notRepresentable` for what JSON cannot say: times out of range
    /// and an Any of unknown type.
    package func jsonBytes(
        options: JSONEncodingOptions = JSONEncodingOptions()
    ) throws(WireError) -> [UInt8] {
        var writer = JSONFieldWriter(options)
        var message = self
        message.encodeJSON(to: &writer)
        if let failure = writer.failure { throw failure }
        return writer.json.bytes
    }

    /// Decodes proto3 JSON. Errors name the field by its path.
    package init(
        json bytes: [UInt8], options: JSONDecodingOptions = JSONDecodingOptions()
    ) throws(WireError) {
        self.init()
        var reader = try JSONFieldReader(bytes, options)
        decodeJSON(from: &reader)
        _ = reader.attempt { json throws(JSONError) in try json.end() }
        if let failure = reader.failure { throw failure }
    }
}

/// What each message gets; see the requirements.
extension Message {
    @inlinable
    package mutating func merge(from decoder: inout BinaryDecoder) {
        decoder.nextTag()
        while decoder.tag != 0 {
            let start = decoder.tagStart
            visit(&decoder)
            if decoder.tagStart == start { decoder.keepUnknown(&unknownFields) }
        }
        decoder.finishMessage()
    }

    @inlinable
    package mutating func encode(to encoder: inout BinaryEncoder) {
        visit(&encoder)
        if !unknownFields.isEmpty { encoder.append(unknownFields.bytes) }
    }

    @usableFromInline package static var hasJSONForm: Bool { false }

    @usableFromInline
    package mutating func encodeJSON(to writer: inout JSONFieldWriter) {
        writer.json.beginObject()
        visit(&writer)
        writer.json.endObject()
    }

    @usableFromInline
    package mutating func decodeJSON(from reader: inout JSONFieldReader) {
        reader.object { visit(&$0) }
    }
}
