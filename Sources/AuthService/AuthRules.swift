import Contracts
import RPC
import ServiceKit

/// What may be registered. Pure: no database, no clock.
enum AuthRules {
    static let passwordLengths = 10...200
    static let displayNameLengths = 1...100
    static let emailBytesMax = 254

    /// Checks what a new account is made of, all faults at once.
    static func check(
        email: String, password: String, displayName: String
    ) throws(RPCError) {
        var faults: [RPCV1.ErrorReason] = []
        if !isPlausible(email: email) {
            faults.append(.init("email", "invalid", "write an address like name@example.org"))
        }
        if !passwordLengths.contains(password.count) {
            faults.append(
                .init("password", "length", "a password has 10 to 200 characters"))
        }
        if !displayNameLengths.contains(displayName.count)
            || displayName.unicodeScalars.contains(where: {
                $0.properties.generalCategory == .control
            })
        {
            faults.append(
                .init("displayName", "length", "a name has 1 to 100 characters on one line"))
        }
        guard faults.isEmpty else {
            throw .invalid("the account cannot be made as it is", faults)
        }
    }

    /// True for `local@domain` without white space or control characters; whether the address
    /// exists only a mail can tell.
    static func isPlausible(email: String) -> Bool {
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        return email.utf8.count <= emailBytesMax && parts.count == 2
            && !parts[0].isEmpty && parts[0].utf8.count <= 64
            && parts[1].contains(".") && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
            && !email.unicodeScalars.contains { scalar in
                scalar.properties.isWhitespace || scalar.value < 32 || scalar.value == 127
                    || "<>,;:\"\\()[]".unicodeScalars.contains(scalar)
            }
    }

    /// The form of an address that must be unique.
    static func key(ofEmail email: String) -> String {
        email.lowercased()
    }

    /// The roles of a request.
    static func roles(_ roles: [AuthV1.Role]) throws(RPCError) -> Set<Role> {
        let known = Set(roles.compactMap(Role.init))
        guard !known.isEmpty, known.count == Set(roles.map(\.rawValue)).count else {
            throw .invalid(
                field: "roles", "invalid",
                "name at least one of ROLE_BUYER, ROLE_ORGANISER, ROLE_GATE, ROLE_ADMIN")
        }
        return known
    }
}
