package import Logging
package import NIOCore
import NIOSSL

/// TLS 1.2 or newer on a server's TCP addresses, from PEM files.
///
/// The files are looked at when a connection comes, at most once in `lookInterval`: changed ones
/// count for the connections after that, while the open ones go on. Files that cannot be used
/// leave the ones before in use; that is logged and counted.
package struct ServerTLS: Sendable {
    private let contexts: TLSContexts
    /// How long a peer may take to shake hands.
    private let handshakeTimeout: TimeAmount

    /// Reads the files; blocks for that.
    ///
    /// - Parameters:
    ///   - certificate: file with the server's certificate and those up to its authority.
    ///   - key: file with its private key, without a passphrase.
    ///   - clientRoots: file with authorities. Callers must then show a certificate of theirs
    ///     (mTLS); who they are is in ``CallContext/identity``.
    ///   - handshakeTimeout: after that a peer that has not finished is closed.
    /// - Throws: what is wrong with which file.
    package init(
        certificate: String, key: String, clientRoots: String? = nil,
        lookInterval: TimeAmount = .seconds(1), handshakeTimeout: TimeAmount = .seconds(10),
        logger: Logger
    ) throws(TLSError) {
        contexts = try TLSContexts(
            side: .server,
            files: PEMFiles(certificate: certificate, key: key, roots: clientRoots),
            lookInterval: lookInterval, logger: logger)
        self.handshakeTimeout = handshakeTimeout
    }

    /// Reads the files now; true when they have changed. Blocks.
    ///
    /// - Throws: what is wrong with them; those before stay in use.
    @discardableResult
    package func reload() throws(TLSError) -> Bool { try contexts.reload() }

    /// Puts TLS below whatever the channel gets next. On its loop.
    func addHandlers(to channel: any Channel) throws {
        let handlers = channel.pipeline.syncOperations
        try handlers.addHandler(NIOSSLServerHandler(context: contexts.context()))
        try handlers.addHandler(
            TLSHandshake(contexts: contexts, timeout: handshakeTimeout))
    }
}
