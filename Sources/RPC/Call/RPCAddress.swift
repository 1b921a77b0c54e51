/// Where a server listens and a client connects.
package enum RPCAddress: Hashable, Sendable {
    /// A socket file; its path has at most 107 bytes.
    case unix(String)
    /// Port 0 lets the system choose when listening.
    case tcp(host: String, port: Int)

    /// The longest path that fits a `sockaddr_un`, in bytes.
    package static let unixPathSizeMax = 107
}

extension RPCAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port):
            host.contains(":") ? "tcp:[\(host)]:\(port)" : "tcp:\(host):\(port)"
        }
    }
}
