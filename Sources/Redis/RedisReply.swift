/// An answer of Redis (RESP2).
package enum RedisReply: Sendable, Equatable {
    /// A bulk string.
    case string([UInt8])
    /// A simple string, e.g. "OK".
    case status(String)
    /// A number.
    case integer(Int64)
    /// Several answers.
    case array([RedisReply])
    /// Nothing there.
    case null
    /// An error text. At the top of a reply to `send` it is thrown instead.
    case error(String)

    /// True for `.null`.
    package var isNull: Bool { self == .null }

    /// The number, also from decimal text; throws `.unexpectedReply`.
    package func integer() throws(RedisError) -> Int64 {
        switch self {
        case .integer(let value): return value
        case .string(let bytes):
            if let text = String(validating: bytes, as: UTF8.self), let value = Int64(text) {
                return value
            }
        default: break
        }
        throw unexpected("a number")
    }

    /// The number as an `Int`; throws `.unexpectedReply`.
    package func int() throws(RedisError) -> Int {
        guard let value = Int(exactly: try integer()) else { throw unexpected("an Int") }
        return value
    }

    /// The bytes of a string; throws `.unexpectedReply`.
    package func bytes() throws(RedisError) -> [UInt8] {
        guard case .string(let bytes) = self else { throw unexpected("a string") }
        return bytes
    }

    /// The text of a string or a status; throws `.unexpectedReply`, also when it is not UTF-8.
    package func text() throws(RedisError) -> String {
        switch self {
        case .status(let text): return text
        case .string(let bytes):
            if let text = String(validating: bytes, as: UTF8.self) { return text }
        default: break
        }
        throw unexpected("text")
    }

    /// The elements of an array; throws `.unexpectedReply`.
    package func array() throws(RedisError) -> [RedisReply] {
        guard case .array(let elements) = self else { throw unexpected("an array") }
        return elements
    }

    private func unexpected(_ wanted: String) -> RedisError {
        let kind =
            switch self {
            case .string: "a string"
            case .status: "a status"
            case .integer: "a number"
            case .array: "an array"
            case .null: "null"
            case .error(let text): "the error '\(text)'"
            }
        return RedisError(.unexpectedReply, "wanted \(wanted), got \(kind)", mayHaveRun: true)
    }
}
