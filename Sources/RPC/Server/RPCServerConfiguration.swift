package import NIOCore
package import Wire

/// How a server behaves.
package struct RPCServerConfiguration: Sendable {
    /// What one connection may cost.
    package var limits = ServerLimits()
    /// Whether clients may agree on cancellation, pings, windows and go-away (docs/rpc.md).
    package var offersExtension = true
    /// Open connections; more are closed when they come.
    package var connectionsMax = 4096
    /// How long running calls may go on after a graceful shutdown began; then they are cancelled.
    package var drainTimeout = TimeAmount.seconds(10)
    /// How long cancelled handlers may take to end before the server stops without them.
    package var cancelTimeout = TimeAmount.seconds(2)
    /// The program's version, shown by the health check.
    package var version = "0"
    /// Whether a service of this server can work now; asked by the health check with a full
    /// service name, or "" for the server as a whole.
    package var isReady: @Sendable (_ service: String) async -> Bool = { _ in true }
    /// What reflection shows besides the messages of the server's own methods, e.g. those that
    /// travel in errors' details.
    package var contracts = ContractSet()
    /// TLS on TCP addresses; nil = they are plain, as unix sockets always are.
    package var tls: ServerTLS?

    /// The defaults.
    package init() {}
}
