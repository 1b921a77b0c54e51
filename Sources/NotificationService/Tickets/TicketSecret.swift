/// What a ticket's QR code says: `USHER1:` and 128 bits of chance in base32 (RFC 4648), all of
/// it in the alphabet that QR codes pack best. It tells nothing of the booking and cannot be
/// guessed.
enum TicketSecret {
    static let prefix = "USHER1:"
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// A new secret.
    static func make(using generator: inout some RandomNumberGenerator) -> String {
        let high = UInt64.random(in: .min ... .max, using: &generator)
        let low = UInt64.random(in: .min ... .max, using: &generator)
        let bits = UInt128(high) << 64 | UInt128(low)
        // 26 digits of 5 bits; the last has two bits of padding.
        return prefix
            + String(
                (0..<26).map { index in
                    let shift = 123 - 5 * index
                    let digit = shift >= 0 ? bits >> UInt128(shift) : bits << UInt128(-shift)
                    return digits[Int(digit & 31)]
                })
    }
}
