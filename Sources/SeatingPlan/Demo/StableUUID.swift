/// Ids that come out the same on every run and every machine: UUIDs of version 8 (RFC 9562
/// section 5.8), made of two FNV-1a hashes of a name.
enum StableUUID {
    static func make(_ name: String) -> String {
        var high: UInt64 = 0xcbf2_9ce4_8422_2325
        var low: UInt64 = 0x9e37_79b9_7f4a_7c15
        for byte in name.utf8 {
            high = (high ^ UInt64(byte)) &* 0x100_0000_01b3
            low = (low ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        high = mix(high) & ~0xF000 | 0x8000
        low = mix(low) & ~(3 << 62) | 1 << 63
        let digits = hex(high) + hex(low)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map {
            String(decoding: digits[$0], as: UTF8.self)
        }.joined(separator: "-")
    }

    /// Spreads near hashes apart (the end of SplitMix64).
    private static func mix(_ value: UInt64) -> UInt64 {
        var value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    private static func hex(_ value: UInt64) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return (0..<16).map { digits[Int(value >> (60 - 4 * UInt64($0)) & 15)] }
    }
}
