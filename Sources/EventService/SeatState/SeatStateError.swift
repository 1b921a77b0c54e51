/// Why the seat state has no answer.
package struct SeatStateError: Error, Equatable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: Sendable, Equatable {
        /// There is no valid state, or not that of the generation asked for. `current` is the
        /// generation that is there, nil when none is: wait for the rebuild, or start it.
        case rebuilding(current: SeatGeneration?)
        /// The hold is another buyer's.
        case notYours
        /// The idempotency key was used for another request.
        case keyReused
        /// The request breaks a limit of this API.
        case invalid
        /// A script failed on what was asked; it would fail on it again.
        case refused
        /// Redis did not answer, or cannot do anything now; what was asked may have happened all
        /// the same.
        case unavailable
    }

    package let code: Code
    /// For people.
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether asking the same again would fail again.
    package var isOfTheRequest: Bool { code == .invalid || code == .refused }

    package var description: String { "seat state: \(message)" }
}
