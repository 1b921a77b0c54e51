import Descriptors
import Wire

/// The values of a Swift message as a tree, field by field, not through its bytes.
struct MessageValues: FieldVisitor {
    private var message: DynamicMessage

    static func of<M: Message>(_ message: M) -> DynamicMessage {
        var values = MessageValues(message: DynamicMessage(M.protoName))
        var message = message
        message.visit(&values)
        return values.message
    }

    private init(message: DynamicMessage) {
        self.message = message
    }

    private mutating func set(_ number: UInt32, _ value: DynamicValue?) {
        message.fields[Int(number)] = value
    }

    private mutating func set(_ number: UInt32, list: [DynamicValue]) {
        set(number, list.isEmpty ? nil : .list(list))
    }

    private mutating func setMap(
        _ number: UInt32, _ name: StaticString,
        _ entries: [(key: DynamicValue, value: DynamicValue)]
    ) {
        let type = ContractModel.mapEntryName(of: "\(name)", in: message.typeName)
        set(
            number,
            list: entries.map {
                .message(DynamicMessage(type, fields: [1: $0.key, 2: $0.value]))
            })
    }

    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value, as scalar: S.Type
    ) {
        set(number, S.isDefault(value) ? nil : DynamicValue(value, as: scalar))
    }

    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value?, as scalar: S.Type
    ) {
        set(number, value.map { DynamicValue($0, as: scalar) })
    }

    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [S.Value], as scalar: S.Type,
        packed: Bool
    ) {
        set(number, list: value.map { DynamicValue($0, as: scalar) })
    }

    mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?
    ) {
        set(number, value.map { .message(Self.of($0)) })
    }

    mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [M]
    ) {
        set(number, list: value.map { .message(Self.of($0)) })
    }

    mutating func map<K: MapKey, S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: S.Value],
        key: K.Type, as scalar: S.Type
    ) {
        setMap(
            number, name,
            value.map { (DynamicValue($0.key, as: key), DynamicValue($0.value, as: scalar)) })
    }

    mutating func map<K: MapKey, M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: M], key: K.Type
    ) {
        setMap(
            number, name,
            value.map { (DynamicValue($0.key, as: key), .message(Self.of($0.value))) })
    }

    mutating func member<O, S: Scalar>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        as scalar: S.Type, _ wrap: (S.Value) -> O, _ unwrap: (O) -> S.Value?
    ) {
        if let member = value.flatMap(unwrap) { set(number, DynamicValue(member, as: scalar)) }
    }

    mutating func member<O, M: Message>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        _ wrap: (M) -> O, _ unwrap: (O) -> M?
    ) {
        if let member = value.flatMap(unwrap) { set(number, .message(Self.of(member))) }
    }
}

extension DynamicValue {
    /// By the Swift type of the value; the contract check has looked at the kind.
    fileprivate init<S: Scalar>(_ value: S.Value, as scalar: S.Type) {
        self =
            switch value {
            case let value as Int32: .int32(value)
            case let value as Int64: .int64(value)
            case let value as UInt32: .uint32(value)
            case let value as UInt64: .uint64(value)
            case let value as Float: .float(value)
            case let value as Double: .double(value)
            case let value as Bool: .bool(value)
            case let value as String: .string(value)
            case let value as [UInt8]: .bytes(value)
            case let value as any ProtoEnum: .enumeration(value.rawValue)
            default: .list([])
            }
    }
}
