import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// An account as the database keeps it.
struct Account: Sendable {
    var id: UserID
    var email: String
    var displayName: String
    var passwordHash: String
    var roles: Set<Role>
    var createdAt: Date
    var emailVerifiedAt: Date?

    var contract: AuthV1.User {
        .with {
            $0.userID = id.description
            $0.email = email
            $0.displayName = displayName
            $0.roles = roles.map(\.contract).sorted { $0.rawValue < $1.rawValue }
            $0.createdAt = Timestamp(createdAt)
            $0.emailVerifiedAt = emailVerifiedAt.map { Timestamp($0) }
        }
    }
}

/// The SQL of this service.
struct AuthStore: Sendable {
    /// What became of a refresh token.
    enum Refresh: Sendable {
        case rotated(Account, SessionID)
        /// No such token, it has expired, or its session has ended.
        case unknown
        /// It had been used: somebody has a copy. The session is over now.
        case reused
    }

    let pool: PostgresPool
    let feed: FeedStore<AuthV1.FeedEntry>

    /// Adds an account; false where the address is taken.
    func insert(_ account: Account) async throws -> Bool {
        let added = try await pool.transaction { transaction in
            let rows = try await transaction.query(
                """
                INSERT INTO users
                (id, email, email_key, display_name, password_hash, roles, created_at,
                 email_verified_at)
                VALUES (\(account.id.uuid), \(account.email),
                 \(AuthRules.key(ofEmail: account.email)), \(account.displayName),
                 \(account.passwordHash), \(account.roles.map(\.rawValue)), \(account.createdAt),
                 \(account.emailVerifiedAt))
                ON CONFLICT (email_key) DO NOTHING
                """)
            guard rows.affected == 1 else {
                return false
            }
            try await tell(of: account, in: transaction)
            return true
        }
        feed.ring()
        return added
    }

    /// The account of an address.
    func account(email: String) async throws -> Account? {
        let rows = try await pool.query(
            """
            SELECT id, email, display_name, password_hash, roles, created_at, email_verified_at
            FROM users WHERE email_key = \(AuthRules.key(ofEmail: email))
            """)
        return try rows.first.map(Self.account)
    }

    /// The account of an id.
    func account(id: UserID) async throws -> Account? {
        let rows = try await pool.query(
            """
            SELECT id, email, display_name, password_hash, roles, created_at, email_verified_at
            FROM users WHERE id = \(id.uuid)
            """)
        return try rows.first.map(Self.account)
    }

    /// True where somebody is an admin.
    func hasAdmin() async throws -> Bool {
        try await !pool.query(
            "SELECT 1 FROM users WHERE \(Role.admin.rawValue) = ANY(roles) LIMIT 1"
        ).isEmpty
    }

    /// Replaces the roles; nil where there is no such account.
    func setRoles(_ roles: Set<Role>, of id: UserID) async throws -> Account? {
        let account: Account? = try await pool.transaction { transaction in
            let rows = try await transaction.query(
                """
                UPDATE users SET roles = \(roles.map(\.rawValue)) WHERE id = \(id.uuid)
                RETURNING id, email, display_name, password_hash, roles, created_at,
                 email_verified_at
                """)
            guard let account = try rows.first.map(Self.account) else {
                return nil
            }
            try await tell(of: account, in: transaction)
            return account
        }
        feed.ring()
        return account
    }

    /// Begins a session with its first refresh token.
    func beginSession(
        _ session: SessionID, of user: UserID, refreshToken hash: [UInt8], until: Date, now: Date
    ) async throws {
        try await pool.transaction { transaction in
            try await transaction.query(
                """
                INSERT INTO sessions (id, user_id, created_at)
                VALUES (\(session.uuid), \(user.uuid), \(now))
                """)
            try await insertToken(hash, session, until, in: transaction)
        }
    }

    /// Uses up a refresh token and puts the next in its place.
    func rotate(
        _ hash: [UInt8], to next: [UInt8], until: Date, now: Date
    ) async throws -> Refresh {
        try await pool.transaction { transaction in
            let rows = try await transaction.query(
                """
                SELECT s.id, s.user_id, t.used_at IS NOT NULL AS used,
                 t.expires_at <= \(now) OR s.ended_at IS NOT NULL AS over
                FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
                WHERE t.hash = \(hash) FOR UPDATE
                """)
            guard let row = rows.first, try !row.decode("over", as: Bool.self) else {
                return .unknown
            }
            let session = SessionID(uuid: try row.decode("id"))
            if try row.decode("used", as: Bool.self) {
                try await transaction.query(
                    "UPDATE sessions SET ended_at = \(now) WHERE id = \(session.uuid)")
                return .reused
            }
            try await transaction.query(
                "UPDATE refresh_tokens SET used_at = \(now) WHERE hash = \(hash)")
            try await insertToken(next, session, until, in: transaction)
            let users = try await transaction.query(
                """
                SELECT id, email, display_name, password_hash, roles, created_at,
                 email_verified_at
                FROM users WHERE id = \(try row.decode("user_id", as: UUID.self))
                """)
            return try users.first.map { .rotated(try Self.account($0), session) } ?? .unknown
        }
    }

    /// Ends the session of a refresh token, if there is one.
    func endSession(refreshToken hash: [UInt8], now: Date) async throws {
        try await pool.query(
            """
            UPDATE sessions SET ended_at = \(now) WHERE ended_at IS NULL
             AND id = (SELECT session_id FROM refresh_tokens WHERE hash = \(hash))
            """)
    }

    private func insertToken(
        _ hash: [UInt8], _ session: SessionID, _ until: Date, in transaction: PostgresTransaction
    ) async throws {
        try await transaction.query(
            """
            INSERT INTO refresh_tokens (hash, session_id, expires_at)
            VALUES (\(hash), \(session.uuid), \(until))
            """)
    }

    private func tell(of account: Account, in transaction: PostgresTransaction) async throws {
        let entry = AuthV1.FeedEntry.with {
            $0.key = account.id.description
            $0.fact = .userChanged(.with { $0.user = account.contract })
        }
        try await feed.append([entry], in: transaction)
    }

    private static func account(_ row: PostgresRow) throws -> Account {
        Account(
            id: UserID(uuid: try row.decode("id")),
            email: try row.decode("email"),
            displayName: try row.decode("display_name"),
            passwordHash: try row.decode("password_hash"),
            roles: Set(try row.decode("roles", as: [String].self).compactMap(Role.init(rawValue:))),
            createdAt: try row.decode("created_at"),
            emailVerifiedAt: try row.decode("email_verified_at"))
    }
}
