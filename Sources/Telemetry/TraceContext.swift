/// Where a request stands in a trace: the `traceparent` header of W3C Trace Context
/// (https://www.w3.org/TR/trace-context/, version 00).
package struct TraceContext: Sendable, Equatable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero; names the caller's step.
    package let spanID: String
    /// Bit 0 = sampled.
    package let flags: UInt8

    /// A new trace, not sampled, with ids by chance.
    package static func root() -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        let traceID = hex(generator.nonZero(), digits: 16) + hex(generator.nonZero(), digits: 16)
        return TraceContext(
            traceID: traceID, spanID: hex(generator.nonZero(), digits: 16), flags: 0)
    }

    /// The next step of the same trace.
    package func child() -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        return TraceContext(
            traceID: traceID, spanID: Self.hex(generator.nonZero(), digits: 16), flags: flags)
    }

    /// Nil when the header is malformed; then a new trace is started. Of a version above 00 what
    /// version 00 knows is read.
    package init?(traceparent: String) {
        let text = Array(traceparent.utf8)
        guard text.count >= 55, text[2] == Self.dash, text[35] == Self.dash, text[52] == Self.dash,
            let version = Self.value(text[0..<2]), version != 255,
            text.count == 55 || (version > 0 && text[55] == Self.dash),
            Self.isID(text[3..<35]), Self.isID(text[36..<52]), let flags = Self.value(text[53..<55])
        else { return nil }
        self.init(
            traceID: String(decoding: text[3..<35], as: UTF8.self),
            spanID: String(decoding: text[36..<52], as: UTF8.self), flags: flags)
    }

    private init(traceID: String, spanID: String, flags: UInt8) {
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags
    }

    /// As sent on, in version 00.
    package var traceparent: String {
        "00-\(traceID)-\(spanID)-\(Self.hex(UInt64(flags & 1), digits: 2))"
    }

    private static let dash = UInt8(ascii: "-")

    private static func isID(_ text: ArraySlice<UInt8>) -> Bool {
        text.allSatisfy { digit($0) != nil } && text.contains { $0 != UInt8(ascii: "0") }
    }

    private static func value(_ text: ArraySlice<UInt8>) -> UInt8? {
        var value: UInt8 = 0
        for byte in text {
            guard let digit = digit(byte) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    /// Upper case is not allowed in a traceparent.
    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func hex(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(digits - text.count, 0)) + text
    }
}

extension SystemRandomNumberGenerator {
    fileprivate mutating func nonZero() -> UInt64 {
        UInt64.random(in: 1...UInt64.max, using: &self)
    }
}
