/// A value that can be a parameter, in PostgreSQL's binary format.
///
/// Raw-representable types get it for free: `extension Kind: PostgresEncodable {}`.
package protocol PostgresEncodable: Sendable {
    /// The parameter's type, also when the value is null.
    static var postgresType: PostgresType { get }
    /// True for a null, whose bytes are not asked for.
    var isPostgresNull: Bool { get }
    /// Appends the binary form. Never fails: what the server cannot store, the server refuses.
    func encode(into bytes: inout [UInt8])
}

/// A value that can be read from a row.
package protocol PostgresDecodable: Sendable {
    /// Fails with a reason in words; the caller adds the column's name.
    static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self
}

/// Both ways.
package typealias PostgresCodable = PostgresEncodable & PostgresDecodable

/// Why a value could not be read; becomes a `PostgresError` that names the column.
package struct PostgresDecodingFailure: Error {
    let reason: String

    /// A reason in words.
    package init(_ reason: String) {
        self.reason = reason
    }

    static func type(_ found: PostgresType, wanted: String) -> Self {
        Self("is \(found.description), not \(wanted)")
    }
}

/// One value as the server sent it. Only good during the call it was passed to.
@safe
package struct PostgresCell {
    /// Type of the column, or of the element inside an array.
    package let type: PostgresType
    let bytes: UnsafeRawBufferPointer?

    init(type: PostgresType, bytes: UnsafeRawBufferPointer?) {
        self.type = type
        unsafe self.bytes = bytes
    }

    func notNull() throws(PostgresDecodingFailure) -> UnsafeRawBufferPointer {
        guard let bytes = unsafe bytes else {
            throw PostgresDecodingFailure("is null")
        }
        return unsafe bytes
    }

    /// Reads a big-endian integer that is the whole value.
    func integer<I: FixedWidthInteger>(_: I.Type) throws(PostgresDecodingFailure) -> I {
        let bytes = unsafe try notNull()
        guard bytes.count == MemoryLayout<I>.size else {
            throw PostgresDecodingFailure(
                "has \(bytes.count) bytes instead of \(MemoryLayout<I>.size)")
        }
        return unsafe I(bigEndian: bytes.loadUnaligned(as: I.self))
    }
}

extension PostgresEncodable {
    package var isPostgresNull: Bool { false }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    package static var postgresType: PostgresType { RawValue.postgresType }
    package func encode(into bytes: inout [UInt8]) {
        rawValue.encode(into: &bytes)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        let raw = try RawValue.decode(cell)
        guard let value = Self(rawValue: raw) else {
            throw PostgresDecodingFailure("is no valid \(Self.self): \(raw)")
        }
        return value
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    package var isPostgresNull: Bool { self?.isPostgresNull ?? true }
    package func encode(into bytes: inout [UInt8]) {
        self?.encode(into: &bytes)
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        if unsafe cell.bytes == nil { nil } else { try Wrapped.decode(cell) }
    }
}

extension Array where Element == UInt8 {
    mutating func appendBigEndian<I: FixedWidthInteger>(_ value: I) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { raw in
            unsafe append(contentsOf: raw)
        }
    }
}
