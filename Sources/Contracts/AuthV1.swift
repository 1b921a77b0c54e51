package import Wire

/// proto/usher/auth/v1: people, their roles, and the tokens that prove who they are.
package enum AuthV1 {
    static let messages: [any Message.Type] = [
        User.self, Session.self,
        RegisterRequest.self, RegisterResponse.self,
        LogInRequest.self, LogInResponse.self,
        RefreshSessionRequest.self, RefreshSessionResponse.self,
        LogOutRequest.self, LogOutResponse.self,
        GetMeRequest.self, GetMeResponse.self,
        CreateAccountRequest.self, CreateAccountResponse.self,
        SetRolesRequest.self, SetRolesResponse.self,
        EnsureFirstAdminRequest.self, EnsureFirstAdminResponse.self,
        ListSigningKeysRequest.self, ListSigningKeysResponse.self, SigningKey.self,
        ReadFeedRequest.self, ReadFeedResponse.self, FollowFeedRequest.self,
        FollowFeedResponse.self, FeedEntry.self, UserChanged.self,
    ]

    /// Accounts and log-ins.
    package enum AuthService: ServiceContract {
        package static let name = "usher.auth.v1.AuthService"
        /// Anyone. Makes a buyer's account and logs it in.
        package static let register = Method<RegisterRequest, RegisterResponse>(
            name, "Register", access: .byHandler)
        /// Anyone. Same answer and same cost for an unknown address and a wrong password.
        package static let logIn = Method<LogInRequest, LogInResponse>(
            name, "LogIn", access: .byHandler)
        /// Anyone who holds the refresh token. Each works once; using one twice ends its session.
        package static let refreshSession = Method<
            RefreshSessionRequest, RefreshSessionResponse
        >(name, "RefreshSession", access: .byHandler)
        /// Anyone who holds the refresh token. Ends the session.
        package static let logOut = Method<LogOutRequest, LogOutResponse>(
            name, "LogOut", isIdempotent: true, access: .byHandler)
        /// User.
        package static let getMe = Method<GetMeRequest, GetMeResponse>(
            name, "GetMe", isIdempotent: true, access: .byHandler)
        /// Admin, or the operator's service credential. Makes an account with any roles.
        package static let createAccount = Method<CreateAccountRequest, CreateAccountResponse>(
            name, "CreateAccount", access: .byHandler)
        /// Admin. Replaces the roles of an account; takes effect at its next access token.
        package static let setRoles = Method<SetRolesRequest, SetRolesResponse>(
            name, "SetRoles", access: .byHandler)
        /// Operator. Makes the first admin where there is none, with a password made there.
        package static let ensureFirstAdmin = Method<
            EnsureFirstAdminRequest, EnsureFirstAdminResponse
        >(name, "EnsureFirstAdmin", access: .services(["operator"]))
        /// Anyone. The public keys that access tokens are signed with.
        package static let listSigningKeys = Method<
            ListSigningKeysRequest, ListSigningKeysResponse
        >(name, "ListSigningKeys", isIdempotent: true, access: .byHandler)
        /// Service. The facts of this service in order.
        package static let readFeed = Method<ReadFeedRequest, ReadFeedResponse>(
            name, "ReadFeed", isIdempotent: true, access: .services(["notification"]))
        /// Service (notification). The facts of this service in order, and each new
        /// one as it comes.
        package static let followFeed = Method<FollowFeedRequest, FollowFeedResponse>(
            name, "FollowFeed", kind: .serverStream, isIdempotent: true,
            access: .services(["notification"]))

        package static let methods: [any AnyMethod] = [
            register, logIn, refreshSession, logOut, getMe, createAccount, setRoles,
            ensureFirstAdmin, listSigningKeys, readFeed, followFeed,
        ]
    }

    /// What an account may do.
    package struct Role: ProtoEnum {
        package static let protoName = "usher.auth.v1.Role"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = Role(rawValue: 0)
        /// Holds, books and pays.
        package static let buyer = Role(rawValue: 1)
        /// Makes events and sells them.
        package static let organiser = Role(rawValue: 2)
        /// Scans the tickets of one organiser's events.
        package static let gate = Role(rawValue: 3)
        /// Runs the platform.
        package static let admin = Role(rawValue: 4)

        package static let cases: [(name: String, value: Int32)] = [
            ("ROLE_UNSPECIFIED", 0),
            ("ROLE_BUYER", 1),
            ("ROLE_ORGANISER", 2),
            ("ROLE_GATE", 3),
            ("ROLE_ADMIN", 4),
        ]
    }

    /// An account.
    package struct User: Message {
        package static let protoName = "usher.auth.v1.User"
        /// `usr_…` (TypeID of a UUIDv7).
        package var userID = ""
        /// As given, at most 254 bytes; unique without regard to case.
        package var email = ""
        /// 1 to 100 characters.
        package var displayName = ""
        /// What it may do.
        package var roles: [Role] = []
        /// When it was made.
        package var createdAt: Timestamp?
        /// Absent until the address is verified.
        package var emailVerifiedAt: Timestamp?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "user_id", &userID)
            v.field(2, "email", &email)
            v.field(3, "display_name", &displayName)
            v.field(4, "roles", &roles)
            v.field(5, "created_at", &createdAt)
            v.field(6, "email_verified_at", &emailVerifiedAt)
        }
    }

    /// The tokens of a log-in.
    package struct Session: Message {
        package static let protoName = "usher.auth.v1.Session"
        /// JWT (RFC 7519), EdDSA. Goes into `Authorization: Bearer …`.
        package var accessToken = ""
        /// When it ends to be taken.
        package var accessExpiresAt: Timestamp?
        /// 256 bits of chance; works once.
        package var refreshToken = ""
        /// When it ends to be taken.
        package var refreshExpiresAt: Timestamp?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "access_token", &accessToken)
            v.field(2, "access_expires_at", &accessExpiresAt)
            v.field(3, "refresh_token", &refreshToken)
            v.field(4, "refresh_expires_at", &refreshExpiresAt)
        }
    }

    /// Asks for a buyer's account.
    package struct RegisterRequest: Message {
        package static let protoName = "usher.auth.v1.RegisterRequest"
        /// At most 254 bytes.
        package var email = ""
        /// 10 to 200 characters.
        package var password = ""
        /// 1 to 100 characters.
        package var displayName = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "email", &email)
            v.field(2, "password", &password)
            v.field(3, "display_name", &displayName)
        }
    }

    /// The new account, logged in.
    package struct RegisterResponse: Message {
        package static let protoName = "usher.auth.v1.RegisterResponse"
        /// The account.
        package var user: User?
        /// Its tokens.
        package var session: Session?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "user", &user)
            v.field(2, "session", &session)
        }
    }

    /// Proves who one is.
    package struct LogInRequest: Message {
        package static let protoName = "usher.auth.v1.LogInRequest"
        /// Case does not matter.
        package var email = ""
        /// As registered.
        package var password = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "email", &email)
            v.field(2, "password", &password)
        }
    }

    /// The account, logged in.
    package struct LogInResponse: Message {
        package static let protoName = "usher.auth.v1.LogInResponse"
        /// The account.
        package var user: User?
        /// Its tokens.
        package var session: Session?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "user", &user)
            v.field(2, "session", &session)
        }
    }

    /// Trades a refresh token for new tokens.
    package struct RefreshSessionRequest: Message {
        package static let protoName = "usher.auth.v1.RefreshSessionRequest"
        /// The one given last; works once.
        package var refreshToken = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "refresh_token", &refreshToken)
        }
    }

    /// The session, renewed.
    package struct RefreshSessionResponse: Message {
        package static let protoName = "usher.auth.v1.RefreshSessionResponse"
        /// The account as it is now.
        package var user: User?
        /// Its new tokens.
        package var session: Session?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "user", &user)
            v.field(2, "session", &session)
        }
    }

    /// Ends a session.
    package struct LogOutRequest: Message {
        package static let protoName = "usher.auth.v1.LogOutRequest"
        /// Of the session to end.
        package var refreshToken = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "refresh_token", &refreshToken)
        }
    }

    /// Answer of `AuthService.logOut`.
    package struct LogOutResponse: Message {
        package static let protoName = "usher.auth.v1.LogOutResponse"
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {}
    }

    /// Asks for the caller's account.
    package struct GetMeRequest: Message {
        package static let protoName = "usher.auth.v1.GetMeRequest"
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {}
    }

    /// The caller's account.
    package struct GetMeResponse: Message {
        package static let protoName = "usher.auth.v1.GetMeResponse"
        /// The account.
        package var user: User?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "user", &user)
        }
    }

    /// Asks for an account with any roles.
    package struct CreateAccountRequest: Message {
        package static let protoName = "usher.auth.v1.CreateAccountRequest"
        /// At most 254 bytes.
        package var email = ""
        /// 10 to 200 characters.
        package var password = ""
        /// 1 to 100 characters.
        package var displayName = ""
        /// What it may do.
        package var roles: [Role] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "email", &email)
            v.field(2, "password", &password)
            v.field(3, "display_name", &displayName)
            v.field(4, "roles", &roles)
        }
    }

    /// The new account, not logged in.
    package struct CreateAccountResponse: Message {
        package static let protoName = "usher.auth.v1.CreateAccountResponse"
        /// The account.
        package var user: User?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "user", &user)
        }
    }

    /// Replaces the roles of an account.
    package struct SetRolesRequest: Message {
        package static let protoName = "usher.auth.v1.SetRolesRequest"
        /// `usr_…`
        package var userID = ""
        /// At least one.
        package var roles: [Role] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "user_id", &userID)
            v.field(2, "roles", &roles)
        }
    }

    /// The account with its new roles.
    package struct SetRolesResponse: Message {
        package static let protoName = "usher.auth.v1.SetRolesResponse"
        /// The account.
        package var user: User?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "user", &user)
        }
    }

    /// Makes the first admin where there is none.
    package struct EnsureFirstAdminRequest: Message {
        package static let protoName = "usher.auth.v1.EnsureFirstAdminRequest"
        /// Of the admin to make.
        package var email = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "email", &email)
        }
    }

    /// The first admin, if one was made.
    package struct EnsureFirstAdminResponse: Message {
        package static let protoName = "usher.auth.v1.EnsureFirstAdminResponse"
        /// False where an admin exists already; then no password is told.
        package var created = false
        /// Made by the service; told this once.
        package var password = ""
        /// The account.
        package var user: User?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "created", &created)
            v.field(2, "password", &password)
            v.field(3, "user", &user)
        }
    }

    /// Asks for the public keys.
    package struct ListSigningKeysRequest: Message {
        package static let protoName = "usher.auth.v1.ListSigningKeysRequest"
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {}
    }

    /// The public keys that access tokens are signed with.
    package struct ListSigningKeysResponse: Message {
        package static let protoName = "usher.auth.v1.ListSigningKeysResponse"
        /// All that are valid now.
        package var keys: [SigningKey] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "keys", &keys)
        }
    }

    /// A public key.
    package struct SigningKey: Message {
        package static let protoName = "usher.auth.v1.SigningKey"
        /// `kid` of the tokens signed with it.
        package var keyID = ""
        /// Ed25519 public key (RFC 8032), 32 bytes.
        package var publicKey: [UInt8] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "key_id", &keyID)
            v.field(2, "public_key", &publicKey)
        }
    }

    /// Asks for what happened after a position.
    package struct ReadFeedRequest: Message {
        package static let protoName = "usher.auth.v1.ReadFeedRequest"
        /// Position of the last entry that the reader has; 0 = from the start.
        package var after: UInt64 = 0
        /// At most this many entries, 1 to 1,000; 0 = 100.
        package var limit: UInt32 = 0
        /// How long to wait for a first entry, milliseconds, at most 30,000.
        package var waitMs: UInt32 = 0
        /// `recordedAt` of the entry at `after`, by which it is known again; absent = unchecked.
        package var afterRecordedAt: Timestamp?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "after", &after)
            v.field(2, "limit", &limit)
            v.field(3, "wait_ms", &waitMs)
            v.field(4, "after_recorded_at", &afterRecordedAt)
        }
    }

    /// What happened, in order.
    package struct ReadFeedResponse: Message {
        package static let protoName = "usher.auth.v1.ReadFeedResponse"
        /// Oldest first.
        package var entries: [FeedEntry] = []
        /// Position of the newest entry when this was read.
        package var lastPosition: UInt64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entries", &entries)
            v.field(2, "last_position", &lastPosition)
        }
    }

    /// One fact and its place in the feed.
    package struct FeedEntry: Message {
        /// The facts that this service tells.
        package enum Fact: Equatable, Sendable {
            /// The account is new, or its address, name or roles have changed.
            case userChanged(UserChanged)
        }

        package static let protoName = "usher.auth.v1.FeedEntry"
        /// 1, 2, 3 … without gaps.
        package var position: UInt64 = 0
        /// What the fact is about (a user id); facts of one key are applied in order.
        package var key = ""
        /// When it was recorded.
        package var recordedAt: Timestamp?
        /// What happened; nil where this version does not know the fact.
        package var fact: Fact?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "position", &position)
            v.field(2, "key", &key)
            v.field(3, "recorded_at", &recordedAt)
            v.member(10, "user_changed", of: "fact", &fact, Fact.userChanged) {
                if case .userChanged(let value) = $0 { value } else { nil }
            }
        }
    }

    /// The account is new, or its address, name or roles have changed.
    package struct UserChanged: Message {
        package static let protoName = "usher.auth.v1.UserChanged"
        /// As it is now.
        package var user: User?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "user", &user)
        }
    }
}
