/// google.protobuf.Value: any JSON value.
package struct ProtoValue: Message {
    /// What kinds there are.
    package enum Kind: Equatable, Sendable {
        case null(NullValue)
        /// JSON has no NaN and no infinities; they are refused when JSON is written.
        case number(Double)
        case string(String)
        case bool(Bool)
        case object(ProtoStruct)
        case list(ListValue)
    }

    package static let protoName = "google.protobuf.Value"
    /// The value; nil is an error where JSON is wanted.
    package var kind: Kind?
    package var unknownFields = UnknownFields()

    package init() {}

    /// A value of a kind.
    package init(_ kind: Kind) {
        self.kind = kind
    }

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.member(1, "null_value", of: "kind", &kind, Kind.null) {
            if case .null(let value) = $0 { value } else { nil }
        }
        v.member(2, "number_value", of: "kind", &kind, Kind.number) {
            if case .number(let value) = $0 { value } else { nil }
        }
        v.member(3, "string_value", of: "kind", &kind, Kind.string) {
            if case .string(let value) = $0 { value } else { nil }
        }
        v.member(4, "bool_value", of: "kind", &kind, Kind.bool) {
            if case .bool(let value) = $0 { value } else { nil }
        }
        v.member(5, "struct_value", of: "kind", &kind, Kind.object) {
            if case .object(let value) = $0 { value } else { nil }
        }
        v.member(6, "list_value", of: "kind", &kind, Kind.list) {
            if case .list(let value) = $0 { value } else { nil }
        }
    }
}

/// google.protobuf.Struct: a JSON object. Not named `Struct`, which reads as Swift's keyword.
package struct ProtoStruct: Message {
    package static let protoName = "google.protobuf.Struct"
    /// The object's members.
    package var fields: [String: ProtoValue] = [:]
    package var unknownFields = UnknownFields()

    package init() {}

    /// An object of members.
    package init(fields: [String: ProtoValue]) {
        self.fields = fields
    }

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.map(1, "fields", &fields)
    }
}

/// google.protobuf.ListValue: a JSON array.
package struct ListValue: Message {
    package static let protoName = "google.protobuf.ListValue"
    /// The array's elements.
    package var values: [ProtoValue] = []
    package var unknownFields = UnknownFields()

    package init() {}

    /// An array of elements.
    package init(values: [ProtoValue]) {
        self.values = values
    }

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "values", &values)
    }
}

/// google.protobuf.NullValue: JSON's `null`.
package struct NullValue: ProtoEnum {
    package static let protoName = "google.protobuf.NullValue"
    package var rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let null = NullValue(rawValue: 0)
    package static let cases: [(name: String, value: Int32)] = [("NULL_VALUE", 0)]
}
