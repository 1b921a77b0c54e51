/// A message of any type in the descriptor set, as a tree of values.
///
/// Normal form, which `DynamicSchema.unpack` gives and equality is meant for: a field without
/// presence that holds its default, and an empty list, are left out.
package struct DynamicMessage: Sendable, Equatable {
    /// Full name of the message type.
    package var typeName: String
    /// By field number. A repeated field is a `.list`; a `map` is a list of its entry messages.
    package var fields: [Int: DynamicValue]
    /// Fields that the type does not have, in the order of the bytes.
    package var unknownFields: [DynamicUnknownField]

    /// A message of this type with these fields.
    package init(
        _ typeName: String, fields: [Int: DynamicValue] = [:],
        unknownFields: [DynamicUnknownField] = []
    ) {
        self.typeName = typeName
        self.fields = fields
        self.unknownFields = unknownFields
    }
}

/// The value of one field.
package indirect enum DynamicValue: Sendable, Equatable {
    /// int32, sint32, sfixed32.
    case int32(Int32)
    /// int64, sint64, sfixed64.
    case int64(Int64)
    /// uint32, fixed32.
    case uint32(UInt32)
    /// uint64, fixed64.
    case uint64(UInt64)
    case float(Float)
    case double(Double)
    case bool(Bool)
    /// Without NUL: libprotobuf-c ends strings there.
    case string(String)
    case bytes([UInt8])
    /// The number, known to the enum or not.
    case enumeration(Int32)
    case message(DynamicMessage)
    /// Elements of a repeated field, all of its type.
    case list([DynamicValue])
}

/// A field that was read but is not in the message type.
package struct DynamicUnknownField: Sendable, Equatable {
    package var number: UInt32
    /// 0 varint, 1 64 bits, 2 length-delimited, 5 32 bits.
    package var wireType: UInt32
    /// As on the wire after the tag; a length-delimited one with its length.
    package var payload: [UInt8]

    /// A field of this number and payload.
    package init(number: UInt32, wireType: UInt32, payload: [UInt8]) {
        self.number = number
        self.wireType = wireType
        self.payload = payload
    }
}
