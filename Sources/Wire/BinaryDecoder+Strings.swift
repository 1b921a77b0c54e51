// Most of decoding is making strings, so there are measured ways for what most strings are: ASCII, and
// often short.

extension BinaryDecoder {
    /// Reads a string over another one; nearly always over the empty one of a new message.
    @inlinable @inline(__always)
    mutating func readString(into value: inout String) {
        let first = cursor
        if first <= shortStringsEnd {
            let count = Int(first.pointee)
            // From 1 to 15, and within the message.
            if UInt(bitPattern: count &- 1) < UInt(ShortString.countMax), count < end - first {
                let (low, high) = ShortString.words(UnsafeRawPointer(first + 1), count)
                if (low | high) & ShortString.highBits == 0 {
                    cursor = first + (1 + count)
                    ShortString.assign(low, high, count, to: &value)
                    return
                }
            }
        }
        value = readLongString()
    }

    /// Reads any string.
    @usableFromInline
    mutating func readLongString() -> String {
        let length = readLength()
        let bytes = UnsafeRawBufferPointer(start: cursor, count: length)
        if length <= ShortString.countMax {
            let (low, high) = ShortString.words(bytes)
            if (low | high) & ShortString.highBits == 0, ShortString.isKnown {
                cursor += length
                return ShortString.make(low, high, length)
            }
        } else if Self.isASCII(bytes) {
            cursor += length
            // Safe: ASCII is UTF-8.
            let text = unsafe UTF8Span(
                unchecked: bytes.bindMemory(to: UInt8.self).span, isKnownASCII: true)
            return String(copying: text)
        }
        guard let text = try? UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span) else {
            fail(.invalidUTF8)
            return ""
        }
        cursor += length
        return String(copying: text)
    }

    /// For eight bytes and more: eight at a time, and the last load overlaps the one before.
    @inline(__always)
    private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let last = bytes.count - 8
        var all = bytes.loadUnaligned(fromByteOffset: last, as: UInt64.self)
        var offset = 0
        while offset < last {
            all |= bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        return all & ShortString.highBits == 0
    }
}
