import Configuration
import Contracts
package import Foundation
import NIOCore
import NIOPosix
import Postgres
package import ServiceKit

/// The auth service: people, their roles, and the tokens that prove who they are.
package enum AuthService: PlatformService {
    package static let name = "auth"

    package static var migrations: URL {
        Bundle.module.bundleURL.appendingPathComponent("Migrations")
    }

    /// Configuration keys of its own:
    /// - `usher.auth.password.log2n` (15): cost of new password hashes, 10 to 20.
    package static func makeRuntime(
        _ environment: ServiceEnvironment
    ) async throws -> ServiceRuntime {
        let base = try ServiceBase(environment)
        let log2N = environment.config.int(forKey: "usher.auth.password.log2n", default: 15)
        guard (10...20).contains(log2N) else {
            throw ServiceStartError("usher.auth.password.log2n is \(log2N); 10 to 20 are possible")
        }
        let threads = NIOThreadPool(numberOfThreads: NIOCore.System.coreCount)
        threads.start()
        let issuer = try await TokenIssuer(seed: environment.secrets.bytes(.accessToken))
        let key = issuer.signingKey
        let store = AuthStore(pool: base.pool, feed: FeedStore(pool: base.pool))
        let handlers = AuthHandlers(
            store: store,
            hasher: PasswordHasher(threads: threads, cost: .init(log2N: log2N)),
            issuer: issuer,
            authenticator: Authenticator(
                tokens: TokenVerifier { [(key.id, key.key)] }, credential: base.credential))
        return try base.runtime(streams: [store.feed.streams]) { router in
            handlers.register(on: &router)
        }
    }
}
