package import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// An error as the API tells it: RFC 9457 with a stable `code` and a reason per field or seat.
package struct Problem: Error, Sendable {
    /// Why one field, seat or area refuses.
    package struct Reason: Sendable, Equatable {
        package let subject: String
        package let code: String
        package let message: String

        /// As `usher.rpc.v1.ErrorReason`.
        package init(_ subject: String, _ code: String, _ message: String) {
            self.subject = subject
            self.code = code
            self.message = message
        }
    }

    package let status: HTTPResponse.Status
    /// Stable, lower_snake_case.
    package let code: String
    /// For people, English.
    package let detail: String
    package let reasons: [Reason]
    /// When trying again makes sense.
    package let retryAfter: Duration?
    /// Header fields besides Content-Type and Retry-After, e.g. Allow.
    package let headers: HTTPFields

    /// A problem; what is left out is not told.
    package init(
        _ status: HTTPResponse.Status, _ code: String, _ detail: String, reasons: [Reason] = [],
        retryAfter: Duration? = nil, headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.reasons = reasons
        self.retryAfter = retryAfter
        self.headers = headers
    }

    /// application/problem+json. The type is "about:blank": `code` says what it is.
    func response(requestID: String) -> Response {
        let json: JSONValue = [
            "type": "about:blank",
            "title": .string(status.reasonPhrase),
            "status": .number(JSONNumber(status.code)),
            "detail": .string(detail),
            "code": .string(code),
            "reasons": .array(
                reasons.map {
                    [
                        "subject": .string($0.subject), "code": .string($0.code),
                        "message": .string($0.message),
                    ]
                }),
            "requestId": .string(requestID),
        ]
        var headers = headers
        headers[.contentType] = "application/problem+json"
        if let retryAfter { headers[.retryAfter] = String(Self.wholeSeconds(retryAfter)) }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }

    /// Retry-After counts whole seconds (RFC 9110, 10.2.3): rounded up, at least 1.
    static func wholeSeconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return max(seconds + (attoseconds > 0 ? 1 : 0), 1)
    }
}

/// What the gateway itself refuses.
extension Problem {
    static let notFound = Problem(.notFound, "not_found", "There is nothing at this address.")

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        return Problem(
            .methodNotAllowed, "method_not_allowed", "This address takes \(names).",
            headers: [.allow: names])
    }

    static func unsupportedMediaType(_ wanted: String) -> Problem {
        Problem(
            .unsupportedMediaType, "unsupported_media_type",
            "Send the body as \(wanted) and say so in Content-Type.")
    }

    static func bodyTooLarge(_ bytesMax: Int) -> Problem {
        Problem(
            .contentTooLarge, "body_too_large", "A body may have \(bytesMax) bytes here.")
    }

    static func unknownParameter(_ name: String, known: [String]) -> Problem {
        let list = known.isEmpty ? "none" : known.joined(separator: ", ")
        return Problem(
            .badRequest, "unknown_parameter",
            "The query has parameters unknown here; known: \(list).",
            reasons: [Reason(name, "unknown", "this parameter is not known here")])
    }

    static func invalidParameter(_ name: String, _ message: String) -> Problem {
        Problem(
            .badRequest, "invalid_parameter", "\(name): \(message)",
            reasons: [Reason(name, "invalid", message)])
    }

    static func invalidHeader(_ name: String, _ message: String) -> Problem {
        Problem(
            .badRequest, "invalid_header", "\(name) \(message).",
            reasons: [Reason(name, "invalid", message)])
    }

    static func rateLimited(_ wait: Duration) -> Problem {
        Problem(
            .tooManyRequests, "rate_limited", "Too many requests from this address.",
            retryAfter: wait)
    }

    static let tokenMissing = Problem(
        .unauthorized, "token_missing",
        "Log in first, and send `Authorization: Bearer <access token>`.",
        headers: [.wwwAuthenticate: "Bearer"])

    static func roleMissing(_ role: String) -> Problem {
        Problem(.forbidden, "role_missing", "This needs the role \"\(role)\".")
    }

    static let internalError = Problem(
        .internalServerError, "internal", "Something went wrong here; the request id names it.")
}
