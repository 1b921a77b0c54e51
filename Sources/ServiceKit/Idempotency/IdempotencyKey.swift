import Contracts
import Crypto
package import Foundation
package import RPC
package import Wire

/// One write of one user, named by the caller: the metadata `idempotency-key`, which the gateway
/// takes from the header `Idempotency-Key` (P5).
package struct IdempotencyKey: Sendable, Hashable {
    /// Metadata key that it travels under.
    package static let metadataKey = "idempotency-key"
    /// Bytes of a key at most.
    package static let bytesMax = 255

    /// Whose write; keys of other users are other keys.
    package let user: UUID
    /// `usher.booking.v1.BookingService/CreateBooking`; keys of other methods are other keys.
    package let method: String
    /// As the caller sent it.
    package let key: String
    /// SHA-256 of the request: the same key with another one is an error.
    package let fingerprint: [UInt8]

    /// A key by its parts.
    package init(user: UUID, method: String, key: String, fingerprint: [UInt8]) {
        self.user = user
        self.method = method
        self.key = key
        self.fingerprint = fingerprint
    }

    /// The key of a call; nil where the caller has sent none.
    ///
    /// - Throws: INVALID_ARGUMENT for one of no or more than 255 bytes.
    package init?(
        _ context: CallContext, user: UserID, _ request: some Message
    ) throws(RPCError) {
        guard let key = context.metadata[Self.metadataKey] else {
            return nil
        }
        guard (1...Self.bytesMax).contains(key.utf8.count) else {
            throw .invalid(
                field: Self.metadataKey, "invalid", "a key has 1 to \(Self.bytesMax) bytes")
        }
        self.init(
            user: user.uuid, method: "\(context.service)/\(context.method)", key: key,
            fingerprint: Array(SHA256.hash(data: request.serialized())))
    }

    /// What the key's advisory lock is called. Two keys with one number only wait for each other.
    var lock: Int64 {
        SHA256.hash(data: Data("\(user.uuidString)\n\(method)\n\(key)".utf8))
            .prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// True where both are for one write, whatever the requests say.
    package func isSameWrite(as other: IdempotencyKey) -> Bool {
        (user, method, key) == (other.user, other.method, other.key)
    }
}

/// How a write ended that has a key.
package enum IdempotentAnswer: Sendable, Equatable {
    /// The response, serialized.
    case success([UInt8])
    /// A refusal that stays one, however often it is asked.
    case refusal(RPCError)

    /// True for what is recorded: a refusal by the state of things. What the caller can mend
    /// (400, 401), what passes (429) and what went wrong here (5xx) is not.
    package static func isFinal(_ error: RPCError) -> Bool {
        switch error.code {
        case .notFound, .alreadyExists, .permissionDenied, .failedPrecondition: true
        case .aborted: error.detail?.code != IdempotencyRecords.inFlightCode
        default: false
        }
    }

    /// The response, or the refusal thrown.
    package func response<Response: Message>(_ type: Response.Type = Response.self) throws
        -> Response
    {
        switch self {
        case .success(let bytes): return try Response(serialized: bytes)
        case .refusal(let error): throw error
        }
    }
}
