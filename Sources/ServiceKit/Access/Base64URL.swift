package import Foundation

extension Data {
    /// Base64 with the URL alphabet and without padding (RFC 4648, section 5).
    package func base64URLEncodedString() -> String {
        base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Reads base64 with the URL alphabet, unpadded; nil where it is none. Bits of the last
    /// character that mean nothing must be zero (RFC 4648, section 3.5), so that bytes have one text.
    package init?(base64URLEncoded text: some StringProtocol) {
        guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") }) else {
            return nil
        }
        let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        self.init(base64Encoded: standard + padding)
        guard base64URLEncodedString() == text else {
            return nil
        }
    }
}
