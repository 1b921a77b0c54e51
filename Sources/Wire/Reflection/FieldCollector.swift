/// Lists the fields of a message.
struct FieldCollector: FieldVisitor {
    private(set) var fields: [FieldInfo] = []

    private mutating func add(
        _ number: UInt32, _ name: StaticString, _ kind: FieldKind, _ label: FieldInfo.Label,
        isPacked: Bool = false, oneof: StaticString? = nil, key: FieldKind? = nil,
        message: (any Message.Type)? = nil, enumeration: (any ProtoEnum.Type)? = nil
    ) {
        fields.append(
            FieldInfo(
                number: number, name: name.description, jsonName: jsonName(of: name), kind: kind,
                label: label, isPacked: isPacked, oneof: oneof?.description, keyKind: key,
                message: message, enumeration: enumeration))
    }

    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value, as scalar: S.Type
    ) {
        add(number, name, S.kind, .singular, enumeration: S.self as? any ProtoEnum.Type)
    }

    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value?, as scalar: S.Type
    ) {
        add(number, name, S.kind, .optional, enumeration: S.self as? any ProtoEnum.Type)
    }

    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [S.Value], as scalar: S.Type,
        packed: Bool
    ) {
        add(
            number, name, S.kind, .repeated, isPacked: packed && S.isPackable,
            enumeration: S.self as? any ProtoEnum.Type)
    }

    mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?
    ) {
        add(number, name, .message, .singular, message: M.self)
    }

    mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [M]
    ) {
        add(number, name, .message, .repeated, message: M.self)
    }

    mutating func map<K: MapKey, S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: S.Value],
        key: K.Type, as scalar: S.Type
    ) {
        add(
            number, name, S.kind, .map, key: K.kind,
            enumeration: S.self as? any ProtoEnum.Type)
    }

    mutating func map<K: MapKey, M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: M], key: K.Type
    ) {
        add(number, name, .message, .map, key: K.kind, message: M.self)
    }

    mutating func member<O, S: Scalar>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        as scalar: S.Type, _ wrap: (S.Value) -> O, _ unwrap: (O) -> S.Value?
    ) {
        add(
            number, name, S.kind, .singular, oneof: oneof,
            enumeration: S.self as? any ProtoEnum.Type)
    }

    mutating func member<O, M: Message>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        _ wrap: (M) -> O, _ unwrap: (O) -> M?
    ) {
        add(number, name, .message, .singular, oneof: oneof, message: M.self)
    }
}
