private let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// Base64 (RFC 4648 section 4), padded.
package func base64(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { target in
        var count = 0
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            var group = UInt32(bytes[index]) << 16
            if left > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if left > 2 { group |= UInt32(bytes[index + 2]) }
            for place in 0..<4 {
                let sextet = Int(group >> (18 - 6 * UInt32(place)) & 63)
                target[count + place] = place <= left ? alphabet[sextet] : UInt8(ascii: "=")
            }
            count += 4
            index += 3
        }
        return count
    }
}

/// Reads base64 of either alphabet (RFC 4648 sections 4 and 5), padded or not; nil for anything else.
package func bytes(base64 text: String) -> [UInt8]? {
    var digits = Array(text.utf8)
    let padded = digits.count
    while digits.last == UInt8(ascii: "="), padded - digits.count < 2 { digits.removeLast() }
    let padding = padded - digits.count
    guard digits.count % 4 != 1, padding == 0 || padded % 4 == 0 else { return nil }

    var result: [UInt8] = []
    result.reserveCapacity(digits.count * 3 / 4)
    var group: UInt32 = 0
    var bits: UInt32 = 0
    for digit in digits {
        guard let sextet = sextet(digit) else { return nil }
        group = group << 6 | sextet
        bits += 6
        if bits >= 8 {
            bits -= 8
            result.append(UInt8(truncatingIfNeeded: group >> bits))
        }
    }
    return result
}

private func sextet(_ digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
}
