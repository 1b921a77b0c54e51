/// Reads the fields of an envelope without copying them. Beside Wire's decoder because that makes
/// strings and arrays, which calls that only need to be found by name and passed on do not want.
///
/// Valid only while the bytes are.
struct EnvelopeReader {
    enum Failure: Error {
        case malformed
    }

    let bytes: UnsafeRawBufferPointer
    private var position = 0
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        end = bytes.count
    }

    /// A reader of one submessage.
    init(_ bytes: UnsafeRawBufferPointer, range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field's tag, or nil at the end.
    mutating func nextTag() throws(Failure) -> UInt32? {
        guard position < end else { return nil }
        let start = position
        let value = try varint()
        // A tag has five bytes at most, even where the value would fit.
        guard position - start <= 5, let tag = UInt32(exactly: value), tag >> 3 != 0 else {
            throw .malformed
        }
        return tag
    }

    @inline(__always)
    mutating func varint() throws(Failure) -> UInt64 {
        if position < end, bytes[position] < 0x80 {
            position += 1
            return UInt64(bytes[position - 1])
        }
        return try longVarint()
    }

    private mutating func longVarint() throws(Failure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw .malformed }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformed
    }

    /// Where a length-delimited field's bytes are.
    mutating func delimited() throws(Failure) -> Range<Int> {
        let length = try varint()
        guard length <= UInt64(end - position) else { throw .malformed }
        let start = position
        position += Int(length)
        return start..<position
    }

    /// A string field's text.
    mutating func string() throws(Failure) -> String {
        let range = try delimited()
        guard let text = String(validating: bytes[range], as: UTF8.self) else { throw .malformed }
        return text
    }

    /// Passes over a field that is not known here.
    mutating func skip(_ tag: UInt32) throws(Failure) {
        var groups: [UInt32] = []
        var tag = tag
        while true {
            switch tag & 7 {
            case 0: _ = try varint()
            case 1: try advance(8)
            case 2: _ = try delimited()
            case 3:
                guard groups.count < 100 else { throw .malformed }
                groups.append(tag >> 3)
            case 4:
                guard groups.popLast() == tag >> 3 else { throw .malformed }
            case 5: try advance(4)
            default: throw .malformed
            }
            if groups.isEmpty { return }
            guard let next = try nextTag() else { throw .malformed }
            tag = next
        }
    }

    private mutating func advance(_ count: Int) throws(Failure) {
        guard end - position >= count else { throw .malformed }
        position += count
    }
}
