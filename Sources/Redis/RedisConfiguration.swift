/// How to reach Redis, and the limits of a client.
package struct RedisConfiguration: Sendable {
    /// Where Redis listens.
    package enum Address: Sendable, Equatable, CustomStringConvertible {
        /// A unix socket; its path has at most 107 bytes.
        case unix(path: String)
        /// A host name or address, and a port.
        case tcp(host: String, port: Int)

        package var description: String {
            switch self {
            case .unix(let path): path
            case .tcp(let host, let port): "\(host):\(port)"
            }
        }
    }

    /// Where Redis listens.
    package var address: Address
    /// User of an ACL; nil = the default user.
    package var username: String?
    /// Nil = no AUTH is sent.
    package var password: String?
    /// Time to connect and to authenticate.
    package var connectTimeout: Duration = .seconds(2)
    /// Time for a batch, waiting in the queue included, where the caller gives none.
    package var commandTimeout: Duration = .seconds(2)
    /// A connection that owes answers and is silent for this long is given up.
    package var silenceLimit: Duration = .seconds(10)
    /// The pause before the first new attempt to connect; it doubles up to `backoffMax`.
    package var backoffMin: Duration = .milliseconds(20)
    /// The longest pause between attempts to connect; each is shortened by a random part.
    package var backoffMax: Duration = .seconds(1)
    /// Commands that may wait to be sent.
    package var queuedCommandsMax = 10_000
    /// Bytes of arguments that may wait to be sent.
    package var queuedBytesMax = 64 << 20
    /// Commands sent whose answers are not in.
    package var inFlightCommandsMax = 1_024
    /// Bytes read that do not make a whole answer yet.
    package var replyBytesMax = 64 << 20

    /// A configuration with the defaults.
    package init(address: Address) {
        self.address = address
    }
}
