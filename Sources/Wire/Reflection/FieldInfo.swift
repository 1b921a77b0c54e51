/// What a message's `visit` says about one field; compared with `proto/` by the contract tests.
package struct FieldInfo: Sendable {
    /// Whether and how often a field may be there.
    package enum Label: String, Sendable {
        /// Without presence: zero means absent. For messages: with presence.
        case singular
        /// A scalar with presence (`optional`).
        case optional
        case repeated
        case map
    }

    /// The field's number, 1 to 536,870,911.
    package let number: UInt32
    /// As in the .proto: `hold_id`.
    package let name: String
    /// As in JSON: `holdId`.
    package let jsonName: String
    /// Type of the value; of a map's values for a map.
    package let kind: FieldKind
    /// Whether and how often.
    package let label: Label
    /// True for a repeated field that is written packed.
    package let isPacked: Bool
    /// Name of the oneof that it is a member of.
    package let oneof: String?
    /// Type of a map's keys.
    package let keyKind: FieldKind?
    /// The message type of `kind == .message`.
    package let message: (any Message.Type)?
    /// The enum type of `kind == .enumeration`.
    package let enumeration: (any ProtoEnum.Type)?

    /// Full proto name of the message or enum; nil for scalars.
    package var typeName: String? { message?.protoName ?? enumeration?.protoName }
}

extension Message {
    /// Its fields, in the order of `visit`.
    package static var fields: [FieldInfo] {
        var message = Self()
        var collector = FieldCollector()
        message.visit(&collector)
        return collector.fields
    }
}
