package import Wire

extension TestAllTypesProto3 {
    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        visitSingular(&v)
        visitRecursive(&v)
        visitRepeated(&v)
        visitMaps(&v)
        visitPacked(&v)
        visitUnpacked(&v)
        visitOneof(&v)
        visitWrappers(&v)
        visitWellKnown(&v)
        visitOddNames(&v)
    }

    @inline(__always)
    private mutating func visitSingular<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "optional_int32", &optionalInt32)
        v.field(2, "optional_int64", &optionalInt64)
        v.field(3, "optional_uint32", &optionalUint32)
        v.field(4, "optional_uint64", &optionalUint64)
        v.field(5, "optional_sint32", &optionalSint32, as: SInt32.self)
        v.field(6, "optional_sint64", &optionalSint64, as: SInt64.self)
        v.field(7, "optional_fixed32", &optionalFixed32, as: Fixed32.self)
        v.field(8, "optional_fixed64", &optionalFixed64, as: Fixed64.self)
        v.field(9, "optional_sfixed32", &optionalSfixed32, as: SFixed32.self)
        v.field(10, "optional_sfixed64", &optionalSfixed64, as: SFixed64.self)
        v.field(11, "optional_float", &optionalFloat)
        v.field(12, "optional_double", &optionalDouble)
        v.field(13, "optional_bool", &optionalBool)
        v.field(14, "optional_string", &optionalString)
        v.field(15, "optional_bytes", &optionalBytes)
        v.field(18, "optional_nested_message", &optionalNestedMessage)
        v.field(19, "optional_foreign_message", &optionalForeignMessage)
        v.field(21, "optional_nested_enum", &optionalNestedEnum)
        v.field(22, "optional_foreign_enum", &optionalForeignEnum)
        v.field(23, "optional_aliased_enum", &optionalAliasedEnum)
        v.field(24, "optional_string_piece", &optionalStringPiece)
        v.field(25, "optional_cord", &optionalCord)
    }

    @inline(__always)
    private mutating func visitRepeated<V: FieldVisitor>(_ v: inout V) {
        v.field(31, "repeated_int32", &repeatedInt32)
        v.field(32, "repeated_int64", &repeatedInt64)
        v.field(33, "repeated_uint32", &repeatedUint32)
        v.field(34, "repeated_uint64", &repeatedUint64)
        v.field(35, "repeated_sint32", &repeatedSint32, as: SInt32.self)
        v.field(36, "repeated_sint64", &repeatedSint64, as: SInt64.self)
        v.field(37, "repeated_fixed32", &repeatedFixed32, as: Fixed32.self)
        v.field(38, "repeated_fixed64", &repeatedFixed64, as: Fixed64.self)
        v.field(39, "repeated_sfixed32", &repeatedSfixed32, as: SFixed32.self)
        v.field(40, "repeated_sfixed64", &repeatedSfixed64, as: SFixed64.self)
        v.field(41, "repeated_float", &repeatedFloat)
        v.field(42, "repeated_double", &repeatedDouble)
        v.field(43, "repeated_bool", &repeatedBool)
        v.field(44, "repeated_string", &repeatedString)
        v.field(45, "repeated_bytes", &repeatedBytes)
        v.field(48, "repeated_nested_message", &repeatedNestedMessage)
        v.field(49, "repeated_foreign_message", &repeatedForeignMessage)
        v.field(51, "repeated_nested_enum", &repeatedNestedEnum)
        v.field(52, "repeated_foreign_enum", &repeatedForeignEnum)
        v.field(54, "repeated_string_piece", &repeatedStringPiece)
        v.field(55, "repeated_cord", &repeatedCord)
    }

    @inline(__always)
    private mutating func visitMaps<V: FieldVisitor>(_ v: inout V) {
        v.map(56, "map_int32_int32", &mapInt32Int32)
        v.map(57, "map_int64_int64", &mapInt64Int64)
        v.map(58, "map_uint32_uint32", &mapUint32Uint32)
        v.map(59, "map_uint64_uint64", &mapUint64Uint64)
        v.map(60, "map_sint32_sint32", &mapSint32Sint32, key: SInt32.self, as: SInt32.self)
        v.map(61, "map_sint64_sint64", &mapSint64Sint64, key: SInt64.self, as: SInt64.self)
        v.map(62, "map_fixed32_fixed32", &mapFixed32Fixed32, key: Fixed32.self, as: Fixed32.self)
        v.map(63, "map_fixed64_fixed64", &mapFixed64Fixed64, key: Fixed64.self, as: Fixed64.self)
        v.map(
            64, "map_sfixed32_sfixed32", &mapSfixed32Sfixed32, key: SFixed32.self, as: SFixed32.self
        )
        v.map(
            65, "map_sfixed64_sfixed64", &mapSfixed64Sfixed64, key: SFixed64.self, as: SFixed64.self
        )
        v.map(66, "map_int32_float", &mapInt32Float)
        v.map(67, "map_int32_double", &mapInt32Double)
        v.map(68, "map_bool_bool", &mapBoolBool)
        v.map(69, "map_string_string", &mapStringString)
        v.map(70, "map_string_bytes", &mapStringBytes)
        v.map(71, "map_string_nested_message", &mapStringNestedMessage)
        v.map(72, "map_string_foreign_message", &mapStringForeignMessage)
        v.map(73, "map_string_nested_enum", &mapStringNestedEnum)
        v.map(74, "map_string_foreign_enum", &mapStringForeignEnum)
    }

    @inline(__always)
    private mutating func visitPacked<V: FieldVisitor>(_ v: inout V) {
        v.field(75, "packed_int32", &packedInt32)
        v.field(76, "packed_int64", &packedInt64)
        v.field(77, "packed_uint32", &packedUint32)
        v.field(78, "packed_uint64", &packedUint64)
        v.field(79, "packed_sint32", &packedSint32, as: SInt32.self)
        v.field(80, "packed_sint64", &packedSint64, as: SInt64.self)
        v.field(81, "packed_fixed32", &packedFixed32, as: Fixed32.self)
        v.field(82, "packed_fixed64", &packedFixed64, as: Fixed64.self)
        v.field(83, "packed_sfixed32", &packedSfixed32, as: SFixed32.self)
        v.field(84, "packed_sfixed64", &packedSfixed64, as: SFixed64.self)
        v.field(85, "packed_float", &packedFloat)
        v.field(86, "packed_double", &packedDouble)
        v.field(87, "packed_bool", &packedBool)
        v.field(88, "packed_nested_enum", &packedNestedEnum)
    }

    @inline(__always)
    private mutating func visitUnpacked<V: FieldVisitor>(_ v: inout V) {
        v.field(89, "unpacked_int32", &unpackedInt32, packed: false)
        v.field(90, "unpacked_int64", &unpackedInt64, packed: false)
        v.field(91, "unpacked_uint32", &unpackedUint32, packed: false)
        v.field(92, "unpacked_uint64", &unpackedUint64, packed: false)
        v.field(93, "unpacked_sint32", &unpackedSint32, as: SInt32.self, packed: false)
        v.field(94, "unpacked_sint64", &unpackedSint64, as: SInt64.self, packed: false)
        v.field(95, "unpacked_fixed32", &unpackedFixed32, as: Fixed32.self, packed: false)
        v.field(96, "unpacked_fixed64", &unpackedFixed64, as: Fixed64.self, packed: false)
        v.field(97, "unpacked_sfixed32", &unpackedSfixed32, as: SFixed32.self, packed: false)
        v.field(98, "unpacked_sfixed64", &unpackedSfixed64, as: SFixed64.self, packed: false)
        v.field(99, "unpacked_float", &unpackedFloat, packed: false)
        v.field(100, "unpacked_double", &unpackedDouble, packed: false)
        v.field(101, "unpacked_bool", &unpackedBool, packed: false)
        v.field(102, "unpacked_nested_enum", &unpackedNestedEnum, packed: false)
    }

    @inline(__always)
    private mutating func visitOneof<V: FieldVisitor>(_ v: inout V) {
        v.member(111, "oneof_uint32", of: "oneof_field", &oneofField, OneofField.uint32) {
            if case .uint32(let value) = $0 { value } else { nil }
        }
        v.member(
            112, "oneof_nested_message", of: "oneof_field", &oneofField, OneofField.nestedMessage
        ) {
            if case .nestedMessage(let value) = $0 { value } else { nil }
        }
        v.member(113, "oneof_string", of: "oneof_field", &oneofField, OneofField.string) {
            if case .string(let value) = $0 { value } else { nil }
        }
        v.member(114, "oneof_bytes", of: "oneof_field", &oneofField, OneofField.bytes) {
            if case .bytes(let value) = $0 { value } else { nil }
        }
        v.member(115, "oneof_bool", of: "oneof_field", &oneofField, OneofField.bool) {
            if case .bool(let value) = $0 { value } else { nil }
        }
        v.member(116, "oneof_uint64", of: "oneof_field", &oneofField, OneofField.uint64) {
            if case .uint64(let value) = $0 { value } else { nil }
        }
        v.member(117, "oneof_float", of: "oneof_field", &oneofField, OneofField.float) {
            if case .float(let value) = $0 { value } else { nil }
        }
        v.member(118, "oneof_double", of: "oneof_field", &oneofField, OneofField.double) {
            if case .double(let value) = $0 { value } else { nil }
        }
        v.member(119, "oneof_enum", of: "oneof_field", &oneofField, OneofField.enumeration) {
            if case .enumeration(let value) = $0 { value } else { nil }
        }
        v.member(120, "oneof_null_value", of: "oneof_field", &oneofField, OneofField.nullValue) {
            if case .nullValue(let value) = $0 { value } else { nil }
        }
    }

    @inline(__always)
    private mutating func visitWrappers<V: FieldVisitor>(_ v: inout V) {
        v.field(201, "optional_bool_wrapper", &optionalBoolWrapper)
        v.field(202, "optional_int32_wrapper", &optionalInt32Wrapper)
        v.field(203, "optional_int64_wrapper", &optionalInt64Wrapper)
        v.field(204, "optional_uint32_wrapper", &optionalUint32Wrapper)
        v.field(205, "optional_uint64_wrapper", &optionalUint64Wrapper)
        v.field(206, "optional_float_wrapper", &optionalFloatWrapper)
        v.field(207, "optional_double_wrapper", &optionalDoubleWrapper)
        v.field(208, "optional_string_wrapper", &optionalStringWrapper)
        v.field(209, "optional_bytes_wrapper", &optionalBytesWrapper)
        v.field(211, "repeated_bool_wrapper", &repeatedBoolWrapper)
        v.field(212, "repeated_int32_wrapper", &repeatedInt32Wrapper)
        v.field(213, "repeated_int64_wrapper", &repeatedInt64Wrapper)
        v.field(214, "repeated_uint32_wrapper", &repeatedUint32Wrapper)
        v.field(215, "repeated_uint64_wrapper", &repeatedUint64Wrapper)
        v.field(216, "repeated_float_wrapper", &repeatedFloatWrapper)
        v.field(217, "repeated_double_wrapper", &repeatedDoubleWrapper)
        v.field(218, "repeated_string_wrapper", &repeatedStringWrapper)
        v.field(219, "repeated_bytes_wrapper", &repeatedBytesWrapper)
    }

    @inline(__always)
    private mutating func visitWellKnown<V: FieldVisitor>(_ v: inout V) {
        v.field(301, "optional_duration", &optionalDuration)
        v.field(302, "optional_timestamp", &optionalTimestamp)
        v.field(303, "optional_field_mask", &optionalFieldMask)
        v.field(304, "optional_struct", &optionalStruct)
        v.field(305, "optional_any", &optionalAny)
        v.field(306, "optional_value", &optionalValue)
        v.field(307, "optional_null_value", &optionalNullValue)
        v.field(311, "repeated_duration", &repeatedDuration)
        v.field(312, "repeated_timestamp", &repeatedTimestamp)
        v.field(313, "repeated_fieldmask", &repeatedFieldmask)
        v.field(315, "repeated_any", &repeatedAny)
        v.field(316, "repeated_value", &repeatedValue)
        v.field(317, "repeated_list_value", &repeatedListValue)
        v.field(324, "repeated_struct", &repeatedStruct)
    }

    @inline(__always)
    private mutating func visitOddNames<V: FieldVisitor>(_ v: inout V) {
        v.field(401, "fieldname1", &fieldname1)
        v.field(402, "field_name2", &fieldName2)
        v.field(403, "_field_name3", &fieldName3)
        v.field(404, "field__name4_", &fieldName4)
        v.field(405, "field0name5", &field0name5)
        v.field(406, "field_0_name6", &field0Name6)
        v.field(407, "fieldName7", &fieldName7)
        v.field(408, "FieldName8", &fieldName8)
        v.field(409, "field_Name9", &fieldName9)
        v.field(410, "Field_Name10", &fieldName10)
        v.field(411, "FIELD_NAME11", &fieldName11)
        v.field(412, "FIELD_name12", &fieldName12)
        v.field(413, "__field_name13", &fieldName13)
        v.field(414, "__Field_name14", &fieldName14)
        v.field(415, "field__name15", &fieldName15)
        v.field(416, "field__Name16", &fieldName16)
        v.field(417, "field_name17__", &fieldName17)
        v.field(418, "Field_name18__", &fieldName18)
    }
}
