/// Types of fields, numbered as in `google.protobuf.FieldDescriptorProto.Type`.
@usableFromInline
package enum FieldKind: Int32, Sendable {
    case double = 1
    case float = 2
    case int64 = 3
    case uint64 = 4
    case int32 = 5
    case fixed64 = 6
    case fixed32 = 7
    case bool = 8
    case string = 9
    case message = 11
    case bytes = 12
    case uint32 = 13
    case enumeration = 14
    case sfixed32 = 15
    case sfixed64 = 16
    case sint32 = 17
    case sint64 = 18
}

/// How a value's length is told on the wire: the low three bits of a tag.
@usableFromInline
package enum WireType: UInt32, Sendable {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case startGroup = 3
    case endGroup = 4
    case fixed32 = 5
}

/// A way to write a Swift value as a field: a type of its own where proto has several
/// (`Int32` as int32, `SInt32` as sint32, `SFixed32` as sfixed32).
@usableFromInline
package protocol Scalar: Sendable {
    associatedtype Value: Hashable & Sendable
    static var kind: FieldKind { get }
    static var wireType: WireType { get }
    /// What an absent field says.
    static var defaultValue: Value { get }
    static func isDefault(_ value: Value) -> Bool
    /// Reads the value after its tag. On malformed input the decoder fails and the result is
    /// of no use.
    static func read(_ decoder: inout BinaryDecoder) -> Value
    /// Reads the value over another one, as ``read(_:)`` does.
    static func read(into value: inout Value, _ decoder: inout BinaryDecoder)
    /// Writes the value without its tag.
    static func write(_ value: Value, _ encoder: inout BinaryEncoder)
    /// Writes the value as JSON.
    static func writeJSON(_ value: Value, _ writer: inout JSONFieldWriter)
    /// Reads the value from JSON; nil where the reader failed, or there is nothing to keep.
    static func readJSON(_ reader: inout JSONFieldReader) -> Value?
}

extension Scalar {
    @inlinable @inline(__always)
    package static var isPackable: Bool { wireType != .lengthDelimited }
    @inlinable @inline(__always)
    package static func read(into value: inout Value, _ decoder: inout BinaryDecoder) {
        value = read(&decoder)
    }
}

extension Scalar where Value: FixedWidthInteger {
    @inlinable package static var defaultValue: Value { 0 }
    @inlinable @inline(__always)
    package static func isDefault(_ value: Value) -> Bool { value == 0 }
}

// MARK: Varints

extension Int32: Scalar {
    @usableFromInline package typealias Value = Int32
    @inlinable package static var kind: FieldKind { .int32 }
    @inlinable package static var wireType: WireType { .varint }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> Int32 {
        Int32(truncatingIfNeeded: decoder.readVarint())
    }
    @inlinable @inline(__always)
    package static func write(_ value: Int32, _ encoder: inout BinaryEncoder) {
        encoder.writeVarint(UInt64(bitPattern: Int64(value)))
    }
}

extension Int64: Scalar {
    @usableFromInline package typealias Value = Int64
    @inlinable package static var kind: FieldKind { .int64 }
    @inlinable package static var wireType: WireType { .varint }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> Int64 {
        Int64(bitPattern: decoder.readVarint())
    }
    @inlinable @inline(__always)
    package static func write(_ value: Int64, _ encoder: inout BinaryEncoder) {
        encoder.writeVarint(UInt64(bitPattern: value))
    }
}

extension UInt32: Scalar {
    @usableFromInline package typealias Value = UInt32
    @inlinable package static var kind: FieldKind { .uint32 }
    @inlinable package static var wireType: WireType { .varint }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> UInt32 {
        UInt32(truncatingIfNeeded: decoder.readVarint())
    }
    @inlinable @inline(__always)
    package static func write(_ value: UInt32, _ encoder: inout BinaryEncoder) {
        encoder.writeVarint(UInt64(value))
    }
}

extension UInt64: Scalar {
    @usableFromInline package typealias Value = UInt64
    @inlinable package static var kind: FieldKind { .uint64 }
    @inlinable package static var wireType: WireType { .varint }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> UInt64 { decoder.readVarint() }
    @inlinable @inline(__always)
    package static func write(_ value: UInt64, _ encoder: inout BinaryEncoder) {
        encoder.writeVarint(value)
    }
}

extension Bool: Scalar {
    @inlinable package static var kind: FieldKind { .bool }
    @inlinable package static var wireType: WireType { .varint }
    @inlinable package static var defaultValue: Bool { false }
    @inlinable @inline(__always)
    package static func isDefault(_ value: Bool) -> Bool { !value }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> Bool { decoder.readVarint() != 0 }
    @inlinable @inline(__always)
    package static func write(_ value: Bool, _ encoder: inout BinaryEncoder) {
        encoder.writeVarint(value ? 1 : 0)
    }
}

/// sint32: small for small negative numbers (zigzag).
@usableFromInline
package enum SInt32: Scalar {
    @usableFromInline package typealias Value = Int32
    @inlinable package static var kind: FieldKind { .sint32 }
    @inlinable package static var wireType: WireType { .varint }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> Int32 {
        let raw = UInt32(truncatingIfNeeded: decoder.readVarint())
        return Int32(bitPattern: raw >> 1) ^ -Int32(bitPattern: raw & 1)
    }
    @inlinable @inline(__always)
    package static func write(_ value: Int32, _ encoder: inout BinaryEncoder) {
        encoder.writeVarint(UInt64(UInt32(bitPattern: (value << 1) ^ (value >> 31))))
    }
}

/// sint64: small for small negative numbers (zigzag).
@usableFromInline
package enum SInt64: Scalar {
    @usableFromInline package typealias Value = Int64
    @inlinable package static var kind: FieldKind { .sint64 }
    @inlinable package static var wireType: WireType { .varint }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> Int64 {
        let raw = decoder.readVarint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }
    @inlinable @inline(__always)
    package static func write(_ value: Int64, _ encoder: inout BinaryEncoder) {
        encoder.writeVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }
}

// MARK: Fixed width

/// fixed32.
@usableFromInline
package enum Fixed32: Scalar {
    @usableFromInline package typealias Value = UInt32
    @inlinable package static var kind: FieldKind { .fixed32 }
    @inlinable package static var wireType: WireType { .fixed32 }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> UInt32 { decoder.readFixed32() }
    @inlinable @inline(__always)
    package static func write(_ value: UInt32, _ encoder: inout BinaryEncoder) {
        encoder.writeFixed(value)
    }
}

/// fixed64.
@usableFromInline
package enum Fixed64: Scalar {
    @usableFromInline package typealias Value = UInt64
    @inlinable package static var kind: FieldKind { .fixed64 }
    @inlinable package static var wireType: WireType { .fixed64 }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> UInt64 { decoder.readFixed64() }
    @inlinable @inline(__always)
    package static func write(_ value: UInt64, _ encoder: inout BinaryEncoder) {
        encoder.writeFixed(value)
    }
}

/// sfixed32.
@usableFromInline
package enum SFixed32: Scalar {
    @usableFromInline package typealias Value = Int32
    @inlinable package static var kind: FieldKind { .sfixed32 }
    @inlinable package static var wireType: WireType { .fixed32 }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> Int32 {
        Int32(bitPattern: decoder.readFixed32())
    }
    @inlinable @inline(__always)
    package static func write(_ value: Int32, _ encoder: inout BinaryEncoder) {
        encoder.writeFixed(UInt32(bitPattern: value))
    }
}

/// sfixed64.
@usableFromInline
package enum SFixed64: Scalar {
    @usableFromInline package typealias Value = Int64
    @inlinable package static var kind: FieldKind { .sfixed64 }
    @inlinable package static var wireType: WireType { .fixed64 }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> Int64 {
        Int64(bitPattern: decoder.readFixed64())
    }
    @inlinable @inline(__always)
    package static func write(_ value: Int64, _ encoder: inout BinaryEncoder) {
        encoder.writeFixed(UInt64(bitPattern: value))
    }
}

extension Float: Scalar {
    @inlinable package static var kind: FieldKind { .float }
    @inlinable package static var defaultValue: Float { 0 }
    @inlinable package static var wireType: WireType { .fixed32 }
    /// −0.0 is not the default: the bits decide.
    @inlinable @inline(__always)
    package static func isDefault(_ value: Float) -> Bool { value.bitPattern == 0 }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> Float {
        Float(bitPattern: decoder.readFixed32())
    }
    @inlinable @inline(__always)
    package static func write(_ value: Float, _ encoder: inout BinaryEncoder) {
        encoder.writeFixed(value.bitPattern)
    }
}

extension Double: Scalar {
    @inlinable package static var kind: FieldKind { .double }
    @inlinable package static var defaultValue: Double { 0 }
    @inlinable package static var wireType: WireType { .fixed64 }
    /// −0.0 is not the default: the bits decide.
    @inlinable @inline(__always)
    package static func isDefault(_ value: Double) -> Bool { value.bitPattern == 0 }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> Double {
        Double(bitPattern: decoder.readFixed64())
    }
    @inlinable @inline(__always)
    package static func write(_ value: Double, _ encoder: inout BinaryEncoder) {
        encoder.writeFixed(value.bitPattern)
    }
}

// MARK: Length-delimited

extension String: Scalar {
    @inlinable package static var kind: FieldKind { .string }
    @inlinable package static var wireType: WireType { .lengthDelimited }
    @inlinable package static var defaultValue: String { "" }
    @inlinable @inline(__always)
    package static func isDefault(_ value: String) -> Bool { value.isEmpty }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> String {
        var value = ""
        decoder.readString(into: &value)
        return value
    }
    @inlinable @inline(__always)
    package static func read(into value: inout String, _ decoder: inout BinaryDecoder) {
        decoder.readString(into: &value)
    }
    @inlinable @inline(__always)
    package static func write(_ value: String, _ encoder: inout BinaryEncoder) {
        encoder.writeString(value)
    }
}

/// bytes.
extension Array: Scalar where Element == UInt8 {
    @inlinable package static var kind: FieldKind { .bytes }
    @inlinable package static var wireType: WireType { .lengthDelimited }
    @inlinable package static var defaultValue: [UInt8] { [] }
    @inlinable @inline(__always)
    package static func isDefault(_ value: [UInt8]) -> Bool { value.isEmpty }
    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> [UInt8] { decoder.readBytes() }
    @inlinable @inline(__always)
    package static func write(_ value: [UInt8], _ encoder: inout BinaryEncoder) {
        encoder.writeBytes(value)
    }
}
