/// One argument of a command: text, bytes or a number in decimal.
package enum RedisArgument: Sendable, Equatable {
    /// UTF-8 text.
    case text(String)
    /// Any bytes.
    case bytes([UInt8])
    /// A number, sent in decimal.
    case integer(Int64)

    /// A number, sent in decimal.
    package init(_ value: some BinaryInteger) {
        self =
            if let small = Int64(exactly: value) { .integer(small) } else { .text(String(value)) }
    }

    /// UTF-8 text.
    package init(_ value: String) {
        self = .text(value)
    }
}

extension RedisArgument: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self = .text(value)
    }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) {
        self = .integer(value)
    }
}
