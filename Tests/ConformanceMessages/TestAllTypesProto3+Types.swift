package import Wire

extension TestAllTypesProto3 {
    /// Holds the message that holds it.
    package struct NestedMessage: Message {
        package static let protoName =
            "protobuf_test_messages.proto3.TestAllTypesProto3.NestedMessage"
        package var a: Int32 = 0
        @Boxed package var corecursive: TestAllTypesProto3?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "a", &a)
            v.field(2, "corecursive", &_corecursive)
        }
    }

    /// One value is negative.
    package struct NestedEnum: ProtoEnum {
        package static let protoName = "protobuf_test_messages.proto3.TestAllTypesProto3.NestedEnum"
        package var rawValue: Int32

        package init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        package static let cases: [(name: String, value: Int32)] = [
            ("FOO", 0), ("BAR", 1), ("BAZ", 2), ("NEG", -1),
        ]
    }

    /// One value has four names.
    package struct AliasedEnum: ProtoEnum {
        package static let protoName =
            "protobuf_test_messages.proto3.TestAllTypesProto3.AliasedEnum"
        package var rawValue: Int32

        package init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        package static let cases: [(name: String, value: Int32)] = [
            ("ALIAS_FOO", 0), ("ALIAS_BAR", 1), ("ALIAS_BAZ", 2), ("MOO", 2), ("moo", 2),
            ("bAz", 2),
        ]
    }
}

/// `protobuf_test_messages.proto3.ForeignMessage`.
package struct ForeignMessage: Message {
    package static let protoName = "protobuf_test_messages.proto3.ForeignMessage"
    package var c: Int32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "c", &c)
    }
}

/// `protobuf_test_messages.proto3.ForeignEnum`.
package struct ForeignEnum: ProtoEnum {
    package static let protoName = "protobuf_test_messages.proto3.ForeignEnum"
    package var rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let cases: [(name: String, value: Int32)] = [
        ("FOREIGN_FOO", 0), ("FOREIGN_BAR", 1), ("FOREIGN_BAZ", 2),
    ]
}
