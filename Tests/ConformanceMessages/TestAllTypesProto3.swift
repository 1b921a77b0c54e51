package import Wire

/// `protobuf_test_messages.proto3.TestAllTypesProto3`, the message of protobuf's conformance suite:
/// every kind of field, each well-known type, and itself.
package struct TestAllTypesProto3: Message {
    package static let protoName = "protobuf_test_messages.proto3.TestAllTypesProto3"

    // Singular
    package var optionalInt32: Int32 = 0
    package var optionalInt64: Int64 = 0
    package var optionalUint32: UInt32 = 0
    package var optionalUint64: UInt64 = 0
    package var optionalSint32: Int32 = 0
    package var optionalSint64: Int64 = 0
    package var optionalFixed32: UInt32 = 0
    package var optionalFixed64: UInt64 = 0
    package var optionalSfixed32: Int32 = 0
    package var optionalSfixed64: Int64 = 0
    package var optionalFloat: Float = 0
    package var optionalDouble: Double = 0
    package var optionalBool = false
    package var optionalString = ""
    package var optionalBytes: [UInt8] = []
    package var optionalNestedMessage: NestedMessage?
    package var optionalForeignMessage: ForeignMessage?
    package var optionalNestedEnum = NestedEnum(rawValue: 0)
    package var optionalForeignEnum = ForeignEnum(rawValue: 0)
    package var optionalAliasedEnum = AliasedEnum(rawValue: 0)
    package var optionalStringPiece = ""
    package var optionalCord = ""
    @Boxed package var recursiveMessage: TestAllTypesProto3?

    // Repeated, packed where they can be
    package var repeatedInt32: [Int32] = []
    package var repeatedInt64: [Int64] = []
    package var repeatedUint32: [UInt32] = []
    package var repeatedUint64: [UInt64] = []
    package var repeatedSint32: [Int32] = []
    package var repeatedSint64: [Int64] = []
    package var repeatedFixed32: [UInt32] = []
    package var repeatedFixed64: [UInt64] = []
    package var repeatedSfixed32: [Int32] = []
    package var repeatedSfixed64: [Int64] = []
    package var repeatedFloat: [Float] = []
    package var repeatedDouble: [Double] = []
    package var repeatedBool: [Bool] = []
    package var repeatedString: [String] = []
    package var repeatedBytes: [[UInt8]] = []
    package var repeatedNestedMessage: [NestedMessage] = []
    package var repeatedForeignMessage: [ForeignMessage] = []
    package var repeatedNestedEnum: [NestedEnum] = []
    package var repeatedForeignEnum: [ForeignEnum] = []
    package var repeatedStringPiece: [String] = []
    package var repeatedCord: [String] = []

    // Maps
    package var mapInt32Int32: [Int32: Int32] = [:]
    package var mapInt64Int64: [Int64: Int64] = [:]
    package var mapUint32Uint32: [UInt32: UInt32] = [:]
    package var mapUint64Uint64: [UInt64: UInt64] = [:]
    package var mapSint32Sint32: [Int32: Int32] = [:]
    package var mapSint64Sint64: [Int64: Int64] = [:]
    package var mapFixed32Fixed32: [UInt32: UInt32] = [:]
    package var mapFixed64Fixed64: [UInt64: UInt64] = [:]
    package var mapSfixed32Sfixed32: [Int32: Int32] = [:]
    package var mapSfixed64Sfixed64: [Int64: Int64] = [:]
    package var mapInt32Float: [Int32: Float] = [:]
    package var mapInt32Double: [Int32: Double] = [:]
    package var mapBoolBool: [Bool: Bool] = [:]
    package var mapStringString: [String: String] = [:]
    package var mapStringBytes: [String: [UInt8]] = [:]
    package var mapStringNestedMessage: [String: NestedMessage] = [:]
    package var mapStringForeignMessage: [String: ForeignMessage] = [:]
    package var mapStringNestedEnum: [String: NestedEnum] = [:]
    package var mapStringForeignEnum: [String: ForeignEnum] = [:]

    // Packed
    package var packedInt32: [Int32] = []
    package var packedInt64: [Int64] = []
    package var packedUint32: [UInt32] = []
    package var packedUint64: [UInt64] = []
    package var packedSint32: [Int32] = []
    package var packedSint64: [Int64] = []
    package var packedFixed32: [UInt32] = []
    package var packedFixed64: [UInt64] = []
    package var packedSfixed32: [Int32] = []
    package var packedSfixed64: [Int64] = []
    package var packedFloat: [Float] = []
    package var packedDouble: [Double] = []
    package var packedBool: [Bool] = []
    package var packedNestedEnum: [NestedEnum] = []

    // Not packed
    package var unpackedInt32: [Int32] = []
    package var unpackedInt64: [Int64] = []
    package var unpackedUint32: [UInt32] = []
    package var unpackedUint64: [UInt64] = []
    package var unpackedSint32: [Int32] = []
    package var unpackedSint64: [Int64] = []
    package var unpackedFixed32: [UInt32] = []
    package var unpackedFixed64: [UInt64] = []
    package var unpackedSfixed32: [Int32] = []
    package var unpackedSfixed64: [Int64] = []
    package var unpackedFloat: [Float] = []
    package var unpackedDouble: [Double] = []
    package var unpackedBool: [Bool] = []
    package var unpackedNestedEnum: [NestedEnum] = []

    package var oneofField: OneofField?

    // Wrappers
    package var optionalBoolWrapper: BoolValue?
    package var optionalInt32Wrapper: Int32Value?
    package var optionalInt64Wrapper: Int64Value?
    package var optionalUint32Wrapper: UInt32Value?
    package var optionalUint64Wrapper: UInt64Value?
    package var optionalFloatWrapper: FloatValue?
    package var optionalDoubleWrapper: DoubleValue?
    package var optionalStringWrapper: StringValue?
    package var optionalBytesWrapper: BytesValue?
    package var repeatedBoolWrapper: [BoolValue] = []
    package var repeatedInt32Wrapper: [Int32Value] = []
    package var repeatedInt64Wrapper: [Int64Value] = []
    package var repeatedUint32Wrapper: [UInt32Value] = []
    package var repeatedUint64Wrapper: [UInt64Value] = []
    package var repeatedFloatWrapper: [FloatValue] = []
    package var repeatedDoubleWrapper: [DoubleValue] = []
    package var repeatedStringWrapper: [StringValue] = []
    package var repeatedBytesWrapper: [BytesValue] = []

    // Other well-known types
    package var optionalDuration: ProtoDuration?
    package var optionalTimestamp: Timestamp?
    package var optionalFieldMask: FieldMask?
    package var optionalStruct: ProtoStruct?
    package var optionalAny: AnyMessage?
    package var optionalValue: ProtoValue?
    package var optionalNullValue = NullValue(rawValue: 0)
    package var repeatedDuration: [ProtoDuration] = []
    package var repeatedTimestamp: [Timestamp] = []
    package var repeatedFieldmask: [FieldMask] = []
    package var repeatedAny: [AnyMessage] = []
    package var repeatedValue: [ProtoValue] = []
    package var repeatedListValue: [ListValue] = []
    package var repeatedStruct: [ProtoStruct] = []

    // Names that JSON changes in odd ways
    package var fieldname1: Int32 = 0
    package var fieldName2: Int32 = 0
    package var fieldName3: Int32 = 0
    package var fieldName4: Int32 = 0
    package var field0name5: Int32 = 0
    package var field0Name6: Int32 = 0
    package var fieldName7: Int32 = 0
    package var fieldName8: Int32 = 0
    package var fieldName9: Int32 = 0
    package var fieldName10: Int32 = 0
    package var fieldName11: Int32 = 0
    package var fieldName12: Int32 = 0
    package var fieldName13: Int32 = 0
    package var fieldName14: Int32 = 0
    package var fieldName15: Int32 = 0
    package var fieldName16: Int32 = 0
    package var fieldName17: Int32 = 0
    package var fieldName18: Int32 = 0

    package var unknownFields = UnknownFields()

    package init() {}

    /// The other fields are in an extension; a box is private to its file.
    @inline(__always)
    mutating func visitRecursive<V: FieldVisitor>(_ v: inout V) {
        v.field(27, "recursive_message", &_recursiveMessage)
    }
}

extension TestAllTypesProto3 {
    /// At most one of them.
    package enum OneofField: Equatable, Sendable {
        case uint32(UInt32)
        case nestedMessage(NestedMessage)
        case string(String)
        case bytes([UInt8])
        case bool(Bool)
        case uint64(UInt64)
        case float(Float)
        case double(Double)
        case enumeration(NestedEnum)
        case nullValue(NullValue)
    }
}
