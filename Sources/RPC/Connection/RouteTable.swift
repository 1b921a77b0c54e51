/// Finds a method by the raw bytes of its service and name, without making strings.
///
/// Open addressing over a table twice as large as it need be; filled once, then only read. Peers
/// choose what is looked up but never what is stored, so a plain hash will do.
package final class RouteTable: Sendable {
    private let slots: [Int32]
    private let keys: [Key]

    /// `names` in the order of the indexes that ``index(service:method:in:)`` returns.
    package init(_ names: [(service: String, method: String)]) {
        var capacity = 16
        while capacity < names.count * 2 { capacity *= 2 }
        var slots = Array(repeating: Int32(-1), count: capacity)
        var keys: [Key] = []
        for (index, name) in names.enumerated() {
            let key = Key(service: Array(name.service.utf8), method: Array(name.method.utf8))
            let hash = key.service.withUnsafeBytes { service in
                key.method.withUnsafeBytes { method in Self.hash(service, method) }
            }
            var slot = hash & (capacity - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = Int32(index)
            keys.append(key)
        }
        self.slots = slots
        self.keys = keys
    }

    /// The index of a method, whose names are byte ranges of `bytes`.
    func index(service: Range<Int>, method: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Int? {
        let service = UnsafeRawBufferPointer(rebasing: bytes[service])
        let method = UnsafeRawBufferPointer(rebasing: bytes[method])
        let mask = slots.count - 1
        var slot = Self.hash(service, method) & mask
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if keys[index].matches(service, method) { return index }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private struct Key {
        let service: [UInt8]
        let method: [UInt8]

        func matches(_ service: UnsafeRawBufferPointer, _ method: UnsafeRawBufferPointer) -> Bool {
            guard self.method.count == method.count, self.service.count == service.count else {
                return false
            }
            return self.method.withUnsafeBytes { RouteTable.areEqual($0, method) }
                && self.service.withUnsafeBytes { RouteTable.areEqual($0, service) }
        }
    }

    /// Two of the same length, eight bytes at once.
    @inline(__always)
    private static func areEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while a.count - offset >= 8 {
            let word = a.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard word == b.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else {
                return false
            }
            offset += 8
        }
        while offset < a.count {
            guard a[offset] == b[offset] else { return false }
            offset += 1
        }
        return true
    }

    @inline(__always)
    private static func hash(
        _ service: UnsafeRawBufferPointer, _ method: UnsafeRawBufferPointer
    ) -> Int {
        let hash = mix(method, into: mix(service, into: 0))
        return Int(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    /// Takes eight bytes at once, then what is left as one word more.
    @inline(__always)
    private static func mix(_ bytes: UnsafeRawBufferPointer, into hash: UInt64) -> UInt64 {
        var hash = hash ^ UInt64(bytes.count)
        var offset = 0
        func take(_ word: UInt64) {
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
        }
        while bytes.count - offset >= 8 {
            take(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        take(rest)
        return hash
    }
}
