/// Appends JSON to bytes, without white space; sets the commas itself. Names and values must come
/// in an order that makes sense: it writes what it is told.
package struct JSONWriter: Sendable {
    /// What was written.
    package private(set) var bytes: [UInt8]
    private var needsComma = false

    /// Starts with room for that many bytes.
    package init(reservingCapacity capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Goes on after bytes that are there already.
    package init(appendingTo bytes: consuming [UInt8]) {
        self.bytes = bytes
    }

    /// `{`
    package mutating func beginObject() {
        comma()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    /// `}`
    package mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// `[`
    package mutating func beginArray() {
        comma()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
    }

    /// `]`
    package mutating func endArray() {
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// The name of the member whose value comes next.
    package mutating func name(_ name: String) {
        comma()
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A string, escaped where RFC 8259 section 7 asks for it and nowhere else.
    package mutating func string(_ value: some StringProtocol) {
        comma()
        quoted(value)
        needsComma = true
    }

    /// An integer.
    package mutating func integer(_ value: some FixedWidthInteger) {
        raw(String(value))
    }

    /// A double: shortest digits that read back the same, integral ones without `.0`. Throws
    /// `outOfRange` for NaN and the infinities, which JSON does not have.
    package mutating func double(_ value: Double) throws(JSONError) {
        try finite(value.isFinite)
        raw(JSONNumber.shortest(value.description))
    }

    /// A float: as `double`, with the digits that a float needs.
    package mutating func float(_ value: Float) throws(JSONError) {
        try finite(value.isFinite)
        raw(JSONNumber.shortest(value.description))
    }

    /// A number as it was written.
    package mutating func number(_ value: JSONNumber) {
        raw(value.text)
    }

    /// `true` or `false`
    package mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    /// `null`
    package mutating func null() {
        raw("null")
    }

    /// A whole tree. Recurses: trees come from `JSONReader`, whose depth is limited.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                name(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }

    private func finite(_ isFinite: Bool) throws(JSONError) {
        guard isFinite else {
            throw JSONError(
                .outOfRange, offset: bytes.count, path: "", "JSON has no NaN and no infinity")
        }
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func raw(_ text: String) {
        comma()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func quoted(_ text: some StringProtocol) {
        bytes.append(UInt8(ascii: "\""))
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { escape($0) }
        if done == nil { Array(text.utf8).withUnsafeBufferPointer { escape($0) } }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        guard let base = text.baseAddress else { return }
        var start = 0
        var index = 0
        while index < text.count {
            let byte = base[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(
                    contentsOf: UnsafeBufferPointer(start: base + start, count: index - start))
                escape(byte)
                start = index + 1
            }
            index += 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(start: base + start, count: index - start))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            bytes.append(Array("0123456789abcdef".utf8)[Int(byte & 15)])
        }
    }
}
