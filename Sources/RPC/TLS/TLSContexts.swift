import Logging
import Metrics
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The context that new connections of one side take, made from files and made again when they
/// change. Connections keep the one that they began with.
final class TLSContexts: Sendable {
    enum Side: String, Sendable { case server, client }

    private struct State {
        var context: NIOSSLContext
        var contents: PEMFiles.Contents
        /// What was refused last, so that it is told once.
        var refused: PEMFiles.Contents?
        var isUnreadable = false
        var lookedAt: NIODeadline
        var isLooking = false
    }

    let side: Side
    private let files: PEMFiles
    private let lookInterval: TimeAmount
    private let logger: Logger
    private let state: Mutex<State>
    private let reloaded: Counter
    private let reloadsFailed: Counter
    private let handshakes: Counter
    private let handshakesFailed: Counter
    private let notAfter: Gauge

    /// Reads the files; blocks for that.
    ///
    /// - Parameter lookInterval: how often the files are looked at, at most; they are when a
    ///   connection comes.
    init(
        side: Side, files: PEMFiles, lookInterval: TimeAmount, logger: Logger
    ) throws(TLSError) {
        self.side = side
        self.files = files
        self.lookInterval = lookInterval
        self.logger = logger
        let contents = try files.read()
        let (context, expiry) = try Self.makeContext(side, files, contents)
        state = Mutex(State(context: context, contents: contents, lookedAt: .now()))
        reloaded = Counter(
            label: "tls_reloads_total", dimensions: [("side", side.rawValue), ("result", "ok")])
        reloadsFailed = Counter(
            label: "tls_reloads_total",
            dimensions: [("side", side.rawValue), ("result", "failed")])
        handshakes = Counter(
            label: "tls_handshakes_total", dimensions: [("side", side.rawValue), ("result", "ok")])
        handshakesFailed = Counter(
            label: "tls_handshakes_total",
            dimensions: [("side", side.rawValue), ("result", "failed")])
        notAfter = Gauge(
            label: "tls_certificate_not_after_seconds", dimensions: [("side", side.rawValue)])
        if let expiry { notAfter.record(expiry) }
    }

    /// For a connection that begins now. Never blocks: the files are looked at elsewhere, and a
    /// change counts from the next connection on.
    func context() -> NIOSSLContext {
        let now = NIODeadline.now()
        let (context, isDue) = state.withLock { state in
            let isDue = !state.isLooking && now - state.lookedAt >= lookInterval
            if isDue { state.isLooking = true }
            return (state.context, isDue)
        }
        if isDue {
            NIOThreadPool.singleton.submit { [self] workItem in
                // What it throws is logged and counted; the connections go on.
                if workItem == .active { _ = try? reload() }
                state.withLock {
                    $0.isLooking = false
                    $0.lookedAt = .now()
                }
            }
        }
        return context
    }

    /// Reads the files again; true when they have changed and are used from now on. Blocks.
    ///
    /// - Throws: what is wrong with them; what was there before stays in use.
    @discardableResult
    func reload() throws(TLSError) -> Bool {
        let contents: PEMFiles.Contents
        do throws(TLSError) {
            contents = try files.read()
        } catch {
            let isKnown = state.withLock { state in
                defer { state.isUnreadable = true }
                return state.isUnreadable
            }
            if !isKnown { refuse(error) }
            throw error
        }
        let isChanged = state.withLock { state in
            state.isUnreadable = false
            return state.contents != contents
        }
        guard isChanged else { return false }
        do throws(TLSError) {
            let (context, expiry) = try Self.makeContext(side, files, contents)
            state.withLock { state in
                state.context = context
                state.contents = contents
                state.refused = nil
            }
            reloaded.increment()
            if let expiry { notAfter.record(expiry) }
            logger.notice("TLS files loaded again", metadata: ["tls.side": "\(side.rawValue)"])
            return true
        } catch {
            let isKnown = state.withLock { state in
                defer { state.refused = contents }
                return state.refused == contents
            }
            if !isKnown { refuse(error) }
            throw error
        }
    }

    private func refuse(_ error: TLSError) {
        reloadsFailed.increment()
        logger.error(
            "TLS files refused, those before stay in use",
            metadata: ["tls.side": "\(side.rawValue)", "error": "\(error)"])
    }

    /// Counts a handshake that is over, and tells why one has failed: a peer's matter, so `info`.
    func handshakeEnded(peer: String, failure: String?) {
        guard let failure else {
            handshakes.increment()
            return
        }
        handshakesFailed.increment()
        logger.info(
            "TLS handshake failed",
            metadata: [
                "tls.side": "\(side.rawValue)", "rpc.peer": "\(peer)", "error": "\(failure)",
            ])
    }

    /// The context, and when its certificate ends: seconds since 1970.
    private static func makeContext(
        _ side: Side, _ files: PEMFiles, _ contents: PEMFiles.Contents
    ) throws(TLSError) -> (NIOSSLContext, expiry: Int?) {
        let chain = try files.chain(contents)
        let authorities = try files.authorities(contents)
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = try files.privateKey(contents).map { .privateKey($0) }
        configuration.minimumTLSVersion = .tlsv12
        switch side {
        case .client:
            configuration.certificateVerification = .fullVerification
        case .server:
            // Also demands a certificate; clients have names that DNS does not know.
            configuration.certificateVerification =
                files.roots == nil ? .none : .noHostnameVerification
        }
        configuration.trustRoots = files.roots == nil ? .default : .certificates(authorities)
        do {
            return (
                try NIOSSLContext(configuration: configuration),
                chain.map { Int($0.notValidAfter) }.min()
            )
        } catch {
            throw TLSError(
                code: .unusable,
                description: "\(files.certificate ?? "the certificate") and "
                    + "\(files.key ?? "the key") cannot be used; the key must be the certificate's "
                    + "own: \(error)")
        }
    }
}
