import JSON

// MARK: Integers

extension Scalar where Value == Int32 {
    @usableFromInline package static func writeJSON(_ value: Int32, _ writer: inout JSONFieldWriter)
    {
        writer.json.integer(value)
    }
    @usableFromInline package static func readJSON(_ reader: inout JSONFieldReader) -> Int32? {
        reader.integer("a 32-bit integer") { $0.int64.flatMap(Int32.init(exactly:)) }
    }
}

extension Scalar where Value == UInt32 {
    @usableFromInline package static func writeJSON(
        _ value: UInt32, _ writer: inout JSONFieldWriter
    ) {
        writer.json.integer(value)
    }
    @usableFromInline package static func readJSON(_ reader: inout JSONFieldReader) -> UInt32? {
        reader.integer("a 32-bit integer, not negative") {
            $0.uint64.flatMap(UInt32.init(exactly:))
        }
    }
}

extension Scalar where Value == Int64 {
    @usableFromInline package static func writeJSON(_ value: Int64, _ writer: inout JSONFieldWriter)
    {
        writer.json.string(String(value))
    }
    @usableFromInline package static func readJSON(_ reader: inout JSONFieldReader) -> Int64? {
        reader.integer("a 64-bit integer") { $0.int64 }
    }
}

extension Scalar where Value == UInt64 {
    @usableFromInline package static func writeJSON(
        _ value: UInt64, _ writer: inout JSONFieldWriter
    ) {
        writer.json.string(String(value))
    }
    @usableFromInline package static func readJSON(_ reader: inout JSONFieldReader) -> UInt64? {
        reader.integer("a 64-bit integer, not negative") { $0.uint64 }
    }
}

extension JSONFieldReader {
    /// Reads a number, or a string that holds one.
    mutating func integer<I: FixedWidthInteger>(
        _ wanted: String, _ convert: (JSONNumber) -> I?
    ) -> I? {
        guard let kind = attempt({ json throws(JSONError) in try json.peek() }) else { return nil }
        let number: JSONNumber?
        if kind == .string {
            guard let text = attempt({ json throws(JSONError) in try json.string() }) else {
                return nil
            }
            if let value = I(text), String(value) == text { return value }
            number = JSONNumber(text)
        } else {
            guard let read = attempt({ json throws(JSONError) in try json.number() }) else {
                return nil
            }
            number = read
        }
        guard let value = number.flatMap(convert) else {
            fail("\(wanted) is wanted")
            return nil
        }
        return value
    }

    /// Reads a number, a string that holds one, or the name of what is not a number.
    mutating func floating<F: BinaryFloatingPoint>(_ convert: (JSONNumber) -> F?) -> F? {
        guard let kind = attempt({ json throws(JSONError) in try json.peek() }) else { return nil }
        let number: JSONNumber?
        if kind == .string {
            guard let text = attempt({ json throws(JSONError) in try json.string() }) else {
                return nil
            }
            switch text {
            case "NaN": return .nan
            case "Infinity": return .infinity
            case "-Infinity": return -.infinity
            default: number = JSONNumber(text)
            }
        } else {
            guard let read = attempt({ json throws(JSONError) in try json.number() }) else {
                return nil
            }
            number = read
        }
        guard let value = number.flatMap(convert) else {
            fail("a number in range is wanted")
            return nil
        }
        return value
    }
}

// MARK: Floating point

extension JSONFieldWriter {
    fileprivate mutating func notFinite(isNaN: Bool, isNegative: Bool) {
        json.string(isNaN ? "NaN" : isNegative ? "-Infinity" : "Infinity")
    }
}

extension Float {
    @usableFromInline package static func writeJSON(_ value: Float, _ writer: inout JSONFieldWriter)
    {
        guard value.isFinite, (try? writer.json.float(value)) != nil else {
            return writer.notFinite(isNaN: value.isNaN, isNegative: value < 0)
        }
    }
    @usableFromInline package static func readJSON(_ reader: inout JSONFieldReader) -> Float? {
        reader.floating { $0.float }
    }
}

extension Double {
    @usableFromInline package static func writeJSON(
        _ value: Double, _ writer: inout JSONFieldWriter
    ) {
        guard value.isFinite, (try? writer.json.double(value)) != nil else {
            return writer.notFinite(isNaN: value.isNaN, isNegative: value < 0)
        }
    }
    @usableFromInline package static func readJSON(_ reader: inout JSONFieldReader) -> Double? {
        reader.floating { $0.double }
    }
}

// MARK: Bool, string, bytes, enums

extension Bool {
    @usableFromInline package static func writeJSON(_ value: Bool, _ writer: inout JSONFieldWriter)
    {
        writer.json.bool(value)
    }
    @usableFromInline package static func readJSON(_ reader: inout JSONFieldReader) -> Bool? {
        reader.attempt { json throws(JSONError) in try json.bool() }
    }
}

extension String {
    @usableFromInline package static func writeJSON(
        _ value: String, _ writer: inout JSONFieldWriter
    ) {
        writer.json.string(value)
    }
    @usableFromInline package static func readJSON(_ reader: inout JSONFieldReader) -> String? {
        reader.attempt { json throws(JSONError) in try json.string() }
    }
}

extension Array where Element == UInt8 {
    @usableFromInline package static func writeJSON(
        _ value: [UInt8], _ writer: inout JSONFieldWriter
    ) {
        writer.json.string(base64(value))
    }
    @usableFromInline package static func readJSON(_ reader: inout JSONFieldReader) -> [UInt8]? {
        guard let text = reader.attempt({ json throws(JSONError) in try json.string() }) else {
            return nil
        }
        guard let bytes = bytes(base64: text) else {
            reader.fail("base64 is wanted")
            return nil
        }
        return bytes
    }
}

extension ProtoEnum {
    @usableFromInline package static func writeJSON(_ value: Self, _ writer: inout JSONFieldWriter)
    {
        if let name = value.name {
            writer.json.string(name)
        } else {
            writer.json.integer(value.rawValue)
        }
    }

    @usableFromInline package static func readJSON(_ reader: inout JSONFieldReader) -> Self? {
        reader.enumeration(Self.self)
    }
}

extension JSONFieldReader {
    /// By name or number. Nil without a failure: a name that is unknown, and passed over.
    mutating func enumeration<E: ProtoEnum>(_ type: E.Type) -> E? {
        guard let kind = attempt({ json throws(JSONError) in try json.peek() }) else { return nil }
        if kind == .number { return Int32.readJSON(&self).map(E.init(rawValue:)) }
        guard let name = attempt({ json throws(JSONError) in try json.string() }) else {
            return nil
        }
        if let value = E(name: name) { return value }
        if !options.ignoresUnknownFields { fail("there is no such value of \(E.protoName)") }
        return nil
    }
}

// MARK: Keys of maps

extension MapKey where Value: FixedWidthInteger {
    @usableFromInline package static func text(of value: Value) -> String { String(value) }
    @usableFromInline package static func value(of text: String) -> Value? {
        Value(text).flatMap { String($0) == text ? $0 : nil }
    }
}

extension Bool {
    @usableFromInline package static func text(of value: Bool) -> String { String(value) }
    @usableFromInline package static func value(of text: String) -> Bool? { Bool(text) }
}

extension String {
    @usableFromInline package static func text(of value: String) -> String { value }
    @usableFromInline package static func value(of text: String) -> String? { text }
}
