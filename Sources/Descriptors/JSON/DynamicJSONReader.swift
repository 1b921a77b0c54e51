import JSON
import Wire

/// JSON to messages.
struct DynamicJSONReader {
    let mapping: DynamicJSON

    // As deep as the document, which its reader bounded.
    func message(
        _ typeName: String, _ json: JSONValue, at path: String
    ) throws(DynamicJSONError) -> DynamicMessage {
        if typeName == DynamicJSON.anyName { return try any(json, at: path) }
        if let type = DynamicJSON.wellKnown(typeName) {
            return try wellKnown(type, json, at: path)
        }
        guard let members = json.object else { throw wanted("an object", at: path) }
        return try message(typeName, members, at: path)
    }

    private func message(
        _ typeName: String, _ members: [JSONMember], at path: String
    ) throws(DynamicJSONError) -> DynamicMessage {
        guard let descriptor = mapping.messages[typeName] else {
            throw DynamicJSONError(path: path, detail: "there is no \(typeName)")
        }
        var message = DynamicMessage(typeName)
        var seen: Set<Int> = []
        var oneofs: Set<String> = []
        for member in members {
            let path = JSONPath.appending(name: member.name, to: path)
            let field = descriptor.fields.first {
                $0.jsonName == member.name || $0.name == member.name
            }
            guard let field else {
                let known = descriptor.fields.map(\.jsonName).joined(separator: ", ")
                throw DynamicJSONError(
                    path: path, detail: "\(typeName) has no such field; it has: \(known)")
            }
            guard seen.insert(field.number).inserted else {
                throw DynamicJSONError(path: path, detail: "the field comes twice")
            }
            if case .null = member.value { continue }
            if let oneof = field.oneof, !oneofs.insert(oneof).inserted {
                throw DynamicJSONError(
                    path: path, detail: "only one field of \(oneof) can be there")
            }
            message.fields[field.number] = try value(field, member.value, at: path)
        }
        return message
    }

    private func value(
        _ field: FieldDescriptor, _ json: JSONValue, at path: String
    ) throws(DynamicJSONError) -> DynamicValue {
        guard field.isRepeated else { return try one(field, json, at: path) }
        if case .message(let name) = field.type, let entry = mapping.messages[name],
            entry.isMapEntry
        {
            return .list(try entries(entry, json, at: path))
        }
        guard let array = json.array else { throw wanted("an array", at: path) }
        var elements: [DynamicValue] = []
        for (index, element) in array.enumerated() {
            let path = JSONPath.appending(index: index, to: path)
            elements.append(try one(field, element, at: path))
        }
        return .list(elements)
    }

    private func entries(
        _ entry: MessageDescriptor, _ json: JSONValue, at path: String
    ) throws(DynamicJSONError) -> [DynamicValue] {
        guard let members = json.object else { throw wanted("an object", at: path) }
        guard let keyField = entry.field(number: 1), let valueField = entry.field(number: 2) else {
            throw DynamicJSONError(path: path, detail: "\(entry.name) is no map entry")
        }
        var entries: [DynamicValue] = []
        for member in members {
            let path = JSONPath.appending(name: member.name, to: path)
            let key: JSONValue =
                keyField.type == .bool
                ? Bool(member.name).map { .bool($0) } ?? .null : .string(member.name)
            entries.append(
                .message(
                    DynamicMessage(
                        entry.name,
                        fields: [
                            1: try one(keyField, key, at: path),
                            2: try one(valueField, member.value, at: path),
                        ])))
        }
        return entries
    }

    private func one(
        _ field: FieldDescriptor, _ json: JSONValue, at path: String
    ) throws(DynamicJSONError) -> DynamicValue {
        switch field.type {
        case .int32, .sint32, .sfixed32:
            let number = Self.number(json)?.int64.flatMap(Int32.init(exactly:))
            return .int32(try some(number, "a 32-bit integer", at: path))
        case .int64, .sint64, .sfixed64:
            return .int64(try some(Self.number(json)?.int64, "a 64-bit integer", at: path))
        case .uint32, .fixed32:
            let number = Self.number(json)?.uint64.flatMap(UInt32.init(exactly:))
            return .uint32(try some(number, "a 32-bit integer, not negative", at: path))
        case .uint64, .fixed64:
            return .uint64(
                try some(Self.number(json)?.uint64, "a 64-bit integer, not negative", at: path))
        case .float:
            let number = Self.special(json).map(Float.init) ?? Self.number(json)?.float
            return .float(try some(number, "a number in range", at: path))
        case .double:
            let number = Self.special(json) ?? Self.number(json)?.double
            return .double(try some(number, "a number in range", at: path))
        case .bool: return .bool(try some(json.bool, "true or false", at: path))
        case .string: return .string(try some(json.string, "a string", at: path))
        case .bytes:
            let decoded = json.string.flatMap { bytes(base64: $0) }
            return .bytes(try some(decoded, "a string in base64", at: path))
        case .enumeration(let name):
            return .enumeration(try enumeration(name, json, at: path))
        case .message(let name):
            return .message(try message(name, json, at: path))
        }
    }

    private func enumeration(
        _ name: String, _ json: JSONValue, at path: String
    ) throws(DynamicJSONError) -> Int32 {
        if let number = json.number {
            let value = number.int64.flatMap(Int32.init(exactly:))
            return try some(value, "a 32-bit integer", at: path)
        }
        let values = mapping.enums[name]?.values ?? []
        let value = values.first { $0.name == json.string }
        return try some(
            value?.number, "one of \(values.map(\.name).joined(separator: ", "))", at: path)
    }

    /// A number, or a string that holds one.
    private static func number(_ json: JSONValue) -> JSONNumber? {
        json.number ?? json.string.flatMap { JSONNumber($0) }
    }

    private static func special(_ json: JSONValue) -> Double? {
        switch json.string {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: nil
        }
    }

    private func some<T>(
        _ value: T?, _ wanted: String, at path: String
    ) throws(DynamicJSONError) -> T {
        guard let value else { throw self.wanted(wanted, at: path) }
        return value
    }

    private func wanted(_ wanted: String, at path: String) -> DynamicJSONError {
        DynamicJSONError(path: path, detail: "\(wanted) is wanted")
    }

    // MARK: Types with a form of their own

    private func wellKnown<M: Message>(
        _ type: M.Type, _ json: JSONValue, at path: String
    ) throws(DynamicJSONError) -> DynamicMessage {
        let bytes: [UInt8]
        do throws(WireError) {
            bytes = try M(json: json.bytes).serialized()
        } catch {
            throw DynamicJSONError(path: path, detail: error.detail)
        }
        return try mapping.attempt(path) { () throws(DescriptorError) in
            try mapping.schema.unpack(M.protoName, from: bytes)
        }
    }

    private func any(
        _ json: JSONValue, at path: String
    ) throws(DynamicJSONError) -> DynamicMessage {
        guard let members = json.object else { throw wanted("an object", at: path) }
        guard !members.isEmpty else { return DynamicMessage(DynamicJSON.anyName) }
        var any = AnyMessage()
        any.typeURL = try some(json["@type"]?.string, "@type, a string,", at: path)
        guard mapping.messages[any.messageName] != nil else {
            throw DynamicJSONError(path: path, detail: "@type is of no known message")
        }
        let others = members.filter { $0.name != "@type" }
        let hasForm = DynamicJSON.wellKnown(any.messageName) != nil
        let inner: DynamicMessage
        if hasForm || any.messageName == DynamicJSON.anyName {
            guard others.count == 1, let value = json["value"] else {
                throw wanted("value, and nothing else,", at: path)
            }
            let path = JSONPath.appending(name: "value", to: path)
            inner = try message(any.messageName, value, at: path)
        } else {
            inner = try message(any.messageName, others, at: path)
        }
        let bytes = try mapping.attempt(path) { () throws(DescriptorError) in
            try mapping.schema.pack(inner)
        }
        return DynamicMessage(
            DynamicJSON.anyName, fields: [1: .string(any.typeURL), 2: .bytes(bytes)])
    }
}
