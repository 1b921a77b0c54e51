package import Contracts
package import Crypto
import Foundation
import Wire

/// A hold on paper: its terms and the event service's signature, `terms.mac`, both base64url.
///
/// The event service alone signs and verifies. Others may look inside, and must not believe what
/// they see until the event service has redeemed it.
package struct HoldToken: Sendable {
    /// Bytes of a token at most.
    package static let bytesMax = 65_536

    private let key: SymmetricKey

    package init(key: SymmetricKey) {
        self.key = key
    }

    /// Signs terms.
    package func issue(_ terms: EventV1.HoldTerms) -> String {
        let payload = Data(terms.serialized())
        let mac = HMAC<SHA256>.authenticationCode(for: payload, using: key)
        return payload.base64URLEncodedString() + "." + Data(mac).base64URLEncodedString()
    }

    /// The terms of a token that this key has signed; nil for any other text.
    package func verify(_ token: String) -> EventV1.HoldTerms? {
        guard let (payload, mac) = Self.parts(of: token),
            HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: payload, using: key)
                || Sabotage.unsignedTokens.isOn
        else {
            return nil
        }
        return try? EventV1.HoldTerms(serialized: Array(payload))
    }

    /// The hold that a token claims to be of; good for looking up what is there already.
    package static func unverifiedHold(of token: String) -> HoldID? {
        unverifiedTerms(of: token).flatMap { HoldID($0.holdID) }
    }

    /// What a token claims to say; good for refusing early, never for granting.
    package static func unverifiedTerms(of token: String) -> EventV1.HoldTerms? {
        guard let (payload, _) = parts(of: token) else {
            return nil
        }
        return try? EventV1.HoldTerms(serialized: Array(payload))
    }

    private static func parts(of token: String) -> (payload: Data, mac: Data)? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= bytesMax, parts.count == 2,
            let payload = Data(base64URLEncoded: parts[0]),
            let mac = Data(base64URLEncoded: parts[1])
        else {
            return nil
        }
        return (payload, mac)
    }
}
