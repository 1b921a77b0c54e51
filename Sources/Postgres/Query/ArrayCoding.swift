package import FoundationEssentials

/// What an array of may be a parameter or a column. `[UInt8]` is bytea, everything else is a
/// one-dimensional array; optional elements carry nulls.
package protocol PostgresArrayElement: Sendable {
    /// Type of the whole array.
    static var postgresArrayType: PostgresType { get }
    /// Appends the binary form of the whole array.
    static func encode(array: [Self], into bytes: inout [UInt8])
    /// Reads the whole array.
    static func decode(array cell: PostgresCell) throws(PostgresDecodingFailure) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }
    package func encode(into bytes: inout [UInt8]) {
        Element.encode(array: self, into: &bytes)
    }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        try Element.decode(array: cell)
    }
}

extension UInt8: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .bytea }
    package static func encode(array: [UInt8], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: array)
    }
    package static func decode(
        array cell: PostgresCell
    ) throws(PostgresDecodingFailure) -> [UInt8] {
        guard cell.type == .bytea else { throw .type(cell.type, wanted: "bytea") }
        return unsafe Array(try cell.notNull())
    }
}

extension PostgresArrayElement where Self: PostgresCodable {
    /// Header, then length and bytes of each element (`array_send` in arrayfuncs.c).
    package static func encode(array: [Self], into bytes: inout [UInt8]) {
        let hasNulls = array.contains { $0.isPostgresNull }
        bytes.appendBigEndian(Int32(array.isEmpty ? 0 : 1))
        bytes.appendBigEndian(Int32(hasNulls ? 1 : 0))
        bytes.appendBigEndian(postgresType.rawValue)
        guard !array.isEmpty else { return }
        // A count that does not fit makes a header which the server refuses.
        bytes.appendBigEndian(Int32(clamping: array.count))
        bytes.appendBigEndian(Int32(1))
        for element in array {
            guard !element.isPostgresNull else {
                bytes.appendBigEndian(Int32(-1))
                continue
            }
            let start = bytes.count
            bytes.appendBigEndian(Int32(0))
            element.encode(into: &bytes)
            let length = UInt32(truncatingIfNeeded: bytes.count - start - 4)
            for offset in 0..<4 {
                bytes[start + offset] = UInt8(truncatingIfNeeded: length >> (24 - 8 * offset))
            }
        }
    }

    package static func decode(
        array cell: PostgresCell
    ) throws(PostgresDecodingFailure) -> [Self] {
        var reader = unsafe ArrayReader(bytes: try cell.notNull())
        guard cell.type.isArray else { throw .type(cell.type, wanted: "an array") }
        let dimensions = try reader.int32()
        _ = try reader.int32()
        let elementType = PostgresType(rawValue: UInt32(bitPattern: try reader.int32()))
        guard dimensions != 0 else { return [] }
        guard dimensions == 1 else {
            throw PostgresDecodingFailure("has \(dimensions) dimensions instead of 1")
        }
        let count = Int(try reader.int32())
        _ = try reader.int32()
        // Every element has at least its length word: a wrong count cannot make us reserve more.
        guard count >= 0, count <= reader.remaining / 4 else {
            throw PostgresDecodingFailure("is an array cut short")
        }
        var array: [Self] = []
        array.reserveCapacity(count)
        for _ in 0..<count {
            array.append(try Self.decode(reader.element(of: elementType)))
        }
        return array
    }
}

extension PostgresType {
    /// The server's own arrays that the driver knows, or any type of a user's.
    fileprivate var isArray: Bool {
        switch self {
        case .boolArray, .byteaArray, .int2Array, .int4Array, .int8Array, .textArray,
            .float8Array, .timestamptzArray, .uuidArray, Self(rawValue: 1015):
            true
        default:
            rawValue >= PostgresType.userDefinedMin
        }
    }
}

@safe
private struct ArrayReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(bytes: UnsafeRawBufferPointer) {
        unsafe self.bytes = bytes
    }

    var remaining: Int { unsafe bytes.count - offset }

    mutating func int32() throws(PostgresDecodingFailure) -> Int32 {
        guard remaining >= 4 else { throw PostgresDecodingFailure("is an array cut short") }
        defer { offset += 4 }
        return unsafe Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }

    mutating func element(of type: PostgresType) throws(PostgresDecodingFailure) -> PostgresCell {
        let length = Int(try int32())
        guard length >= 0 else { return unsafe PostgresCell(type: type, bytes: nil) }
        guard length <= remaining else { throw PostgresDecodingFailure("is an array cut short") }
        defer { offset += length }
        return unsafe PostgresCell(
            type: type, bytes: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
    }
}

extension Int16: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int2Array }
}

extension Int32: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int4Array }
}

extension Int64: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int8Array }
}

extension Int: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int8Array }
}

extension Bool: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .boolArray }
}

extension Double: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .float8Array }
}

extension String: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .textArray }
}

extension UUID: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .uuidArray }
}

extension Date: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .timestamptzArray }
}

extension Array: PostgresArrayElement where Element == UInt8 {
    package static var postgresArrayType: PostgresType { .byteaArray }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement & PostgresCodable {
    package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}

extension PostgresArrayElement where Self: RawRepresentable, RawValue: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { RawValue.postgresArrayType }
}
