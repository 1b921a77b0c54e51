import HTTPTypes
import RPC

/// What of a request's header travels on to the services.
enum CallHeaders {
    private static let idempotencyKeyBytesMax = 255

    static func metadata(of headers: HTTPFields) throws(Problem) -> Metadata {
        var metadata = Metadata()
        if let token = headers[.authorization] {
            metadata.append(token, for: "authorization")
        }
        if let key = headers[.idempotencyKey] {
            guard (1...idempotencyKeyBytesMax).contains(key.utf8.count) else {
                throw .invalidHeader("Idempotency-Key", "must have 1 to 255 bytes")
            }
            metadata.append(key, for: "idempotency-key")
        }
        return metadata
    }

    /// `Grpc-Timeout`: at most eight digits and a unit, H M S m u n (gRPC over HTTP/2,
    /// "Timeout"). Nil when absent.
    static func timeout(of headers: HTTPFields) throws(Problem) -> Duration? {
        guard let text = headers[.grpcTimeout] else { return nil }
        let digits = text.dropLast()
        guard (1...8).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int64(digits)
        else {
            throw .invalidHeader("Grpc-Timeout", "must be a number and a unit, e.g. 500m")
        }
        switch text.last {
        case "H": return .seconds(number * 3600)
        case "M": return .seconds(number * 60)
        case "S": return .seconds(number)
        case "m": return .milliseconds(number)
        case "u": return .microseconds(number)
        case "n": return .nanoseconds(number)
        default: throw .invalidHeader("Grpc-Timeout", "has a unit that is none of H M S m u n")
        }
    }
}

extension HTTPField.Name {
    static let contentTypeOptions = name("x-content-type-options")
    static let crossOriginOpenerPolicy = name("cross-origin-opener-policy")
    static let grpcTimeout = name("grpc-timeout")
    static let idempotencyKey = name("idempotency-key")
    static let lastEventID = name("last-event-id")
    static let providerSignature = name("provider-signature")
    static let referrerPolicy = name("referrer-policy")
    static let requestID = name("x-request-id")
    static let xForwardedFor = name("x-forwarded-for")

    /// Each of them is a token of RFC 9110; a test holds them to it.
    private static func name(_ text: String) -> HTTPField.Name {
        HTTPField.Name(text) ?? .contentType
    }
}
