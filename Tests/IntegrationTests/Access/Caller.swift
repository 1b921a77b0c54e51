import Foundation
import JSON
import RPC
import ServiceKit

/// Everybody who may try a method (P10).
enum Caller: String, CaseIterable, Sendable {
    // Without an account.
    case anonymous
    /// A token that is none.
    case nonsense
    /// A buyer's token that says "admin" now, with its signature of before.
    case forged

    // People. The owners are the buyer and the organiser of `AccessScene`.
    case buyer, otherBuyer, organiser, otherOrganiser, gate, admin

    // Services, and whoever runs the platform.
    case auth, event, booking, payment, notification, gateway
    case `operator`
    /// A service's credential that another installation's key has signed.
    case forgedService
    /// A service's credential of six minutes ago.
    case expiredService

    static let people: Set<Caller> = [
        .buyer, .otherBuyer, .organiser, .otherOrganiser, .gate, .admin,
    ]
    static let services: Set<Caller> = [
        .auth, .event, .booking, .payment, .notification, .gateway, .operator,
    ]
    /// Whom the gateway can be called by.
    static let outside: [Caller] =
        [.anonymous, .nonsense, .forged] + people.sorted { $0.rawValue < $1.rawValue }

    /// People with the role, and admins.
    static func having(_ role: Role) -> Set<Caller> {
        switch role {
        case .buyer: people
        case .organiser: [.organiser, .otherOrganiser, .admin]
        case .gate: [.gate, .admin]
        case .admin: [.admin]
        }
    }
}

/// Why somebody is refused.
struct Refusal: Hashable, Sendable, CustomStringConvertible {
    var code: RPCCode
    /// Stable code of the refusal's detail.
    var reason: String

    init(_ code: RPCCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    static let tokenMissing = Refusal(.unauthenticated, "token_missing")
    static let tokenInvalid = Refusal(.unauthenticated, "token_invalid")
    static let credentialMissing = Refusal(.unauthenticated, "credential_missing")
    static let credentialDenied = Refusal(.permissionDenied, "credential_denied")
    static let roleMissing = Refusal(.permissionDenied, "role_missing")

    var description: String { "\(code) \(reason)" }
}

/// Who may call a method about a thing, and how everybody else is refused.
struct Who: Sendable {
    var allowed: Set<Caller>
    /// Of those who are not allowed.
    var refusals: [Caller: Refusal] = [:]
    /// They get an answer, in which there is nothing of the owner's.
    var seeNothing: Set<Caller> = []

    /// Open to the world.
    static let anyone = Who(allowed: [.anonymous, .otherBuyer])

    /// Whoever has an account.
    static let users = only(Caller.people, else: .tokenInvalid)

    /// Some people, and some services beside them.
    ///
    /// - Parameters:
    ///   - allowed: who may.
    ///   - role: without it, people are told that they need it.
    ///   - refusal: what other people are told.
    static func only(_ allowed: Set<Caller>, role: Role? = nil, else refusal: Refusal) -> Who {
        var who = Who(allowed: allowed)
        for caller in Caller.allCases where !allowed.contains(caller) {
            if Caller.people.contains(caller) {
                let has = role.map { Caller.having($0).contains(caller) } ?? true
                who.refusals[caller] = has ? refusal : .roleMissing
            } else {
                let sendsToken = caller == .nonsense || caller == .forged
                who.refusals[caller] = sendsToken ? .tokenInvalid : .tokenMissing
            }
        }
        return who
    }

    /// Everybody with a role.
    static func role(_ role: Role) -> Who {
        only(Caller.having(role), role: role, else: .roleMissing)
    }

    /// Everybody with an account gets an answer; what is the owners' is in theirs alone.
    static func ownPart(of owners: Set<Caller>) -> Who {
        var who = users
        who.allowed = owners
        who.seeNothing = Caller.people.subtracting(owners)
        return who
    }

    /// Some services; nobody else, whoever they are.
    static func services(_ allowed: Set<Caller>) -> Who {
        var who = Who(allowed: allowed)
        for caller in Caller.allCases where !allowed.contains(caller) {
            who.refusals[caller] =
                Caller.services.contains(caller) ? .credentialDenied : .credentialMissing
        }
        return who
    }

    /// Nobody by their account: what counts is something that none of them has.
    static func nobody(_ refusal: Refusal) -> Who {
        Who(
            allowed: [],
            refusals: Dictionary(uniqueKeysWithValues: Caller.allCases.map { ($0, refusal) }))
    }

    /// The same, but for some whom another refusal meets.
    func but(_ callers: Set<Caller>, _ refusal: Refusal) -> Who {
        var who = self
        who.allowed.subtract(callers)
        for caller in callers { who.refusals[caller] = refusal }
        return who
    }

    /// Everything by which somebody could be turned away who is allowed.
    var allRefusals: Set<Refusal> {
        Set(refusals.values).union([
            .tokenMissing, .tokenInvalid, .credentialMissing, .credentialDenied, .roleMissing,
        ])
    }
}
