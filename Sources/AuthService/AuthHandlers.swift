import Contracts
import Foundation
import RPC
import ServiceKit
import Wire

/// The methods of `usher.auth.v1.AuthService`: decode, decide, call the store, map the error.
struct AuthHandlers: Sendable {
    let store: AuthStore
    let hasher: PasswordHasher
    let issuer: TokenIssuer
    let authenticator: Authenticator

    func register(on router: inout CallRouter) {
        typealias Methods = AuthV1.AuthService
        router.handle(Methods.register) { request, _ in try await register(request) }
        router.handle(Methods.logIn) { request, _ in try await logIn(request) }
        router.handle(Methods.refreshSession) { request, _ in try await refresh(request) }
        router.handle(Methods.logOut) { request, _ in try await logOut(request) }
        router.handle(Methods.getMe) { _, context in try await me(context) }
        router.handle(Methods.createAccount, createAccount)
        router.handle(Methods.setRoles, setRoles)
        router.handle(Methods.ensureFirstAdmin, ensureFirstAdmin)
        router.handle(Methods.listSigningKeys) { _, _ in
            .with {
                $0.keys = [
                    .with {
                        $0.keyID = issuer.signingKey.id
                        $0.publicKey = Array(issuer.signingKey.key)
                    }
                ]
            }
        }
        router.handleFeed(Methods.readFeed, Methods.followFeed, store.feed)
    }

    private func register(
        _ request: AuthV1.RegisterRequest
    ) async throws -> AuthV1.RegisterResponse {
        let account = try await makeAccount(
            email: request.email, password: request.password, displayName: request.displayName,
            roles: [.buyer])
        let session = try await beginSession(of: account)
        return .with {
            $0.user = account.contract
            $0.session = session
        }
    }

    private func logIn(_ request: AuthV1.LogInRequest) async throws -> AuthV1.LogInResponse {
        let account = try await store.account(email: request.email)
        let right = try await hashing {
            try await hasher.verify(
                String(request.password.prefix(AuthRules.passwordLengths.upperBound + 1)),
                against: account?.passwordHash)
        }
        guard let account, right else {
            throw RPCError.unauthenticated(
                "credentials_wrong", "this address and password do not go together")
        }
        let session = try await beginSession(of: account)
        return .with {
            $0.user = account.contract
            $0.session = session
        }
    }

    private func refresh(
        _ request: AuthV1.RefreshSessionRequest
    ) async throws -> AuthV1.RefreshSessionResponse {
        let now = Date()
        let next = issuer.refreshToken()
        let until = now.addingTimeInterval(TokenIssuer.refreshLifetimeSeconds)
        let outcome = try await store.rotate(
            TokenIssuer.hash(ofRefreshToken: request.refreshToken),
            to: TokenIssuer.hash(ofRefreshToken: next), until: until, now: now)
        switch outcome {
        case .rotated(let account, let session):
            let session = try await contract(
                of: session, account: account, refreshToken: next, until: until, now: now)
            return .with {
                $0.user = account.contract
                $0.session = session
            }
        case .unknown:
            throw RPCError.unauthenticated(
                "refresh_token_invalid", "the refresh token is not valid; log in again")
        case .reused:
            throw RPCError.unauthenticated(
                "refresh_token_reused",
                "the refresh token had been used before, so its session has ended; log in again")
        }
    }

    private func logOut(_ request: AuthV1.LogOutRequest) async throws -> AuthV1.LogOutResponse {
        try await store.endSession(
            refreshToken: TokenIssuer.hash(ofRefreshToken: request.refreshToken), now: Date())
        return AuthV1.LogOutResponse()
    }

    private func me(_ context: CallContext) async throws -> AuthV1.GetMeResponse {
        let user = try await authenticator.user(context)
        guard let account = try await store.account(id: user.id) else {
            throw RPCError.unauthenticated("token_invalid", "the account is gone")
        }
        return .with { $0.user = account.contract }
    }

    @Sendable private func createAccount(
        _ request: AuthV1.CreateAccountRequest, _ context: CallContext
    ) async throws -> AuthV1.CreateAccountResponse {
        if !authenticator.isService(context, among: [operatorName]) {
            try await requireAdmin(context)
        }
        let account = try await makeAccount(
            email: request.email, password: request.password, displayName: request.displayName,
            roles: try AuthRules.roles(request.roles))
        return .with { $0.user = account.contract }
    }

    @Sendable private func setRoles(
        _ request: AuthV1.SetRolesRequest, _ context: CallContext
    ) async throws -> AuthV1.SetRolesResponse {
        try await requireAdmin(context)
        let roles = try AuthRules.roles(request.roles)
        guard let id = UserID(request.userID),
            let account = try await store.setRoles(roles, of: id)
        else {
            throw RPCError.notFound("user_unknown", "there is no user \"\(request.userID)\"")
        }
        return .with { $0.user = account.contract }
    }

    @Sendable private func ensureFirstAdmin(
        _ request: AuthV1.EnsureFirstAdminRequest, _ context: CallContext
    ) async throws -> AuthV1.EnsureFirstAdminResponse {
        guard try await !store.hasAdmin() else {
            return AuthV1.EnsureFirstAdminResponse()
        }
        let password = String(issuer.refreshToken().prefix(20))
        let account = try await makeAccount(
            email: request.email, password: password, displayName: "Admin",
            roles: [.admin, .buyer])
        return .with {
            $0.created = true
            $0.password = password
            $0.user = account.contract
        }
    }

    private func requireAdmin(_ context: CallContext) async throws {
        _ = try await authenticator.user(context, role: .admin)
    }

    private func makeAccount(
        email: String, password: String, displayName: String, roles: Set<Role>
    ) async throws -> Account {
        try AuthRules.check(email: email, password: password, displayName: displayName)
        let hash = try await hashing { try await hasher.hash(password) }
        let account = Account(
            id: UserID(), email: email, displayName: displayName, passwordHash: hash,
            roles: roles, createdAt: Date(), emailVerifiedAt: nil)
        guard try await store.insert(account) else {
            throw RPCError.alreadyExists(
                "email_taken", "there is an account with this address; log in instead")
        }
        return account
    }

    private func beginSession(of account: Account) async throws -> AuthV1.Session {
        let now = Date()
        let session = SessionID(at: now)
        let token = issuer.refreshToken()
        let until = now.addingTimeInterval(TokenIssuer.refreshLifetimeSeconds)
        try await store.beginSession(
            session, of: account.id, refreshToken: TokenIssuer.hash(ofRefreshToken: token),
            until: until, now: now)
        return try await contract(
            of: session, account: account, refreshToken: token, until: until, now: now)
    }

    private func contract(
        of session: SessionID, account: Account, refreshToken: String, until: Date, now: Date
    ) async throws -> AuthV1.Session {
        let access = try await issuer.accessToken(
            user: account.id, session: session, roles: account.roles, now: now)
        return .with {
            $0.accessToken = access.token
            $0.accessExpiresAt = Timestamp(access.expiresAt)
            $0.refreshToken = refreshToken
            $0.refreshExpiresAt = Timestamp(until)
        }
    }

    private func hashing<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch is Gate.Full {
            throw RPCError.unavailable("busy", "too many log-ins at once; try again")
        }
    }
}
