import Contracts
import HTTPTypes
import RPC
import ServiceKit
import Wire

/// /api/auth: accounts and sessions.
extension Routes {
    private typealias Auth = AuthV1.AuthService

    static let auth: [Route] = [
        Route(.post, "/api/auth/register", .anyone, limited: .logIn, body: .json) { call in
            let message = try call.message(AuthV1.RegisterRequest.self)
            return try await call.create(\.auth, Auth.register, message) { _ in "/api/auth/me" }
        },
        Route(.post, "/api/auth/login", .anyone, limited: .logIn, body: .json) { call in
            try await call.forward(\.auth, Auth.logIn) {
                $0 = try call.message(AuthV1.LogInRequest.self)
            }
        },
        Route(.post, "/api/auth/refresh", .anyone, body: .json) { call in
            try await call.forward(\.auth, Auth.refreshSession) {
                $0 = try call.message(AuthV1.RefreshSessionRequest.self)
            }
        },
        Route(.post, "/api/auth/logout", .anyone, body: .json) { call in
            let message = try call.message(AuthV1.LogOutRequest.self)
            _ = try await call.call(\.auth, Auth.logOut, message)
            return APICall.noContent
        },
        Route(.get, "/api/auth/me", .user) { call in
            try await call.forward(\.auth, Auth.getMe)
        },
        Route(.post, "/api/auth/users", .role(.admin), body: .json) { call in
            let message = try call.message(AuthV1.CreateAccountRequest.self)
            return try await call.create(\.auth, Auth.createAccount, message) {
                "/api/auth/users/\(PercentCoding.encodedSegment($0.user?.userID ?? ""))/roles"
            }
        },
        Route(.put, "/api/auth/users/{userId}/roles", .role(.admin), body: .json) { call in
            try await call.forward(\.auth, Auth.setRoles) {
                $0 = try call.message(AuthV1.SetRolesRequest.self)
                try call.requireSame("userId", $0.userID)
                $0.userID = call.path("userId")
            }
        },
    ]
}
