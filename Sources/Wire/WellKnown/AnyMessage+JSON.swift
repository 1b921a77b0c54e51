import JSON

/// `{"@type": …}` and the message's fields beside it; the value of a type with a JSON form of its
/// own (such as Timestamp) is under `value`.
extension AnyMessage {
    package static var hasJSONForm: Bool { true }

    package mutating func encodeJSON(to writer: inout JSONFieldWriter) {
        writer.json.beginObject()
        if !typeURL.isEmpty {
            writer.json.name("@type")
            writer.json.string(typeURL)
            if let type = writer.options.types[messageName] {
                encode(as: type, to: &writer)
            } else {
                writer.fail("an Any of unknown type \(typeURL)")
            }
        } else if !value.isEmpty {
            writer.fail("an Any without a type")
        }
        writer.json.endObject()
    }

    private func encode<M: Message>(as type: M.Type, to writer: inout JSONFieldWriter) {
        guard var message = try? M(serialized: value) else {
            return writer.fail("an Any whose value is not a \(M.protoName)")
        }
        if M.hasJSONForm {
            writer.json.name("value")
            writer.nested { message.encodeJSON(to: &$0) }
        } else {
            message.visit(&writer)
        }
    }

    package mutating func decodeJSON(from reader: inout JSONFieldReader) {
        // `@type` may come last: look ahead for it.
        var ahead = reader.json
        let found = reader.attempt { _ throws(JSONError) in try Self.typeURL(&ahead) }
        guard let (url, isEmpty) = found else { return }
        guard let url else {
            guard isEmpty else { return reader.fail("@type is missing") }
            return reader.object { _ in }
        }
        typeURL = url
        guard !messageName.isEmpty, let type = reader.options.types[messageName] else {
            return reader.fail("@type is of no known message")
        }
        value = Self.decode(as: type, from: &reader)
    }

    private static func typeURL(
        _ json: inout JSONReader
    ) throws(JSONError) -> (url: String?, isEmpty: Bool) {
        try json.beginObject()
        var isEmpty = true
        while let name = try json.nextName() {
            if name == "@type" { return (try json.string(), false) }
            isEmpty = false
            try json.skip()
        }
        return (nil, isEmpty)
    }

    private static func decode<M: Message>(
        as type: M.Type, from reader: inout JSONFieldReader
    ) -> [UInt8] {
        var message = M()
        if M.hasJSONForm {
            var isThere: M?
            reader.object(inAny: true) { $0.field(1, "value", &isThere) }
            guard let value = isThere else {
                reader.fail("value is missing")
                return []
            }
            message = value
        } else {
            reader.object(inAny: true) { message.visit(&$0) }
        }
        return message.serialized()
    }
}
