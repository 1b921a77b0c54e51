/// How messages are written as proto3 JSON.
package struct JSONEncodingOptions: Sendable {
    /// Fields without presence are written when they are zero or empty, too.
    package var writesZeroValues: Bool
    /// Types that a `google.protobuf.Any` may hold.
    package var types: KnownTypes

    /// proto3's defaults, unless told otherwise.
    package init(writesZeroValues: Bool = false, types: KnownTypes = KnownTypes([])) {
        self.writesZeroValues = writesZeroValues
        self.types = types
    }
}

/// How messages are read from proto3 JSON.
package struct JSONDecodingOptions: Sendable {
    /// Unknown fields and unknown enum names are passed over, not refused.
    package var ignoresUnknownFields: Bool
    /// Types that a `google.protobuf.Any` may hold.
    package var types: KnownTypes

    /// proto3's defaults, unless told otherwise.
    package init(ignoresUnknownFields: Bool = false, types: KnownTypes = KnownTypes([])) {
        self.ignoresUnknownFields = ignoresUnknownFields
        self.types = types
    }
}

/// Message types by their full names. Those of `google.protobuf` that this module has are always in.
package struct KnownTypes: Sendable {
    private let byName: [String: any Message.Type]

    /// The given types.
    package init(_ types: [any Message.Type]) {
        let own: [any Message.Type] = [
            AnyMessage.self, BoolValue.self, BytesValue.self, DoubleValue.self, FieldMask.self,
            FloatValue.self, Int32Value.self, Int64Value.self, ListValue.self,
            ProtoDuration.self, ProtoStruct.self, ProtoValue.self, StringValue.self,
            Timestamp.self, UInt32Value.self, UInt64Value.self,
        ]
        byName = Dictionary(
            (own + types).map { ($0.protoName, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// The type of a full name.
    package subscript(_ name: String) -> (any Message.Type)? { byName[name] }
}
