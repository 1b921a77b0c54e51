/// Strings of up to 15 bytes, which Swift keeps in the two words of the String: most strings of most
/// messages. The standard library fills and reads those behind calls, 20–30 ns; here it is done in two
/// registers, 10–14 ns. That relies on how a String is laid out, which Swift does not promise: so it is
/// done only where the running standard library was seen to lay out every length in this way.
///
/// The bytes come first, little-endian; the last byte is the length and three bits: "short" (0x20),
/// "ASCII" (0x40) and "nothing to release" (0x80).
@usableFromInline
package enum ShortString {
    /// Bytes that fit.
    @inlinable @inline(__always) package static var countMax: Int { 15 }
    /// Bytes of a String.
    @inlinable @inline(__always) package static var size: Int { 16 }
    @inlinable @inline(__always) package static var highBits: UInt64 { 0x8080_8080_8080_8080 }
    @inlinable @inline(__always) package static var short: UInt64 { 0x20 << 56 }
    @inlinable @inline(__always) package static var shortASCII: UInt64 { 0xE0 << 56 }

    /// Up to 15 bytes as two little-endian words, the rest zero. Loads overlap, none goes beyond.
    @inline(__always)
    static func words(_ bytes: UnsafeRawBufferPointer) -> (low: UInt64, high: UInt64) {
        let count = bytes.count
        if count > 8 {
            let end = bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            return (
                UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(littleEndian: end) &>> UInt64(8 * (16 - count))
            )
        }
        if count >= 4 {
            let end = bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
            return (
                UInt64(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
                    | UInt64(UInt32(littleEndian: end)) &<< UInt64(8 * (count - 4)),
                0
            )
        }
        var low: UInt64 = 0
        for index in 0..<count { low |= UInt64(bytes[index]) &<< UInt64(8 * index) }
        return (low, 0)
    }

    /// From 1 to 15 bytes as two words, where 16 can be read.
    @inlinable @inline(__always)
    package static func words(_ bytes: UnsafeRawPointer, _ count: Int) -> (
        low: UInt64, high: UInt64
    ) {
        let low = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        // The shifts take their count modulo 64.
        if count > 8 {
            let end = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            return (low, UInt64(littleEndian: end) &>> UInt64(truncatingIfNeeded: 0 &- 8 &* count))
        }
        let unused = UInt64(truncatingIfNeeded: 0 &- 8 &* count)
        return ((low &<< unused) &>> unused, 0)
    }

    /// Sets a string to such words, of which none has a high bit. Only where `isKnown`.
    @inlinable @inline(__always)
    package static func assign(_ low: UInt64, _ high: UInt64, _ count: Int, to value: inout String)
    {
        let text = make(low, high, count)
        withUnsafeMutablePointer(to: &value) { pointer in
            let old = UnsafeRawPointer(pointer).load(fromByteOffset: 8, as: UInt64.self)
            if old & short != 0 {
                // A short string has nothing to release.
                pointer.initialize(to: text)
            } else {
                pointer.pointee = text
            }
        }
    }

    /// The string of such words, of which none has a high bit. Only where `isKnown`.
    @inlinable @inline(__always)
    package static func make(_ low: UInt64, _ high: UInt64, _ count: Int) -> String {
        var words = (low, high | shortASCII | UInt64(count) &<< 56)
        // Moved, not copied, since a copy would be retained.
        return withUnsafeMutableBytes(of: &words) {
            $0.assumingMemoryBound(to: String.self).moveElement(from: 0)
        }
    }

    /// Calls `body` with the words of a short string, which may have more than ASCII, and its length.
    /// False where the string is not short. Only where `isKnown`.
    @inline(__always)
    static func read(
        _ text: String, _ body: (_ low: UInt64, _ high: UInt64, _ count: Int) -> Void
    ) -> Bool {
        let (low, high) = bits(of: text)
        guard high & short != 0 else { return false }
        body(low, high, Int(truncatingIfNeeded: high &>> 56) & 0x0F)
        return true
    }

    @inline(__always)
    private static func bits(of text: String) -> (low: UInt64, high: UInt64) {
        withUnsafeBytes(of: text) {
            ($0.load(as: UInt64.self), $0.load(fromByteOffset: 8, as: UInt64.self))
        }
    }

    /// True where strings of every length are, bit by bit, as said above.
    package static let isKnown: Bool = {
        guard MemoryLayout<String>.size == 16, 1.littleEndian == 1 else { return false }
        let ascii = (0...countMax).allSatisfy {
            isLaidOut((0..<$0).map { 0x7F - UInt8($0) }, shortASCII)
        }
        let other = (2...countMax).allSatisfy {
            isLaidOut([0xC3, 0xA4] + (2..<$0).map { 0x7F - UInt8($0) }, shortASCII ^ 0x40 << 56)
        }
        let long = bits(of: String(repeating: "a", count: countMax + 1)).high & short == 0
        return ascii && other && long
    }()

    private static func isLaidOut(_ bytes: [UInt8], _ flags: UInt64) -> Bool {
        let made = bits(of: String(decoding: bytes, as: UTF8.self))
        let (low, high) = bytes.withUnsafeBytes { words($0) }
        return made.low == low && made.high == high | flags | UInt64(bytes.count) &<< 56
    }
}
