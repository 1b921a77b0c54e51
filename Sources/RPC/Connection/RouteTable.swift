/// Finds a method by the raw bytes of its service and name, without making strings.
///
/// Open addressing over a table twice as large as it need be; filled once, then only read. Peers
/// choose what is looked up but never what is stored, so a plain hash will do.
package struct RouteTable: Sendable {
    private var slots: [Int32]
    private var keys: [[UInt8]] = []

    /// `names` in the order of the indexes that ``index(service:method:in:)`` returns.
    package init(_ names: [(service: String, method: String)]) {
        var capacity = 16
        while capacity < names.count * 2 { capacity *= 2 }
        slots = Array(repeating: -1, count: capacity)
        for (index, name) in names.enumerated() {
            let key = Array(name.service.utf8) + [Self.separator] + Array(name.method.utf8)
            var slot = Self.hash(key) & (capacity - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = Int32(index)
            keys.append(key)
        }
    }

    /// The index of a method, whose names are byte ranges of `bytes`.
    func index(service: Range<Int>, method: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Int? {
        var hash = Self.offset
        for index in service { hash = Self.mix(hash, bytes[index]) }
        hash = Self.mix(hash, Self.separator)
        for index in method { hash = Self.mix(hash, bytes[index]) }
        let mask = slots.count - 1
        var slot = Self.fold(hash) & mask
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if matches(keys[index], service: service, method: method, in: bytes) { return index }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private func matches(
        _ key: [UInt8], service: Range<Int>, method: Range<Int>, in bytes: UnsafeRawBufferPointer
    ) -> Bool {
        guard key.count == service.count + 1 + method.count else { return false }
        var position = 0
        for index in service {
            guard key[position] == bytes[index] else { return false }
            position += 1
        }
        guard key[position] == Self.separator else { return false }
        position += 1
        for index in method {
            guard key[position] == bytes[index] else { return false }
            position += 1
        }
        return true
    }

    private static let separator = UInt8(ascii: "/")
    // FNV-1a.
    private static let offset: UInt64 = 0xcbf2_9ce4_8422_2325

    @inline(__always)
    private static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    @inline(__always)
    private static func fold(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    private static func hash(_ bytes: [UInt8]) -> Int {
        fold(bytes.reduce(offset) { mix($0, $1) })
    }
}
