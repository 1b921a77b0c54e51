import Metrics
package import NIOCore
package import Postgres
package import RPC

/// Answers UNAVAILABLE where a handler fails because its database cannot be reached: it restarts,
/// is being stopped or has no connection left. Callers try again; without this they would be told
/// INTERNAL, which says that something of ours is wrong and is not tried again.
package struct DatabaseOutage: ServerInterceptor {
    private let answers: Counter

    /// - Parameter service: whose database it is, for metrics.
    package init(service: String) {
        answers = Counter(
            label: "database_outage_answers_total", dimensions: [("service", service)])
    }

    package func intercept(
        _ request: ByteBuffer, context: CallContext, next: CallHandler
    ) async throws -> [UInt8] {
        do {
            return try await next(request, context)
        } catch {
            guard let error = error as? PostgresError, Self.isOutage(error) else {
                throw error
            }
            answers.increment()
            throw Self.unavailable(error)
        }
    }

    /// True for what is wrong with the server or the way to it, not with the statement.
    package static func isOutage(_ error: PostgresError) -> Bool {
        error.isConnectionError || outages.contains(error.code)
    }

    private static let outages: Set<PostgresErrorCode> = [
        .poolExhausted, .shutDown,
        // Stopped by an operator, crashed, starting up; too many connections.
        .init(rawValue: "57P01"), .init(rawValue: "57P02"), .init(rawValue: "57P03"),
        .init(rawValue: "53300"),
    ]

    private static func unavailable(_ error: PostgresError) -> RPCError {
        let doubt =
            error.mayHaveRun
            ? "; what was written may be there: repeat it under the same Idempotency-Key" : ""
        return .unavailable(
            "database_unavailable", "the database cannot be reached; try again\(doubt)")
    }
}
