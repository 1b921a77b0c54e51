import Contracts
import Descriptors
import Wire

/// What the Swift contracts say of themselves, in the words of the descriptor set.
struct ContractModel: Equatable {
    var messages: [MessageDescriptor] = []
    var enums: [EnumDescriptor] = []
    var services: [ServiceDescriptor] = []

    /// Everything in `Contracts`, and the well-known types of `Wire`.
    static func ofContracts() -> ContractModel {
        let wellKnown: [any Message.Type] = [
            AnyMessage.self, ProtoDuration.self, Timestamp.self,
        ]
        var model = ContractModel()
        for type in Contracts.messages + wellKnown { model.add(message: type) }
        model.enums = Contracts.enums.map { type in
            EnumDescriptor(
                name: type.protoName,
                values: type.cases.map { .init(name: $0.name, number: $0.value) })
        }
        model.services = Contracts.services.map { service in
            ServiceDescriptor(name: service.name, methods: service.methods.map(Self.method))
        }
        return model
    }

    /// Name of the message that protoc makes for a map: "labels" → "LabelsEntry".
    static func mapEntryName(of field: String, in message: String) -> String {
        let words = field.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return "\(message).\(words.joined())Entry"
    }

    private static func method(_ method: any AnyMethod) -> MethodDescriptor {
        MethodDescriptor(
            name: method.name, input: method.requestType.protoName,
            output: method.responseType.protoName,
            isClientStreaming: [.clientStream, .bidirectional].contains(method.kind),
            isServerStreaming: [.serverStream, .bidirectional].contains(method.kind))
    }

    private mutating func add(message type: any Message.Type) {
        let name = type.protoName
        messages.append(
            MessageDescriptor(
                name: name, fields: type.fields.map { FieldDescriptor($0, in: name) }))
        for field in type.fields {
            guard let keyKind = field.keyKind else { continue }
            let key = FieldDescriptor(
                name: "key", number: 1, type: FieldType(keyKind, named: nil), jsonName: "key")
            let value = FieldDescriptor(
                name: "value", number: 2, type: FieldType(field.kind, named: field.typeName),
                hasPresence: field.kind == .message, jsonName: "value")
            messages.append(
                MessageDescriptor(
                    name: Self.mapEntryName(of: field.name, in: name), fields: [key, value],
                    isMapEntry: true))
        }
    }
}

extension FieldDescriptor {
    fileprivate init(_ field: FieldInfo, in message: String) {
        let isMap = field.label == .map
        let isRepeated = isMap || field.label == .repeated
        self.init(
            name: field.name, number: Int(field.number),
            type: isMap
                ? .message(ContractModel.mapEntryName(of: field.name, in: message))
                : FieldType(field.kind, named: field.typeName),
            isRepeated: isRepeated,
            hasPresence: !isRepeated
                && (field.label == .optional || field.oneof != nil || field.kind == .message),
            isPacked: field.isPacked, oneof: field.oneof, jsonName: field.jsonName)
    }
}

extension FieldType {
    /// A message or enum without a name agrees with no contract.
    fileprivate init(_ kind: FieldKind, named name: String?) {
        self =
            switch kind {
            case .double: .double
            case .float: .float
            case .int32: .int32
            case .int64: .int64
            case .uint32: .uint32
            case .uint64: .uint64
            case .sint32: .sint32
            case .sint64: .sint64
            case .fixed32: .fixed32
            case .fixed64: .fixed64
            case .sfixed32: .sfixed32
            case .sfixed64: .sfixed64
            case .bool: .bool
            case .string: .string
            case .bytes: .bytes
            case .enumeration: .enumeration(name ?? "")
            case .message: .message(name ?? "")
            }
    }
}
