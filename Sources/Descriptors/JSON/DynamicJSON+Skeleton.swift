package import JSON
import Wire

extension DynamicJSON {
    /// A message with every field, to be filled in: of a oneof its first member, of lists one
    /// element. What it says is a message of that type.
    package func skeleton(of typeName: String) -> JSONValue {
        skeleton(of: typeName, depth: 0)
    }

    /// Messages may hold themselves.
    private static let depthMax = 6

    private func skeleton(of typeName: String, depth: Int) -> JSONValue {
        switch typeName {
        case Timestamp.protoName: return "2026-01-01T00:00:00Z"
        case ProtoDuration.protoName: return "0s"
        case Self.anyName: return [:]
        default: break
        }
        var oneofs: Set<String> = []
        var members: [JSONMember] = []
        for field in messages[typeName]?.fields ?? [] {
            if let oneof = field.oneof, !oneofs.insert(oneof).inserted { continue }
            if case .message(let name) = field.type {
                if messages[name]?.isMapEntry == true {
                    members.append(JSONMember(field.jsonName, [:]))
                    continue
                }
                if depth >= Self.depthMax { continue }
            }
            let value = value(of: field.type, depth: depth)
            members.append(JSONMember(field.jsonName, field.isRepeated ? .array([value]) : value))
        }
        return .object(members)
    }

    private func value(of type: FieldType, depth: Int) -> JSONValue {
        switch type {
        case .message(let name): return skeleton(of: name, depth: depth + 1)
        case .enumeration(let name):
            // The zero value stands for "nothing said".
            let values = enums[name]?.values ?? []
            return .string((values.first { $0.number != 0 } ?? values.first)?.name ?? "")
        case .bool: return false
        case .string, .bytes: return ""
        case .int64, .uint64, .sint64, .fixed64, .sfixed64: return "0"
        default: return 0
        }
    }
}
