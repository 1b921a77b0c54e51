/// Why a command has no answer.
package struct RedisError: Error, Equatable, CustomStringConvertible {
    /// What went wrong.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name, as used in metrics.
        package let description: String

        /// No connection could be made.
        package static let notConnected = Code(description: "not_connected")
        /// The connection broke.
        package static let connectionLost = Code(description: "connection_lost")
        /// The deadline passed.
        package static let timedOut = Code(description: "timed_out")
        /// The calling task was cancelled.
        package static let cancelled = Code(description: "cancelled")
        /// Too many commands, or bytes, wait already.
        package static let queueFull = Code(description: "queue_full")
        /// The client was shut down.
        package static let closed = Code(description: "closed")
        /// Redis answered with an error; `serverCode` has its first word.
        package static let server = Code(description: "server")
        /// The peer does not speak the protocol, or sent more than the limit.
        package static let protocolViolation = Code(description: "protocol_violation")
        /// The reply is not of the kind that the caller expects.
        package static let unexpectedReply = Code(description: "unexpected_reply")
        /// The command cannot be sent: it is empty.
        package static let invalidCommand = Code(description: "invalid_command")
    }

    /// What went wrong.
    package let code: Code
    /// For people.
    package let message: String
    /// False: surely no command of the batch took effect. True: some or all of them may have.
    package let mayHaveRun: Bool

    /// An error of the given kind.
    package init(_ code: Code, _ message: String, mayHaveRun: Bool) {
        self.code = code
        self.message = message
        self.mayHaveRun = mayHaveRun
    }

    /// An error that Redis answered, e.g. "WRONGTYPE Operation against a key …".
    package init(serverMessage: String) {
        self.init(.server, serverMessage, mayHaveRun: true)
    }

    /// First word of an error that Redis answered ("NOSCRIPT", "OOM", "ERR"); else empty.
    package var serverCode: Substring {
        code == .server ? message.prefix { $0 != " " } : ""
    }

    package var description: String {
        "redis \(code): \(message)\(mayHaveRun ? " (may have run)" : "")"
    }
}
