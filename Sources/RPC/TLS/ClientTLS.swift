package import Logging
package import NIOCore
import NIOPosix
import NIOSSL

/// TLS 1.2 or newer to a client's TCP addresses: the server must show a certificate of a known
/// authority that names it. Files are looked at again as for ``ServerTLS``.
package struct ClientTLS: Sendable {
    private let contexts: TLSContexts
    private let serverName: String?

    /// Reads the files; blocks for that.
    ///
    /// - Parameters:
    ///   - roots: file with the authorities of servers; nil = those that the machine trusts.
    ///   - certificate: file with the client's own certificate, for servers that ask for one.
    ///   - key: file with its private key, without a passphrase.
    ///   - serverName: the name that the server's certificate must have; nil = the host, or the
    ///     IP address, that is connected to.
    /// - Throws: what is wrong with which file.
    package init(
        roots: String? = nil, certificate: String? = nil, key: String? = nil,
        serverName: String? = nil, lookInterval: TimeAmount = .seconds(1), logger: Logger
    ) throws(TLSError) {
        contexts = try TLSContexts(
            side: .client, files: PEMFiles(certificate: certificate, key: key, roots: roots),
            lookInterval: lookInterval, logger: logger)
        self.serverName = serverName
    }

    /// Reads the files now; true when they have changed. Blocks.
    ///
    /// - Throws: what is wrong with them; those before stay in use.
    @discardableResult
    package func reload() throws(TLSError) -> Bool { try contexts.reload() }

    /// Connects; succeeds on the loop, when both sides have shown what they must. In TLS 1.3 a
    /// server may still refuse the client's certificate after that, by closing.
    func connect(
        _ bootstrap: ClientBootstrap, host: String, port: Int, handshakeTimeout: TimeAmount
    ) -> EventLoopFuture<any Channel> {
        let name = serverName ?? (Self.isIPAddress(host) ? nil : host)
        let connecting = bootstrap.channelInitializer { [contexts] channel in
            channel.eventLoop.makeCompletedFuture {
                let handlers = channel.pipeline.syncOperations
                try handlers.addHandler(
                    NIOSSLClientHandler(context: contexts.context(), serverHostname: name))
                try handlers.addHandler(
                    TLSHandshake(
                        contexts: contexts, timeout: handshakeTimeout, serverName: name))
            }
        }.connect(host: host, port: port)
        return connecting.flatMap { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.handler(type: TLSHandshake.self).ended
            }.flatMap { $0 }.map { channel }
        }
    }

    /// Such a name is not sent, and looked for among the certificate's addresses.
    private static func isIPAddress(_ host: String) -> Bool {
        (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }
}
