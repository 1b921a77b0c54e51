package import Crypto
package import Foundation

/// What a service shows to another: `name.expiry.mac`, HMAC-SHA-256 over the first two parts with
/// a key that every service of the installation has and nobody else.
package struct ServiceCredential: Sendable {
    /// Metadata key that it travels under.
    package static let metadataKey = "usher-service"
    /// Seconds that one is good for.
    package static let lifetimeSeconds: TimeInterval = 300

    private let key: SymmetricKey

    package init(key: SymmetricKey) {
        self.key = key
    }

    /// A credential that says `service`, good from `now` on.
    package func issue(as service: String, now: Date = Date()) -> String {
        let expiry = Int64(now.timeIntervalSince1970 + Self.lifetimeSeconds)
        let claim = "\(service).\(expiry)"
        let mac = HMAC<SHA256>.authenticationCode(for: Data(claim.utf8), using: key)
        return claim + "." + Data(mac).base64URLEncodedString()
    }

    /// The service that a credential names; nil where it is altered, foreign or over.
    package func verify(_ credential: String, now: Date = Date()) -> String? {
        let parts = credential.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let expiry = Int64(parts[1]),
            let mac = Data(base64URLEncoded: parts[2])
        else {
            return nil
        }
        let claim = Data("\(parts[0]).\(parts[1])".utf8)
        guard HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: claim, using: key),
            TimeInterval(expiry) > now.timeIntervalSince1970
        else {
            return nil
        }
        return String(parts[0])
    }
}
