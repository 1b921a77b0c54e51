import Foundation
package import Logging

/// A guard that a debug build leaves out when it is told to, for tests that have to show what the
/// guard prevents: `USHER_SABOTAGE` names some, with commas between them. A release build has none
/// of them, and its services do not start when one is asked for.
package enum Sabotage: String, CaseIterable, Sendable {
    /// event: a hold takes every place for free (P1).
    case noGuard = "no-guard"
    /// event: hold tokens are believed without a look at their signature (P3).
    case unsignedTokens = "unsigned-tokens"
    /// payment: the provider is asked about nothing (P4).
    case noReconciler = "no-reconciler"
    /// booking: a booking is answered twenty seconds before it is committed (P7).
    case answerFirst = "answer-first"
    /// Roles and the names of services are not looked at: whoever has a token is an admin (P10).
    case everybodyMay = "everybody-may"

    /// The variable of the environment that names some.
    package static let variable = "USHER_SABOTAGE"

    /// Reads the value of the variable.
    ///
    /// - Throws: `ServiceStartError` for a name that is none.
    package static func read(_ text: String) throws(ServiceStartError) -> Set<Sabotage> {
        var found: Set<Sabotage> = []
        for name in text.split(separator: ",") {
            guard let sabotage = Sabotage(rawValue: String(name)) else {
                throw ServiceStartError(
                    "\(variable) has \"\(name)\"; a debug build knows "
                        + allCases.map(\.rawValue).joined(separator: ", "))
            }
            found.insert(sabotage)
        }
        return found
    }

    #if DEBUG
        private static let active: Set<Sabotage> =
            (try? read(ProcessInfo.processInfo.environment[variable] ?? "")) ?? []

        /// True where this guard is left out.
        package var isOn: Bool { Self.active.contains(self) }

        /// Makes sure that the environment can be read, and says so where a guard is off.
        ///
        /// - Throws: `ServiceStartError` for a name that is none.
        package static func check(_ logger: Logger) throws(ServiceStartError) {
            let asked = try read(ProcessInfo.processInfo.environment[variable] ?? "")
            guard !asked.isEmpty else {
                return
            }
            logger.critical(
                "guards are off: this is a test",
                metadata: ["sabotage": "\(asked.map(\.rawValue).sorted())"])
        }
    #else
        /// False, in a release build.
        @inlinable package var isOn: Bool { false }

        /// Makes sure that nobody believes a guard to be off.
        ///
        /// - Throws: `ServiceStartError` where one is asked for.
        package static func check(_ logger: Logger) throws(ServiceStartError) {
            let text = ProcessInfo.processInfo.environment[variable] ?? ""
            guard text.isEmpty else {
                throw ServiceStartError(
                    "\(variable) is \"\(text)\"; only a debug build leaves out guards, unset it")
            }
        }
    #endif
}
