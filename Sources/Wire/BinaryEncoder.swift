/// Writes the wire format into memory of its own. The length of a message within a message is one
/// byte, put right afterwards: longer ones are moved up, which is a plain memory copy.
@usableFromInline
package struct BinaryEncoder {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var cursor: UnsafeMutableRawPointer
    @usableFromInline var limit: UnsafeMutableRawPointer

    let readsShortStrings = ShortString.isKnown

    /// An encoder that must be deallocated.
    @usableFromInline
    init(capacity: Int = 512) {
        base = .allocate(byteCount: capacity, alignment: 8)
        cursor = base
        limit = base + capacity
    }

    @usableFromInline
    func deallocate() { base.deallocate() }

    @usableFromInline
    var written: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: cursor - base)
    }

    @inlinable @inline(__always)
    mutating func reserve(_ count: Int) {
        if limit - cursor < count { grow(count) }
    }

    @usableFromInline
    mutating func grow(_ count: Int) {
        let used = cursor - base
        let capacity = max(2 * (limit - base), used + count)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        memory.copyMemory(from: base, byteCount: used)
        base.deallocate()
        base = memory
        cursor = memory + used
        limit = memory + capacity
    }

    // MARK: Values

    @inlinable @inline(__always)
    mutating func writeVarint(_ value: UInt64) {
        reserve(10)
        if value < 0x80 {
            put(UInt8(truncatingIfNeeded: value))
        } else {
            putLongVarint(value)
        }
    }

    /// For room that is reserved.
    @inlinable @inline(__always)
    mutating func put(_ byte: UInt8) {
        cursor.storeBytes(of: byte, as: UInt8.self)
        cursor += 1
    }

    /// For room that is reserved.
    @inlinable
    mutating func putLongVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }

    @inlinable @inline(__always)
    mutating func writeTag(_ number: UInt32, _ type: WireType) {
        writeVarint(UInt64(number << 3 | type.rawValue))
    }

    @inlinable @inline(__always)
    mutating func writeFixed<I: FixedWidthInteger>(_ value: I) {
        reserve(8)
        cursor.storeBytes(of: value.littleEndian, as: I.self)
        cursor += MemoryLayout<I>.size
    }

    @usableFromInline
    mutating func writeString(_ value: String) {
        if readsShortStrings {
            reserve(1 + 16)
            let target = cursor
            var size = 0
            let isShort = ShortString.read(value) { low, high, count in
                target.storeBytes(of: UInt8(truncatingIfNeeded: count), as: UInt8.self)
                // Whole words; what is beyond the text is written over by what follows.
                target.storeBytes(of: low.littleEndian, toByteOffset: 1, as: UInt64.self)
                target.storeBytes(of: high.littleEndian, toByteOffset: 9, as: UInt64.self)
                size = 1 + count
            }
            cursor += size
            if isShort { return }
        }
        let text = value.utf8Span
        text.span.withUnsafeBytes { writeBytes($0) }
    }

    @usableFromInline
    mutating func writeBytes(_ value: [UInt8]) {
        value.withUnsafeBytes { writeBytes($0) }
    }

    @inline(__always)
    private mutating func writeBytes(_ bytes: UnsafeRawBufferPointer) {
        reserve(10 + bytes.count)
        putLength(bytes.count)
        if let source = bytes.baseAddress {
            cursor.copyMemory(from: source, byteCount: bytes.count)
            cursor += bytes.count
        }
    }

    @inline(__always)
    private mutating func putLength(_ length: Int) {
        if length < 0x80 {
            put(UInt8(truncatingIfNeeded: length))
        } else {
            putLongVarint(UInt64(length))
        }
    }

    @usableFromInline
    mutating func append(_ bytes: [UInt8]) {
        reserve(bytes.count)
        bytes.withUnsafeBytes { source in
            if let address = source.baseAddress {
                cursor.copyMemory(from: address, byteCount: source.count)
            }
        }
        cursor += bytes.count
    }

    // MARK: Lengths that are known afterwards

    @inlinable @inline(__always)
    mutating func beginDelimited() -> Int {
        reserve(1)
        cursor += 1
        return cursor - base
    }

    @inlinable @inline(__always)
    mutating func endDelimited(_ begin: Int) {
        let length = cursor - base - begin
        if length < 0x80 {
            (base + (begin - 1)).storeBytes(
                of: UInt8(truncatingIfNeeded: length), as: UInt8.self)
        } else {
            endLongDelimited(begin, length)
        }
    }

    @usableFromInline
    mutating func endLongDelimited(_ begin: Int, _ length: Int) {
        reserve(9)
        let content = base + begin
        let lengthSize = (Int.bitWidth - length.leadingZeroBitCount + 6) / 7
        (content + (lengthSize - 1)).copyMemory(from: content, byteCount: length)
        cursor = content - 1
        putLongVarint(UInt64(length))
        cursor += length
    }

    @inlinable @inline(__always)
    mutating func writeMessage<M: Message>(_ message: inout M) {
        let begin = beginDelimited()
        message.encode(to: &self)
        endDelimited(begin)
    }
}
