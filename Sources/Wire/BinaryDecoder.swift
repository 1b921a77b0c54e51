/// Reads the wire format from borrowed bytes. A message's `visit` is called until all tags are
/// used up: each field takes its values while the current tag is its own, so fields in order cost one
/// pass. The first error sticks, and moves the cursor to the end, so nothing more is read.
@usableFromInline
package struct BinaryDecoder {
    @usableFromInline let start: UnsafePointer<UInt8>
    @usableFromInline var cursor: UnsafePointer<UInt8>
    /// End of the message that is being read.
    @usableFromInline var end: UnsafePointer<UInt8>
    /// Tag of the field at hand; 0 at the end of the message.
    @usableFromInline var tag: UInt32 = 0
    /// Where that tag begins.
    @usableFromInline var tagStart: UnsafePointer<UInt8>
    @usableFromInline var depthLeft = Limits.depthMax
    /// See `Limits.elementBytesMax`.
    @usableFromInline var elementBytesLeft: Int
    @usableFromInline var failed = false
    /// Last place where a short string's length may lie for it to be read as two words; before the start
    /// where strings are not to be made of words.
    @usableFromInline let shortStringsEnd: UnsafePointer<UInt8>
    @usableFromInline var failureCode = WireError.Code.truncated
    @usableFromInline var failureOffset = 0
    /// What went wrong, if anything did.
    @inlinable package var failure: WireError? {
        failed ? WireError(failureCode, offset: failureOffset) : nil
    }

    /// A decoder of bytes that outlive it.
    @usableFromInline
    package init(_ bytes: UnsafeRawBufferPointer) {
        // An empty buffer may have no address; any pointer serves, as nothing is read.
        let base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 8) ?? Self.nowhere
        start = base.assumingMemoryBound(to: UInt8.self)
        cursor = start
        tagStart = start
        end = start + bytes.count
        elementBytesLeft = Limits.elementBytesMax(inputBytes: bytes.count)
        let readable = 1 + ShortString.size
        shortStringsEnd =
            ShortString.isKnown && bytes.count >= readable ? end - readable : start - 1
    }

    private static var nowhere: UnsafeRawPointer {
        preconditionFailure("a non-zero bit pattern is a pointer")
    }

    @usableFromInline
    mutating func fail(_ code: WireError.Code) {
        if !failed {
            failed = true
            failureCode = code
            failureOffset = cursor - start
        }
        cursor = end
        tag = 0
    }

    // MARK: Tags

    @inlinable @inline(__always)
    mutating func nextTag() {
        tagStart = cursor
        if cursor == end {
            tag = 0
        } else if cursor.pointee < 0x80 {
            // A zero byte stays unread: `finishMessage` sees it.
            tag = UInt32(cursor.pointee)
            if tag != 0 { cursor += 1 }
        } else {
            nextLongTag()
        }
    }

    @usableFromInline
    mutating func nextLongTag() {
        var value: UInt64 = 0
        for index in 0..<5 {
            guard cursor + index < end else { return fail(.truncated) }
            let byte = cursor[index]
            value |= UInt64(byte & 0x7F) << (7 * UInt64(index))
            guard byte < 0x80 else { continue }
            guard let tag = UInt32(exactly: value), tag >= 8 else { return fail(.illegalTag) }
            cursor += index + 1
            self.tag = tag
            return
        }
        fail(.illegalTag)
    }

    @inlinable @inline(__always)
    mutating func finishMessage() {
        if cursor != end { fail(.illegalTag) }
    }

    // MARK: Values

    @inlinable @inline(__always)
    mutating func readVarint() -> UInt64 {
        let first = cursor
        if first < end, first.pointee < 0x80 {
            cursor = first + 1
            return UInt64(first.pointee)
        }
        if end - first >= 2, first[1] < 0x80 {
            cursor = first + 2
            return UInt64(first[0] & 0x7F) | UInt64(first[1]) &<< 7
        }
        return readLongVarint()
    }

    @usableFromInline
    mutating func readLongVarint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var next = cursor
        while next < end {
            let byte = next.pointee
            next += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                cursor = next
                return value
            }
            shift += 7
            if shift == 70 {
                fail(.malformedVarint)
                return 0
            }
        }
        fail(.truncated)
        return 0
    }

    /// A length that fits what is left; fails and gives 0 otherwise.
    @inlinable @inline(__always)
    mutating func readLength() -> Int {
        let length = readVarint()
        guard length <= UInt64(end - cursor) else {
            fail(.truncated)
            return 0
        }
        return Int(length)
    }

    @inlinable @inline(__always)
    mutating func readFixed32() -> UInt32 {
        guard end - cursor >= 4 else {
            fail(.truncated)
            return 0
        }
        defer { cursor += 4 }
        return UInt32(
            littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt32.self))
    }

    @inlinable @inline(__always)
    mutating func readFixed64() -> UInt64 {
        guard end - cursor >= 8 else {
            fail(.truncated)
            return 0
        }
        defer { cursor += 8 }
        return UInt64(
            littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self))
    }

    @usableFromInline
    mutating func readBytes() -> [UInt8] {
        let length = readLength()
        defer { cursor += length }
        return [UInt8](UnsafeBufferPointer(start: cursor, count: length))
    }

    // MARK: Nesting

    /// Narrows the decoder to a length-delimited message; nil where it fails.
    @inlinable @inline(__always)
    mutating func enter() -> UnsafePointer<UInt8>? {
        let length = readLength()
        if failed { return nil }
        guard depthLeft > 0 else {
            fail(.tooDeep)
            return nil
        }
        depthLeft -= 1
        let outer = end
        end = cursor + length
        return outer
    }

    @inlinable @inline(__always)
    mutating func leave(_ outer: UnsafePointer<UInt8>) {
        depthLeft += 1
        end = outer
        if failed { cursor = end }
    }

    @inlinable @inline(__always)
    mutating func readMessage<M: Message>(into message: inout M) {
        guard let outer = enter() else { return }
        message.merge(from: &self)
        leave(outer)
    }

    /// Takes memory for an element; fails, and gives false, where there is none left.
    @inlinable @inline(__always)
    mutating func takeElement<T>(_ type: T.Type) -> Bool {
        elementBytesLeft -= MemoryLayout<T>.stride
        if elementBytesLeft >= 0 { return true }
        fail(.tooLarge)
        return false
    }

    /// How many length-delimited fields with the tag at hand follow one another from here. Never more
    /// than there are in the input; ends early at what is malformed, or longer than 16 KiB.
    @usableFromInline
    func countRun() -> Int {
        let tagSize = cursor - tagStart
        var next = cursor
        var count = 1
        if tagSize == 1 {
            // Short elements with a short tag: most runs.
            let tag = tagStart.pointee
            while end - next > 2 {
                let length = Int(next.pointee)
                guard length < 0x80, end - next > length &+ 2, next[length &+ 1] == tag else {
                    break
                }
                next += length &+ 2
                count &+= 1
            }
        }
        // A length of one or two bytes, the tag after it, and the first byte of its length.
        while end - next >= 2 {
            var length = Int(next[0])
            var size = 1
            if length >= 0x80 {
                guard next[1] < 0x80 else { break }
                length += (Int(next[1]) - 1) << 7
                size = 2
            }
            guard end - next > size + length + tagSize else { break }
            next += size + length
            for index in 0..<tagSize where next[index] != tagStart[index] { return count }
            next += tagSize
            count += 1
        }
        return count
    }

    // MARK: Unknown fields

    /// Keeps the field at hand, which no line of `visit` took, and goes on to the next.
    @usableFromInline
    mutating func keepUnknown(_ unknown: inout UnknownFields) {
        let first = tagStart
        skip(tag)
        if failed { return }
        unknown.append(UnsafeBufferPointer(start: first, count: cursor - first))
        nextTag()
    }

    mutating func skip(_ tag: UInt32) {
        guard tag >> 3 != 0, let type = WireType(rawValue: tag & 7) else {
            return fail(.illegalTag)
        }
        switch type {
        case .varint: _ = readVarint()
        case .fixed64: _ = readFixed64()
        case .fixed32: _ = readFixed32()
        case .lengthDelimited: cursor += readLength()
        case .startGroup: skipGroup(tag >> 3)
        case .endGroup: fail(.malformedGroup)
        }
    }

    private mutating func skipGroup(_ number: UInt32) {
        guard depthLeft > 0 else { return fail(.tooDeep) }
        depthLeft -= 1
        defer { depthLeft += 1 }
        while true {
            nextTag()
            if tag == 0 {
                return fail(cursor == end ? .truncated : .illegalTag)
            }
            if tag & 7 == WireType.endGroup.rawValue {
                if tag >> 3 != number { fail(.malformedGroup) }
                return
            }
            skip(tag)
            if failed { return }
        }
    }
}
