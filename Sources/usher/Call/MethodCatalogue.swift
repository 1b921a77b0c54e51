import Contracts
import JSON
import Wire

/// The methods of all services, as `usher call` names and shows them.
enum MethodCatalogue {
    /// Finds a method by "usher.auth.v1.AuthService/GetMe", "AuthService/GetMe" or "auth/GetMe".
    ///
    /// - Throws: `StartError` that says what there is instead.
    static func method(named name: String) throws -> any AnyMethod {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw StartError(
                "\(name) is not SERVICE/METHOD.", advice: "`usher call` lists what there is.")
        }
        let service = try service(named: parts[0])
        guard let method = service.methods.first(where: { $0.name == parts[1] }) else {
            let known = service.methods.map(\.name).joined(separator: ", ")
            throw StartError(
                "\(service.name) has no method \(parts[1]).", advice: "It has: \(known).")
        }
        return method
    }

    /// Finds a service by its full or bare name, or by its package's ("auth").
    static func service(named name: String) throws -> any ServiceContract.Type {
        let found = Contracts.services.filter { service in
            let parts = service.name.split(separator: ".")
            return service.name == name || parts.last.map(String.init) == name
                || (parts.count > 1 && String(parts[1]) == name)
        }
        guard let service = found.first else {
            let known = Contracts.services.map { $0.name }.joined(separator: ", ")
            throw StartError("There is no service \(name).", advice: "There are: \(known).")
        }
        return service
    }

    /// The process that serves a method: "auth" for usher.auth.v1.AuthService; nil for what every
    /// process serves.
    static func process(of method: any AnyMethod) -> String? {
        let parts = method.service.split(separator: ".")
        guard parts.count > 1, parts[1] != "rpc" else { return nil }
        return String(parts[1])
    }

    /// Every method of a service with its messages, a line each.
    static func lines(of service: any ServiceContract.Type) -> [String] {
        service.methods.map { method in
            let kind = method.kind == .unary ? "" : "  (\(method.kind.rawValue))"
            return "\(service.name)/\(method.name)  \(method.requestType.protoName) → "
                + "\(method.responseType.protoName)\(kind)"
        }
    }

    /// A message with every field, to be filled in: of a oneof its first member, of lists one
    /// element. What it says decodes as that message.
    static func skeleton(of type: any Message.Type) -> JSONValue {
        skeleton(of: type, depth: 0)
    }

    /// Messages may hold themselves.
    private static let depthMax = 6

    private static func skeleton(of type: any Message.Type, depth: Int) -> JSONValue {
        switch type.protoName {
        case Timestamp.protoName: return "2026-01-01T00:00:00Z"
        case ProtoDuration.protoName: return "0s"
        case AnyMessage.protoName:
            return [
                "@type": .string("type.googleapis.com/\(Timestamp.protoName)"),
                "value": "2026-01-01T00:00:00Z",
            ]
        default: break
        }
        var oneofs: Set<String> = []
        var members: [JSONMember] = []
        for field in type.fields {
            if let oneof = field.oneof, !oneofs.insert(oneof).inserted { continue }
            if field.message != nil, depth >= depthMax { continue }
            let value = value(of: field, depth: depth)
            switch field.label {
            case .singular, .optional: members.append(JSONMember(field.jsonName, value))
            case .repeated: members.append(JSONMember(field.jsonName, .array([value])))
            case .map: members.append(JSONMember(field.jsonName, .object([])))
            }
        }
        return .object(members)
    }

    private static func value(of field: FieldInfo, depth: Int) -> JSONValue {
        if let message = field.message { return skeleton(of: message, depth: depth + 1) }
        if let enumeration = field.enumeration {
            // The zero value stands for "nothing said".
            let named = enumeration.cases.first { $0.value != 0 } ?? enumeration.cases.first
            return .string(named?.name ?? "")
        }
        return switch field.kind {
        case .bool: false
        case .string, .bytes: ""
        case .int64, .uint64, .sint64, .fixed64, .sfixed64: "0"
        default: 0
        }
    }
}

extension JSONValue {
    /// With line breaks and indents of two spaces.
    var indented: String { indented(by: "") }

    private func indented(by indent: String) -> String {
        let inner = indent + "  "
        func lines(_ open: String, _ parts: [String], _ close: String) -> String {
            parts.isEmpty
                ? open + close
                : open + "\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n" + indent
                    + close
        }
        switch self {
        case .object(let members):
            return lines(
                "{",
                members.map { member in
                    String(decoding: JSONValue.string(member.name).bytes, as: UTF8.self) + ": "
                        + member.value.indented(by: inner)
                }, "}")
        case .array(let elements):
            return lines("[", elements.map { $0.indented(by: inner) }, "]")
        default:
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
