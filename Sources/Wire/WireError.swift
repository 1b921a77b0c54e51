/// Why bytes are not the message they should be, or a message cannot be written as JSON.
@usableFromInline
package struct WireError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    @usableFromInline
    package enum Code: String, Sendable {
        /// The input ends inside a field.
        case truncated
        /// Field number 0, wire type 6 or 7, or a tag longer than 32 bits.
        case illegalTag
        /// A varint of more than 10 bytes.
        case malformedVarint
        /// A string that is not UTF-8.
        case invalidUTF8
        /// A group that is closed by another number's end, by none, or was never opened.
        case malformedGroup
        /// Messages or groups nested deeper than `Limits.depthMax`.
        case tooDeep
        /// Messages that would take more memory than `Limits.elementBytesMax` allows.
        case tooLarge
        /// JSON that does not fit the field: type, range, format, name.
        case invalidJSON
        /// A field that the message does not have (JSON only).
        case unknownField
        /// The same field twice, or two members of one oneof (JSON only).
        case duplicateField
        /// A value that proto3 JSON has no way to say.
        case notRepresentable
    }

    /// What is wrong.
    package var code: Code
    /// Byte in the input where it was noticed; 0 when writing.
    package var offset: Int
    /// Path of the JSON field, e.g. `seats[2].seatGuid`; empty for binary.
    package var path: String
    /// For people; says what was expected. May be empty.
    package var detail: String

    /// An error with its place.
    @usableFromInline
    package init(_ code: Code, offset: Int = 0, path: String = "", detail: String = "") {
        self.code = code
        self.offset = offset
        self.path = path
        self.detail = detail
    }

    @usableFromInline package var description: String {
        var text = code.rawValue
        if !path.isEmpty { text += " at \(path)" }
        if offset > 0 || path.isEmpty { text += " (byte \(offset))" }
        return detail.isEmpty ? text : text + ": " + detail
    }
}

/// Limits of the codec.
@usableFromInline
package enum Limits {
    /// Messages within messages, and groups within groups (the limit of Google's codecs).
    package static let depthMax = 100

    /// Bytes of memory that elements may take of repeated messages, of maps to messages and of
    /// boxed ones, without what they point to: an empty message is two bytes of input and hundreds
    /// in memory. Far above what a message with any content needs.
    @usableFromInline
    package static func elementBytesMax(inputBytes: Int) -> Int {
        (1 << 20) + 64 * inputBytes
    }
}
