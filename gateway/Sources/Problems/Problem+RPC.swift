import Contracts
import HTTPTypes
package import RPC
import Wire

extension Problem {
    /// What a service answered, as HTTP. What INTERNAL, UNKNOWN and DATA_LOSS say is for the log
    /// alone, and so is the text of a failed connection.
    package init(_ error: RPCError) {
        let detail = error.detail(RPCV1.ErrorDetail.self)
        let status = Self.status(of: error.code, hasDetail: detail != nil)
        var headers: HTTPFields = [:]
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        let isPrivate = status.code >= 500 && detail == nil
        self.init(
            status, detail.map(\.code).flatMap { $0.isEmpty ? nil : $0 } ?? Self.name(error.code),
            isPrivate ? Self.text(error.code) : error.message,
            reasons: (detail?.reasons ?? []).map { Reason($0.subject, $0.code, $0.message) },
            retryAfter: Self.retryAfter(error.code, detail?.retryAfterMs ?? 0), headers: headers)
    }

    /// RPC.md, section 3. FAILED_PRECONDITION with a detail tells that a state is in the way.
    static func status(of code: RPCCode, hasDetail: Bool) -> HTTPResponse.Status {
        switch code {
        case .ok: .ok
        case .cancelled: HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")
        case .invalidArgument, .outOfRange: .badRequest
        case .failedPrecondition: hasDetail ? .conflict : .badRequest
        case .deadlineExceeded: .gatewayTimeout
        case .notFound: .notFound
        case .alreadyExists, .aborted: .conflict
        case .permissionDenied: .forbidden
        case .resourceExhausted: .tooManyRequests
        case .unimplemented: .notImplemented
        case .unavailable: .serviceUnavailable
        case .unauthenticated: .unauthorized
        default: .internalServerError
        }
    }

    private static func retryAfter(_ code: RPCCode, _ milliseconds: UInt32) -> Duration? {
        if milliseconds > 0 { return .milliseconds(milliseconds) }
        return code == .unavailable || code == .resourceExhausted ? .seconds(1) : nil
    }

    /// The code's name in lower_snake_case.
    private static func name(_ code: RPCCode) -> String {
        switch code {
        case .cancelled: "cancelled"
        case .invalidArgument: "invalid_argument"
        case .deadlineExceeded: "deadline_exceeded"
        case .notFound: "not_found"
        case .alreadyExists: "already_exists"
        case .permissionDenied: "permission_denied"
        case .resourceExhausted: "resource_exhausted"
        case .failedPrecondition: "failed_precondition"
        case .aborted: "aborted"
        case .outOfRange: "out_of_range"
        case .unimplemented: "unimplemented"
        case .unavailable: "unavailable"
        case .unauthenticated: "unauthenticated"
        default: "internal"
        }
    }

    private static func text(_ code: RPCCode) -> String {
        switch code {
        case .deadlineExceeded: "This took too long; it may or may not have happened."
        case .unavailable: "A part of the platform does not answer right now; try again."
        case .unimplemented: "This is not offered here."
        default: "Something went wrong here; the request id names it."
        }
    }
}
