import JSON
import Wire

/// Messages to JSON.
struct DynamicJSONWriter {
    let mapping: DynamicJSON

    // As deep as the message, which was bounded when it was read.
    func value(_ message: DynamicMessage, at path: String) throws(DynamicJSONError) -> JSONValue {
        if message.typeName == DynamicJSON.anyName { return try any(message, at: path) }
        if let type = DynamicJSON.wellKnown(message.typeName) {
            return try wellKnown(type, message, at: path)
        }
        return .object(try members(message, at: path))
    }

    private func members(
        _ message: DynamicMessage, at path: String
    ) throws(DynamicJSONError) -> [JSONMember] {
        guard let descriptor = mapping.messages[message.typeName] else {
            throw DynamicJSONError(path: path, detail: "there is no \(message.typeName)")
        }
        var members: [JSONMember] = []
        for field in descriptor.fields {
            let path = JSONPath.appending(name: field.jsonName, to: path)
            guard let value = message.fields[field.number] ?? zero(of: field) else { continue }
            members.append(JSONMember(field.jsonName, try self.field(field, value, at: path)))
        }
        return members
    }

    /// What an absent field is written as; nil where it is not.
    private func zero(of field: FieldDescriptor) -> DynamicValue? {
        if field.isRepeated { return .list([]) }
        guard !field.hasPresence else { return nil }
        return switch field.type {
        case .double: .double(0)
        case .float: .float(0)
        case .int32, .sint32, .sfixed32: .int32(0)
        case .int64, .sint64, .sfixed64: .int64(0)
        case .uint32, .fixed32: .uint32(0)
        case .uint64, .fixed64: .uint64(0)
        case .bool: .bool(false)
        case .string: .string("")
        case .bytes: .bytes([])
        case .enumeration: .enumeration(0)
        case .message: nil
        }
    }

    private func field(
        _ field: FieldDescriptor, _ value: DynamicValue, at path: String
    ) throws(DynamicJSONError) -> JSONValue {
        guard case .list(let elements) = value else { return try one(field, value, at: path) }
        if case .message(let name) = field.type, let entry = mapping.messages[name],
            entry.isMapEntry
        {
            return .object(try entries(elements, entry, at: path))
        }
        var array: [JSONValue] = []
        for (index, element) in elements.enumerated() {
            array.append(
                try one(field, element, at: JSONPath.appending(index: index, to: path)))
        }
        return .array(array)
    }

    /// In the order of the keys.
    private func entries(
        _ elements: [DynamicValue], _ entry: MessageDescriptor, at path: String
    ) throws(DynamicJSONError) -> [JSONMember] {
        guard let keyField = entry.field(number: 1), let valueField = entry.field(number: 2) else {
            throw DynamicJSONError(path: path, detail: "\(entry.name) is no map entry")
        }
        var members: [JSONMember] = []
        for case .message(let message) in elements {
            guard let key = message.fields[1] ?? zero(of: keyField) else { continue }
            let name = Self.name(key)
            let path = JSONPath.appending(name: name, to: path)
            let value = message.fields[2] ?? zero(of: valueField) ?? emptyMessage(valueField)
            members.append(JSONMember(name, try one(valueField, value, at: path)))
        }
        return members.sorted { $0.name < $1.name }
    }

    /// An entry without a value has an empty one.
    private func emptyMessage(_ field: FieldDescriptor) -> DynamicValue {
        guard case .message(let name) = field.type else { return .bytes([]) }
        return .message(DynamicMessage(name))
    }

    private static func name(_ key: DynamicValue) -> String {
        switch key {
        case .int32(let number): String(number)
        case .int64(let number): String(number)
        case .uint32(let number): String(number)
        case .uint64(let number): String(number)
        case .bool(let flag): String(flag)
        case .string(let text): text
        default: ""
        }
    }

    private func one(
        _ field: FieldDescriptor, _ value: DynamicValue, at path: String
    ) throws(DynamicJSONError) -> JSONValue {
        switch value {
        case .int32(let number): return .number(JSONNumber(number))
        case .uint32(let number): return .number(JSONNumber(number))
        case .int64(let number): return .string(String(number))
        case .uint64(let number): return .string(String(number))
        case .float(let number): return Self.floating(number, number.description)
        case .double(let number): return Self.floating(number, number.description)
        case .bool(let flag): return .bool(flag)
        case .string(let text): return .string(text)
        case .bytes(let bytes): return .string(base64(bytes))
        case .enumeration(let number):
            guard case .enumeration(let name) = field.type,
                let known = mapping.enums[name]?.values.first(where: { $0.number == number })
            else { return .number(JSONNumber(number)) }
            return .string(known.name)
        case .message(let message): return try self.value(message, at: path)
        case .list:
            throw DynamicJSONError(path: path, detail: "a list within a list")
        }
    }

    private static func floating(_ number: some BinaryFloatingPoint, _ text: String) -> JSONValue {
        guard number.isFinite else {
            return .string(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
        }
        let text = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        return JSONNumber(text).map { .number($0) } ?? .string(text)
    }

    // MARK: Types with a form of their own

    private func wellKnown<M: Message>(
        _ type: M.Type, _ message: DynamicMessage, at path: String
    ) throws(DynamicJSONError) -> JSONValue {
        let bytes = try mapping.attempt(path) { () throws(DescriptorError) in
            try mapping.schema.pack(message)
        }
        do {
            return try JSONValue(parsing: M(serialized: bytes).jsonBytes())
        } catch {
            throw DynamicJSONError(path: path, detail: "\(error)")
        }
    }

    private func any(
        _ message: DynamicMessage, at path: String
    ) throws(DynamicJSONError) -> JSONValue {
        var any = AnyMessage()
        if case .string(let url) = message.fields[1] { any.typeURL = url }
        if case .bytes(let bytes) = message.fields[2] { any.value = bytes }
        return try self.any(any, at: path)
    }

    func any(_ any: AnyMessage, at path: String) throws(DynamicJSONError) -> JSONValue {
        if any.typeURL.isEmpty, any.value.isEmpty { return .object([]) }
        guard mapping.messages[any.messageName] != nil else {
            throw DynamicJSONError(path: path, detail: "an Any of unknown type \(any.typeURL)")
        }
        let inner = try mapping.attempt(path) { () throws(DescriptorError) in
            try mapping.schema.unpack(any.messageName, from: any.value)
        }
        let mark = JSONMember("@type", .string(any.typeURL))
        let hasForm = DynamicJSON.wellKnown(any.messageName) != nil
        if hasForm || any.messageName == DynamicJSON.anyName {
            return .object([mark, JSONMember("value", try value(inner, at: path))])
        }
        return .object([mark] + (try members(inner, at: path)))
    }
}
