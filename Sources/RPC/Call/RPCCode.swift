/// The outcome of a call (google.rpc.Code). Peers may send numbers that are not listed.
package struct RPCCode: RawRepresentable, Hashable, Sendable {
    /// The number of google.rpc.Code.
    package let rawValue: Int32

    /// A code by its number, any number.
    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The call went well.
    package static let ok = RPCCode(rawValue: 0)
    /// The caller gave up.
    package static let cancelled = RPCCode(rawValue: 1)
    /// An error that says no more.
    package static let unknown = RPCCode(rawValue: 2)
    /// The request is wrong, whatever the state.
    package static let invalidArgument = RPCCode(rawValue: 3)
    /// The time was over; the call may have had its effect.
    package static let deadlineExceeded = RPCCode(rawValue: 4)
    /// What was asked for does not exist.
    package static let notFound = RPCCode(rawValue: 5)
    /// What was to be made exists.
    package static let alreadyExists = RPCCode(rawValue: 6)
    /// The caller is known and may not.
    package static let permissionDenied = RPCCode(rawValue: 7)
    /// A limit is reached.
    package static let resourceExhausted = RPCCode(rawValue: 8)
    /// The state forbids it; trying again does not help.
    package static let failedPrecondition = RPCCode(rawValue: 9)
    /// Another call was in the way; the caller may start over.
    package static let aborted = RPCCode(rawValue: 10)
    /// Past the end of what there is.
    package static let outOfRange = RPCCode(rawValue: 11)
    /// There is no such method here.
    package static let unimplemented = RPCCode(rawValue: 12)
    /// Something that must not happen.
    package static let `internal` = RPCCode(rawValue: 13)
    /// Not now; idempotent calls may be tried again.
    package static let unavailable = RPCCode(rawValue: 14)
    /// Data is lost or spoilt.
    package static let dataLoss = RPCCode(rawValue: 15)
    /// The credentials are missing or wrong.
    package static let unauthenticated = RPCCode(rawValue: 16)

    /// Names by number, as gRPC's libraries and metrics spell them.
    package static let names = [
        "OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound",
        "AlreadyExists", "PermissionDenied", "ResourceExhausted", "FailedPrecondition", "Aborted",
        "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss", "Unauthenticated",
    ]

    /// "NotFound"; "Code(n)" for a number that has no name.
    package var name: String {
        Self.names.indices.contains(Int(rawValue))
            ? Self.names[Int(rawValue)] : "Code(\(rawValue))"
    }
}

extension RPCCode: CustomStringConvertible {
    package var description: String { name }
}
