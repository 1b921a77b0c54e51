import JSON

extension ProtoValue {
    package static var hasJSONForm: Bool { true }

    package mutating func encodeJSON(to writer: inout JSONFieldWriter) {
        switch kind {
        case nil: writer.fail("a Value of no kind")
        case .null: writer.json.null()
        case .number(let number):
            guard number.isFinite, (try? writer.json.double(number)) != nil else {
                return writer.fail("a Value that is not a finite number")
            }
        case .string(let text): writer.json.string(text)
        case .bool(let truth): writer.json.bool(truth)
        case .object(var object): writer.nested { object.encodeJSON(to: &$0) }
        case .list(var list): writer.nested { list.encodeJSON(to: &$0) }
        }
    }

    package mutating func decodeJSON(from reader: inout JSONFieldReader) {
        guard let next = reader.attempt({ json throws(JSONError) in try json.peek() }) else {
            return
        }
        switch next {
        case .null:
            _ = reader.attempt { json throws(JSONError) in try json.null() }
            kind = .null(.null)
        case .bool: kind = Bool.readJSON(&reader).map(Kind.bool)
        case .string: kind = String.readJSON(&reader).map(Kind.string)
        case .number: kind = Double.readJSON(&reader).map(Kind.number)
        case .object:
            var object = ProtoStruct()
            reader.nested { object.decodeJSON(from: &$0) }
            kind = .object(object)
        case .array:
            var list = ListValue()
            reader.nested { list.decodeJSON(from: &$0) }
            kind = .list(list)
        }
    }
}

extension ProtoStruct {
    package static var hasJSONForm: Bool { true }

    package mutating func encodeJSON(to writer: inout JSONFieldWriter) {
        writer.entries(fields, key: String.self) { writer, value in
            var value = value
            writer.nested { value.encodeJSON(to: &$0) }
        }
    }

    package mutating func decodeJSON(from reader: inout JSONFieldReader) {
        reader.entries(String.self) { reader, name in
            reader.nested { fields[name, default: ProtoValue()].decodeJSON(from: &$0) }
        }
    }
}

extension ListValue {
    package static var hasJSONForm: Bool { true }

    package mutating func encodeJSON(to writer: inout JSONFieldWriter) {
        writer.json.beginArray()
        for value in values {
            var value = value
            writer.nested { value.encodeJSON(to: &$0) }
        }
        writer.json.endArray()
    }

    package mutating func decodeJSON(from reader: inout JSONFieldReader) {
        reader.elements { reader in
            var value = ProtoValue()
            reader.nested { value.decodeJSON(from: &$0) }
            values.append(value)
        }
    }
}

extension NullValue {
    package static func writeJSON(_ value: NullValue, _ writer: inout JSONFieldWriter) {
        if value == .null {
            writer.json.null()
        } else {
            writer.json.integer(value.rawValue)
        }
    }

    /// `null`, or as any enum.
    package static func readJSON(_ reader: inout JSONFieldReader) -> NullValue? {
        guard let isNull = reader.attempt({ json throws(JSONError) in try json.nullIfNext() })
        else { return nil }
        return isNull ? .null : reader.enumeration(NullValue.self)
    }
}
