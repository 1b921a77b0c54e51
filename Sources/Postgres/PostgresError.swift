/// A SQLSTATE of the server (PostgreSQL documentation, appendix A), or one of the driver's own
/// codes, which are words.
package struct PostgresErrorCode: RawRepresentable, Hashable, Sendable {
    /// Five characters from the server, else a word.
    package let rawValue: String

    /// Any code.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// SQLSTATE 23505.
    package static let uniqueViolation = Self(rawValue: "23505")
    /// SQLSTATE 23503.
    package static let foreignKeyViolation = Self(rawValue: "23503")
    /// SQLSTATE 23502.
    package static let notNullViolation = Self(rawValue: "23502")
    /// SQLSTATE 23514.
    package static let checkViolation = Self(rawValue: "23514")
    /// SQLSTATE 23P01.
    package static let exclusionViolation = Self(rawValue: "23P01")
    /// SQLSTATE 40001.
    package static let serializationFailure = Self(rawValue: "40001")
    /// SQLSTATE 40P01.
    package static let deadlockDetected = Self(rawValue: "40P01")
    /// SQLSTATE 55P03: `lock_timeout` passed, or NOWAIT found a lock.
    package static let lockNotAvailable = Self(rawValue: "55P03")
    /// SQLSTATE 57014: `statement_timeout` passed, or somebody cancelled the statement.
    package static let queryCanceled = Self(rawValue: "57014")
    /// SQLSTATE 25P02: an earlier statement of the transaction failed.
    package static let inFailedTransaction = Self(rawValue: "25P02")
    /// SQLSTATE 0A000.
    package static let featureNotSupported = Self(rawValue: "0A000")
    /// SQLSTATE 26000.
    package static let invalidStatementName = Self(rawValue: "26000")

    /// The connection broke; see `PostgresError.mayHaveRun`.
    package static let connectionLost = Self(rawValue: "connection_lost")
    /// No connection to the server could be made in time.
    package static let connectFailed = Self(rawValue: "connect_failed")
    /// Every connection was busy until the deadline, or a wait queue was full.
    package static let poolExhausted = Self(rawValue: "pool_exhausted")
    /// The pool is shutting down.
    package static let shutDown = Self(rawValue: "shut_down")
    /// The calling task was cancelled; see `PostgresError.mayHaveRun`.
    package static let cancelled = Self(rawValue: "cancelled")
    /// A value of a row is not what was asked for.
    package static let decodingFailed = Self(rawValue: "decoding_failed")
    /// A transaction was used after its end.
    package static let transactionEnded = Self(rawValue: "transaction_ended")
    /// COMMIT was answered with ROLLBACK.
    package static let transactionAborted = Self(rawValue: "transaction_aborted")
    /// What was asked cannot be sent: too many parameters, or COPY.
    package static let unsupported = Self(rawValue: "unsupported")
}

/// Why a statement, a transaction or a connection failed.
package struct PostgresError: Error, Equatable, Sendable {
    /// What went wrong, for switching on.
    package var code: PostgresErrorCode
    /// The primary message: the server's, or the driver's.
    package var message: String
    /// ERROR, FATAL or PANIC, never translated; nil for the driver's own errors.
    package var severity: String?
    /// The server's second message.
    package var detail: String?
    /// The server's advice.
    package var hint: String?
    /// Name of the violated constraint.
    package var constraint: String?
    /// Name of the table, when the server told it.
    package var table: String?
    /// Name of the column: the server's, or the one that could not be decoded.
    package var column: String?
    /// Where in the SQL text the error is, counted in characters from 1.
    package var position: Int?
    /// The server's function that raised the error.
    package var routine: String?
    /// For errors without the server's verdict: whether the statement may have had its effect.
    package var mayHaveRun = false

    /// An error with only the needed parts.
    package init(
        _ code: PostgresErrorCode, _ message: String, mayHaveRun: Bool = false,
        column: String? = nil
    ) {
        self.code = code
        self.message = message
        self.mayHaveRun = mayHaveRun
        self.column = column
    }

    /// True when the same transaction may succeed if it is run again: serialization failure,
    /// deadlock, or a prepared plan that a schema change made stale.
    package var isRetryable: Bool {
        code == .serializationFailure || code == .deadlockDetected || isStalePlan
    }

    /// True when there was no connection to get a verdict from.
    package var isConnectionError: Bool {
        code == .connectionLost || code == .connectFailed || code.rawValue.hasPrefix("08")
    }

    /// "cached plan must not change result type". The text may be translated, the routine not.
    var isStalePlan: Bool {
        code == .featureNotSupported && routine == "RevalidateCachedQuery"
    }
}

extension PostgresError: CustomStringConvertible {
    /// One line for logs. Leaves out the detail, which may quote a row's values.
    package var description: String {
        var text = "\(code.rawValue): \(message)"
        if let constraint {
            text += " (constraint \(constraint))"
        }
        if mayHaveRun {
            text += " (the statement may have run)"
        }
        return text
    }
}
