package import Contracts
package import RPC
import Wire

extension RPCError {
    /// An error with the platform's detail.
    ///
    /// - Parameters:
    ///   - code: the call's status.
    ///   - reason: stable, lower_snake_case, at most 64 bytes.
    ///   - message: for people.
    ///   - reasons: a fault per field, seat or area.
    ///   - retryAfter: when to try again; nil says nothing.
    package static func failure(
        _ code: RPCCode, _ reason: String, _ message: String,
        reasons: [RPCV1.ErrorReason] = [], retryAfter: Duration? = nil
    ) -> RPCError {
        let detail = RPCV1.ErrorDetail.with {
            $0.code = reason
            $0.reasons = Array(reasons.prefix(200))
            $0.retryAfterMs = retryAfter.map { UInt32(clamping: $0.milliseconds) } ?? 0
        }
        return RPCError(code, message, detail: detail)
    }

    /// 3: what was sent cannot be right, whatever the state of things.
    package static func invalid(
        _ message: String, _ reasons: [RPCV1.ErrorReason] = [], code: String = "invalid_argument"
    ) -> RPCError {
        failure(.invalidArgument, code, message, reasons: reasons)
    }

    /// 3, for one field.
    package static func invalid(
        field: String, _ fault: String, _ message: String, code: String = "invalid_argument"
    ) -> RPCError {
        invalid("\(field): \(message)", [.init(field, fault, message)], code: code)
    }

    /// 16.
    package static func unauthenticated(_ reason: String, _ message: String) -> RPCError {
        failure(.unauthenticated, reason, message)
    }

    /// 7.
    package static func permissionDenied(_ reason: String, _ message: String) -> RPCError {
        failure(.permissionDenied, reason, message)
    }

    /// 5.
    package static func notFound(_ reason: String, _ message: String) -> RPCError {
        failure(.notFound, reason, message)
    }

    /// 6.
    package static func alreadyExists(_ reason: String, _ message: String) -> RPCError {
        failure(.alreadyExists, reason, message)
    }

    /// 10: a seat or somebody's state is in the way.
    package static func aborted(
        _ reason: String, _ message: String, _ reasons: [RPCV1.ErrorReason] = []
    ) -> RPCError {
        failure(.aborted, reason, message, reasons: reasons)
    }

    /// 9: the thing is not in the state that this needs.
    package static func failedPrecondition(_ reason: String, _ message: String) -> RPCError {
        failure(.failedPrecondition, reason, message)
    }

    /// 14: try again.
    package static func unavailable(
        _ reason: String, _ message: String, retryAfter: Duration = .seconds(1)
    ) -> RPCError {
        failure(.unavailable, reason, message, retryAfter: retryAfter)
    }

    /// The platform's detail, where the error bears one.
    package var detail: RPCV1.ErrorDetail? {
        detail(RPCV1.ErrorDetail.self)
    }
}

extension RPCV1.ErrorReason {
    /// Why one field, seat or area refuses.
    package init(_ subject: String, _ code: String, _ message: String) {
        self.init()
        self.subject = subject
        self.code = code
        self.message = message
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
