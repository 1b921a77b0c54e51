/// A number as it was written; converts exactly or not at all.
package struct JSONNumber: Sendable, CustomStringConvertible {
    /// The text of RFC 8259 section 6, e.g. `-1.50e2`.
    package let text: String

    /// The caller vouches for the text.
    init(unchecked text: String) {
        self.text = text
    }

    /// Nil unless the text is exactly one JSON number.
    package init?(_ text: String) {
        guard var reader = try? JSONReader(Array(text.utf8)), let number = try? reader.number(),
            number.text.utf8.count == text.utf8.count
        else { return nil }
        self = number
    }

    /// An integer.
    package init(_ value: some FixedWidthInteger) {
        text = String(value)
    }

    /// A double, shortest form that reads back the same; nil when not finite.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = Self.shortest(value.description)
    }

    /// The value, when it is integral (`1e2`, `5.0`) and fits; else nil.
    package var int64: Int64? {
        if let value = Int64(text) { return value }
        guard let (negative, magnitude) = Decimal(text)?.integer else { return nil }
        if negative {
            return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int64(exactly: magnitude)
    }

    /// The value, when it is integral and fits; else nil.
    package var uint64: UInt64? {
        if let value = UInt64(text) { return value }
        guard let (negative, magnitude) = Decimal(text)?.integer else { return nil }
        return negative && magnitude != 0 ? nil : magnitude
    }

    /// The nearest double; nil when the number is too large for one.
    package var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The nearest float; nil when the number is too large for one.
    package var float: Float? {
        guard let value = Float(text), value.isFinite else { return nil }
        return value
    }

    /// The text.
    package var description: String { text }

    /// Swift writes `3.0` where JSON wants `3`.
    static func shortest(_ description: String) -> String {
        description.hasSuffix(".0") ? String(description.dropLast(2)) : description
    }
}

/// Equal means: the same number, however written (`1e2`, `100`, `100.0`).
extension JSONNumber: Hashable {
    /// Compares exactly, without rounding to a double.
    package static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        if left.text == right.text { return true }
        guard let left = Decimal(left.text), let right = Decimal(right.text) else { return false }
        return left == right
    }

    /// Hashes what `==` compares.
    package func hash(into hasher: inout Hasher) {
        if let decimal = Decimal(text) {
            hasher.combine(decimal)
        } else {
            hasher.combine(text)
        }
    }
}

/// digits × 10^exponent, without leading or trailing zeros in the digits.
private struct Decimal: Hashable {
    var negative = false
    var digits: [UInt8] = []
    var exponent = 0

    /// Nil when the exponent has more than 17 digits.
    init?(_ text: String) {
        var fraction = false
        var exponentText = ""
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-"): negative = true
            case UInt8(ascii: "."): fraction = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let digit = byte - UInt8(ascii: "0")
                if digit != 0 || !digits.isEmpty { digits.append(digit) }
                if fraction { exponent -= 1 }
                continue
            default:
                exponentText = String(decoding: text.utf8.dropFirst(index + 1), as: UTF8.self)
            }
            if !exponentText.isEmpty { break }
        }
        if !exponentText.isEmpty {
            guard exponentText.utf8.count <= 18, let value = Int(exponentText) else { return nil }
            exponent += value
        }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty {
            exponent = 0
            negative = false
        }
    }

    /// Nil when not integral or beyond 64 bits.
    var integer: (negative: Bool, magnitude: UInt64)? {
        guard exponent >= 0, exponent <= 20, digits.count + exponent <= 20 else { return nil }
        var magnitude: UInt64 = 0
        for digit in digits + [UInt8](repeating: 0, count: exponent) {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            magnitude = sum
        }
        return (negative, magnitude)
    }
}
