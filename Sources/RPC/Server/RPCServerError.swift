import Glibc

/// Why a server cannot listen.
package struct RPCServerError: Error, Equatable, CustomStringConvertible {
    /// The kinds of failure.
    package enum Code: Sendable {
        case socketPathTooLong
        case notASocket
        case addressInUse
        case system
    }

    /// What kind of failure.
    package let code: Code
    /// For the operator, with the path or the system call.
    package let description: String

    static func socketPathTooLong(_ path: String) -> Self {
        Self(
            code: .socketPathTooLong,
            description: "a socket's path has 1 to \(RPCAddress.unixPathSizeMax) bytes: \(path)")
    }

    static func notASocket(_ path: String) -> Self {
        Self(code: .notASocket, description: "there is something else than a socket: \(path)")
    }

    static func addressInUse(_ path: String) -> Self {
        Self(code: .addressInUse, description: "another server answers on \(path)")
    }

    static func system(_ call: String, _ number: CInt) -> Self {
        Self(code: .system, description: "\(call): \(String(cString: strerror(number)))")
    }
}
