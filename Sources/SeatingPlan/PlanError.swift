/// Why a plan was refused: every fault found, at most `PlanLimits.faults` of them.
package struct PlanError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of refusal.
    package enum Code: Sendable {
        /// More bytes than `PlanLimits.bytes`; nothing was read.
        case tooLarge
        /// Not JSON, or too deep; what was read before may have faults too.
        case malformed
        /// JSON, but not a plan that can be sold.
        case invalid
    }

    /// What kind of refusal.
    package let code: Code
    /// At least one.
    package let faults: [PlanFault]

    /// A refusal.
    package init(_ code: Code, _ faults: [PlanFault]) {
        self.code = code
        self.faults = faults
    }

    /// A line per fault.
    package var description: String {
        faults.map(\.description).joined(separator: "\n")
    }
}

/// One thing that is wrong, and where.
package struct PlanFault: Equatable, Sendable, CustomStringConvertible {
    /// E.g. `zones[2].rows[5].seats[11].category`; empty = the whole document.
    package let path: String
    /// For people, e.g. `"Balcony" is not a category of this plan`.
    package let message: String

    /// A fault.
    package init(_ path: String, _ message: String) {
        self.path = path
        self.message = message
    }

    /// `path: message`
    package var description: String {
        path.isEmpty ? message : "\(path): \(message)"
    }
}
