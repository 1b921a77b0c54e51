import Crypto
import Foundation
import JWTKit
import ServiceKit

/// Signs access tokens (EdDSA) and makes refresh tokens.
struct TokenIssuer: Sendable {
    /// How long an access token is good for, seconds.
    static let accessLifetimeSeconds: TimeInterval = 900
    /// How long a refresh token is good for, seconds: 30 days.
    static let refreshLifetimeSeconds: TimeInterval = 30 * 86_400

    private let keys: JWTKeyCollection
    private let keyID: String
    let publicKey: Data

    /// An issuer for one key.
    ///
    /// - Parameter seed: 32 bytes, the Ed25519 private key (RFC 8032).
    init(seed: Data) async throws {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        publicKey = key.publicKey.rawRepresentation
        // The key names itself, so that a new key needs no bookkeeping.
        keyID = Data(SHA256.hash(data: publicKey)).prefix(12).base64URLEncodedString()
        keys = JWTKeyCollection()
        await keys.add(eddsa: EdDSA.PrivateKey(backing: key), kid: JWKIdentifier(string: keyID))
    }

    /// The key that tokens are verified with.
    var signingKey: (id: String, key: Data) {
        (keyID, publicKey)
    }

    /// A signed access token and when it ends.
    func accessToken(
        user: UserID, session: SessionID, roles: Set<Role>, now: Date
    ) async throws -> (token: String, expiresAt: Date) {
        let expiresAt = Date(
            timeIntervalSince1970: (now.timeIntervalSince1970 + Self.accessLifetimeSeconds)
                .rounded(.down))
        let claims = AccessToken(
            user: user, session: session, roles: roles, issuedAt: now, expiresAt: expiresAt)
        return (try await keys.sign(claims, kid: JWKIdentifier(string: keyID)), expiresAt)
    }

    /// 256 bits of chance.
    func refreshToken() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64URLEncodedString() }
    }

    /// What the database keeps of a refresh token.
    static func hash(ofRefreshToken token: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(token.utf8)))
    }
}
