package import Contracts
package import Foundation
package import JWTKit

/// What an access token says (RFC 7519 claims).
package struct AccessToken: JWTPayload {
    /// `iss` of every token of this platform.
    package static let issuer = "usher"

    package var iss: IssuerClaim
    /// The user, `usr_…`.
    package var sub: SubjectClaim
    /// The session, `ses_…`.
    package var sid: String
    package var iat: IssuedAtClaim
    package var exp: ExpirationClaim
    /// Role names: "buyer", "organiser", "gate", "admin".
    package var roles: [String]

    package init(
        user: UserID, session: SessionID, roles: Set<Role>, issuedAt: Date, expiresAt: Date
    ) {
        iss = IssuerClaim(value: Self.issuer)
        sub = SubjectClaim(value: user.description)
        sid = session.description
        iat = IssuedAtClaim(value: issuedAt)
        exp = ExpirationClaim(value: expiresAt)
        self.roles = roles.map(\.rawValue).sorted()
    }

    package func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        guard iss.value == Self.issuer else {
            throw JWTError.claimVerificationFailure(
                failedClaim: iss, reason: "not issued by this platform")
        }
    }
}

/// What somebody may be.
package enum Role: String, CaseIterable, Sendable {
    case buyer, organiser, gate, admin

    /// The role of a contract's value; nil where it is none that this program knows.
    package init?(_ role: AuthV1.Role) {
        switch role {
        case .buyer: self = .buyer
        case .organiser: self = .organiser
        case .gate: self = .gate
        case .admin: self = .admin
        default: return nil
        }
    }

    /// The contract's value.
    package var contract: AuthV1.Role {
        switch self {
        case .buyer: .buyer
        case .organiser: .organiser
        case .gate: .gate
        case .admin: .admin
        }
    }
}

/// A user whose access token has been verified.
package struct AuthenticatedUser: Sendable, Equatable {
    package let id: UserID
    package let session: SessionID
    package let roles: Set<Role>
    /// When the token ends.
    package let expiresAt: Date

    /// The same person, with every role: see `Sabotage.everybodyMay`.
    var withEveryRole: AuthenticatedUser {
        .init(id: id, session: session, roles: Set(Role.allCases), expiresAt: expiresAt)
    }
}
