import Contracts
import Crypto
package import Foundation
import JWTKit
package import RPC
import Synchronization

/// Verifies access tokens with the auth service's public keys.
///
/// A signature costs once: a verified token is remembered until it expires. Keys are fetched when
/// a token names one that is not known yet, at most once a second.
package final class TokenVerifier: Sendable {
    /// Fetches the public keys: key id → 32 bytes of Ed25519.
    package typealias KeySource = @Sendable () async throws -> [(id: String, key: Data)]

    /// Tokens remembered at most; the map is emptied when it is full.
    package static let rememberedTokensMax = 20_000
    /// Bytes of a token at most.
    package static let tokenBytesMax = 4_096
    /// How long somebody else's fetch is waited for.
    private static let patience = Duration.seconds(8)

    private struct State {
        var keys: [String: EdDSA.PublicKey] = [:]
        /// When the last fetch ended that brought keys.
        var fetchedAt: ContinuousClock.Instant?
        var isFetching = false
        var verified: [String: AuthenticatedUser] = [:]
    }

    private let source: KeySource
    private let state = Mutex(State())

    package init(keys source: @escaping KeySource) {
        self.source = source
    }

    /// A verifier that asks the auth service for its keys.
    package convenience init(auth: RPCClient) {
        self.init {
            let response = try await auth.call(AuthV1.AuthService.listSigningKeys, .init())
            return response.keys.map { ($0.keyID, Data($0.publicKey)) }
        }
    }

    /// Who the token speaks for.
    ///
    /// - Parameters:
    ///   - token: the compact form of the JWT.
    ///   - now: the time that expiry is judged by.
    /// - Throws: UNAUTHENTICATED with code `token_invalid` or `token_expired`; UNAVAILABLE where
    ///   the keys cannot be had.
    package func verify(_ token: String, now: Date = Date()) async throws(RPCError)
        -> AuthenticatedUser
    {
        if let user = state.withLock({ $0.verified[token] }) {
            guard user.expiresAt > now else {
                state.withLock { $0.verified[token] = nil }
                throw .unauthenticated("token_expired", "the access token has expired; refresh it")
            }
            return user
        }
        guard token.utf8.count <= Self.tokenBytesMax, let id = Self.keyID(of: token) else {
            throw Self.invalid
        }
        let key = try await key(id)
        let user = try await Self.check(token, id, key)
        guard user.expiresAt > now else {
            throw .unauthenticated("token_expired", "the access token has expired; refresh it")
        }
        state.withLock {
            if $0.verified.count >= Self.rememberedTokensMax {
                $0.verified.removeAll(keepingCapacity: true)
            }
            $0.verified[token] = user
        }
        return user
    }

    private static var invalid: RPCError {
        .unauthenticated("token_invalid", "the access token is not valid; log in again")
    }

    private static func check(
        _ token: String, _ id: String, _ key: EdDSA.PublicKey
    ) async throws(RPCError) -> AuthenticatedUser {
        do {
            let collection = JWTKeyCollection()
            await collection.add(eddsa: key, kid: JWKIdentifier(string: id))
            let claims = try await collection.verify(token, as: AccessToken.self)
            guard let user = UserID(claims.sub.value), let session = SessionID(claims.sid) else {
                throw invalid
            }
            return AuthenticatedUser(
                id: user, session: session, roles: Set(claims.roles.compactMap(Role.init)),
                expiresAt: claims.exp.value)
        } catch let error as JWTError where error.errorType == .claimVerificationFailure {
            throw .unauthenticated("token_expired", "the access token has expired; refresh it")
        } catch {
            throw invalid
        }
    }

    /// What to do about a key.
    private enum Step {
        case known(EdDSA.PublicKey)
        /// It was not among those that have just been fetched.
        case unknown
        /// Nobody else is at it.
        case fetch
        /// Somebody else is.
        case wait
    }

    private func key(_ id: String) async throws(RPCError) -> EdDSA.PublicKey {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            switch nextStep(id) {
            case .known(let key): return key
            case .unknown: throw Self.invalid
            case .fetch: try await fetch()
            case .wait:
                // However slow the fetch is, it says nothing about this token.
                guard ContinuousClock.now < deadline, !Task.isCancelled else {
                    throw Self.unavailable
                }
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    private func nextStep(_ id: String) -> Step {
        let now = ContinuousClock.now
        return state.withLock { state in
            if let key = state.keys[id] {
                return .known(key)
            }
            if state.isFetching {
                return .wait
            }
            guard state.fetchedAt.map({ now - $0 >= .seconds(1) }) ?? true else {
                return .unknown
            }
            state.isFetching = true
            return .fetch
        }
    }

    private func fetch() async throws(RPCError) {
        do {
            let keys = try await source().map {
                (
                    $0.id,
                    EdDSA.PublicKey(
                        backing: try Curve25519.Signing.PublicKey(rawRepresentation: $0.key))
                )
            }
            state.withLock { state in
                state.keys = Dictionary(keys, uniquingKeysWith: { $1 })
                state.fetchedAt = .now
                state.isFetching = false
            }
        } catch {
            state.withLock { $0.isFetching = false }
            throw Self.unavailable
        }
    }

    private static var unavailable: RPCError {
        .unavailable("auth_unavailable", "the auth service does not answer; try again")
    }

    /// `kid` of a token's header; nothing is trusted yet.
    private static func keyID(of token: String) -> String? {
        struct Header: Decodable {
            var kid: String?
            var alg: String
        }
        guard let head = token.split(separator: ".", maxSplits: 1).first,
            let data = Data(base64URLEncoded: head),
            let header = try? JSONDecoder().decode(Header.self, from: data), header.alg == "EdDSA"
        else {
            return nil
        }
        return header.kid
    }
}
