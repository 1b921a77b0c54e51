package import FoundationEssentials

// Binary formats: the `…send` and `…recv` functions of the server's src/backend/utils/adt.

extension PostgresDecodable where Self: FixedWidthInteger {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        let wide: Int64 =
            switch cell.type {
            case .int8: try cell.integer(Int64.self)
            case .int4: Int64(try cell.integer(Int32.self))
            case .int2: Int64(try cell.integer(Int16.self))
            default: throw .type(cell.type, wanted: "an integer")
            }
        guard let value = Self(exactly: wide) else {
            throw PostgresDecodingFailure("does not fit into \(Self.self): \(wide)")
        }
        return value
    }
}

extension Int16: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int2 }
    package func encode(into bytes: inout [UInt8]) { bytes.appendBigEndian(self) }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int4 }
    package func encode(into bytes: inout [UInt8]) { bytes.appendBigEndian(self) }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into bytes: inout [UInt8]) { bytes.appendBigEndian(self) }
}

extension Int: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into bytes: inout [UInt8]) { bytes.appendBigEndian(Int64(self)) }
}

extension Bool: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .bool }
    package func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        guard cell.type == .bool else { throw .type(cell.type, wanted: "boolean") }
        return try cell.integer(UInt8.self) != 0
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .float8 }
    package func encode(into bytes: inout [UInt8]) { bytes.appendBigEndian(bitPattern) }
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        switch cell.type {
        case .float8: Double(bitPattern: try cell.integer(UInt64.self))
        case .float4: Double(Float(bitPattern: try cell.integer(UInt32.self)))
        default: throw .type(cell.type, wanted: "a floating-point number")
        }
    }
}

extension String: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .text }
    package func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        var bytes = unsafe try cell.notNull()
        switch cell.type {
        case .text, .varchar, .bpchar, .name, .json, .xml, .unknown:
            break
        case .jsonb:
            // A version number, always 1, then the text.
            guard unsafe bytes.first == 1 else {
                throw PostgresDecodingFailure("is jsonb of an unknown version")
            }
            unsafe bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        case let type where type.rawValue >= PostgresType.userDefinedMin:
            // Enums and extension types such as citext are sent as text.
            break
        default:
            throw .type(cell.type, wanted: "text")
        }
        guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
            throw PostgresDecodingFailure("is not UTF-8")
        }
        return text
    }
}

extension UUID: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .uuid }
    package func encode(into bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(of: uuid) { raw in
            unsafe bytes.append(contentsOf: raw)
        }
    }
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        guard cell.type == .uuid else { throw .type(cell.type, wanted: "uuid") }
        let bytes = unsafe try cell.notNull()
        guard bytes.count == MemoryLayout<uuid_t>.size else {
            throw PostgresDecodingFailure("has \(bytes.count) bytes instead of 16")
        }
        return unsafe UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

extension Date: PostgresEncodable, PostgresDecodable {
    /// 2000-01-01T00:00:00Z, where PostgreSQL counts from, in seconds since Foundation's 2001.
    private static let postgresEpoch = -31_622_400.0

    package static var postgresType: PostgresType { .timestamptz }

    /// Microseconds, rounded to the nearest. Beyond 64 bits the server gets a value that it refuses
    /// as out of range (22008); its infinities are never sent.
    package func encode(into bytes: inout [UInt8]) {
        let exact = (timeIntervalSinceReferenceDate - Self.postgresEpoch) * 1_000_000
        let value = Int64(exactly: exact.rounded()) ?? (exact < 0 ? .min + 1 : .max - 1)
        bytes.appendBigEndian(value)
    }

    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFailure) -> Self {
        guard cell.type == .timestamptz else {
            throw .type(cell.type, wanted: "timestamp with time zone")
        }
        let microseconds = try cell.integer(Int64.self)
        guard microseconds != .max, microseconds != .min else {
            throw PostgresDecodingFailure("is infinite")
        }
        // Seconds and the rest apart: a Double has no room for all the digits at once.
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return Date(
            timeIntervalSinceReferenceDate: Double(seconds) + Self.postgresEpoch
                + Double(rest) / 1_000_000)
    }
}
