package import Configuration
package import Logging
package import RPC

/// TLS on the services' tcp addresses: all of them have it when any of these is set, so that no
/// call travels in the clear because one variable was forgotten. Unix sockets never have it.
package struct TLSSettings: Sendable {
    private let certificate: String?
    private let key: String?
    private let roots: String?
    private let clientRoots: String?
    private let logger: Logger

    /// Configuration keys, paths of PEM files all of them:
    /// - `usher.tls.certificate`, `usher.tls.key`: what this process shows; needed to listen, and
    ///   shown to servers that ask for it.
    /// - `usher.tls.roots`: authorities of the services that are called; needed to call.
    /// - `usher.tls.client.roots`: authorities of callers, who must then show a certificate (mTLS).
    package init(_ config: ConfigReader, logger: Logger) {
        certificate = config.string(forKey: "usher.tls.certificate")
        key = config.string(forKey: "usher.tls.key")
        roots = config.string(forKey: "usher.tls.roots")
        clientRoots = config.string(forKey: "usher.tls.client.roots")
        self.logger = logger
    }

    private var isOn: Bool {
        certificate != nil || key != nil || roots != nil || clientRoots != nil
    }

    /// For a server on that address; nil where it is plain. Reads the files.
    ///
    /// - Throws: `ServiceStartError` that says which variable or file is wrong.
    package func server(on address: RPCAddress) throws -> ServerTLS? {
        guard isOn, case .tcp = address else { return nil }
        guard let certificate, let key else {
            throw ServiceStartError(
                "\(address) is to speak TLS; set USHER_TLS_CERTIFICATE and USHER_TLS_KEY")
        }
        do {
            return try ServerTLS(
                certificate: certificate, key: key, clientRoots: clientRoots, logger: logger)
        } catch {
            throw ServiceStartError("TLS on \(address): \(error)")
        }
    }

    /// For a client of that address; nil where it is plain. Reads the files.
    ///
    /// - Throws: `ServiceStartError` that says which variable or file is wrong.
    package func client(of address: RPCAddress) throws -> ClientTLS? {
        guard isOn, case .tcp = address else { return nil }
        guard let roots else {
            throw ServiceStartError(
                "\(address) is to be called by TLS; set USHER_TLS_ROOTS to the file with the "
                    + "certificate of its authority")
        }
        guard (certificate == nil) == (key == nil) else {
            throw ServiceStartError(
                "USHER_TLS_CERTIFICATE and USHER_TLS_KEY belong together; set both or none")
        }
        do {
            return try ClientTLS(
                roots: roots, certificate: certificate, key: key, logger: logger)
        } catch {
            throw ServiceStartError("TLS to \(address): \(error)")
        }
    }

    /// A client of that address, with TLS where it is on.
    ///
    /// - Throws: `ServiceStartError` that says which variable or file is wrong.
    package func makeClient(of address: RPCAddress) throws -> RPCClient {
        var configuration = RPCClientConfiguration()
        configuration.tls = try client(of: address)
        return RPCClient(address: address, configuration: configuration)
    }
}
