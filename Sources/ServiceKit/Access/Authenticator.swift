package import RPC

/// Tells a handler who calls. Every service asks for itself: that the gateway has asked already
/// is no reason to believe (P10).
package struct Authenticator: Sendable {
    private let tokens: TokenVerifier
    private let credential: ServiceCredential

    package init(tokens: TokenVerifier, credential: ServiceCredential) {
        self.tokens = tokens
        self.credential = credential
    }

    /// The user of `authorization: Bearer …`.
    ///
    /// - Throws: UNAUTHENTICATED without a valid token.
    package func user(_ context: CallContext) async throws(RPCError) -> AuthenticatedUser {
        guard let user = try await userIfAny(context) else {
            throw .unauthenticated(
                "token_missing", "log in first, and send `Authorization: Bearer <access token>`")
        }
        return user
    }

    /// The user where a token was sent; a token that is not valid is still an error.
    package func userIfAny(_ context: CallContext) async throws(RPCError) -> AuthenticatedUser? {
        guard let value = context.metadata["authorization"] else {
            return nil
        }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw .unauthenticated(
                "token_invalid", "the authorization metadata is not `Bearer <access token>`")
        }
        let user = try await tokens.verify(String(parts[1]))
        return Sabotage.everybodyMay.isOn ? user.withEveryRole : user
    }

    /// The user, who must have a role; admins pass.
    ///
    /// - Throws: UNAUTHENTICATED, or PERMISSION_DENIED with code `role_missing`.
    package func user(_ context: CallContext, role: Role) async throws(RPCError)
        -> AuthenticatedUser
    {
        let user = try await user(context)
        guard user.roles.contains(role) || user.roles.contains(.admin) else {
            throw .permissionDenied("role_missing", "this needs the role \"\(role.rawValue)\"")
        }
        return user
    }

    /// The calling service, which must be one of `names`.
    ///
    /// - Throws: UNAUTHENTICATED without a valid credential, PERMISSION_DENIED for another.
    @discardableResult
    package func service(_ context: CallContext, among names: Set<String>) throws(RPCError)
        -> String
    {
        try credential.service(context, among: names)
    }

    /// True where the call bears the credential of one of `names`.
    package func isService(_ context: CallContext, among names: Set<String>) -> Bool {
        guard let sent = context.metadata[ServiceCredential.metadataKey] else {
            return false
        }
        return credential.verify(sent).map(names.contains) ?? false
    }
}

extension ServiceCredential {
    /// The calling service, which must be one of `names`.
    ///
    /// - Throws: UNAUTHENTICATED without a valid credential, PERMISSION_DENIED for another.
    @discardableResult
    package func service(_ context: CallContext, among names: Set<String>) throws(RPCError)
        -> String
    {
        if Sabotage.everybodyMay.isOn {
            return names.first ?? ""
        }
        guard let sent = context.metadata[Self.metadataKey], let name = verify(sent) else {
            throw .unauthenticated(
                "credential_missing", "this method is for services with a valid credential")
        }
        guard names.contains(name) else {
            throw .permissionDenied("credential_denied", "this method is not for \"\(name)\"")
        }
        return name
    }
}
