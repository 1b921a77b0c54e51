import NIOCore
import NIOSSL
import NIOTLS

/// Waits for the end of a connection's handshake: bounds its time, closes on failure, counts, and
/// tells the handlers behind it who the peer is (``PeerIdentity`` as an event). Confined to its
/// event loop.
final class TLSHandshake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let contexts: TLSContexts
    private let timeout: TimeAmount
    private let serverName: String?
    private var timer: Scheduled<Void>?
    private var promise: EventLoopPromise<Void>?
    private var future: EventLoopFuture<Void>?
    private var failure: String?

    /// - Parameter serverName: the host name that a server must have.
    init(contexts: TLSContexts, timeout: TimeAmount, serverName: String? = nil) {
        self.contexts = contexts
        self.timeout = timeout
        self.serverName = serverName
    }

    /// Succeeds when the handshake is done; fails with a ``TLSHandshakeFailure``. On the loop.
    var ended: EventLoopFuture<Void> {
        get throws {
            guard let future else { throw ChannelError.alreadyClosed }
            return future
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        self.promise = promise
        future = promise.futureResult
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.fail("the peer has not finished its handshake in time", context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(context, failure ?? "the peer has closed the connection during the handshake")
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent {
            let identity = Self.peerCertificate(context).map { PeerIdentity($0) }
            // NIOSSL is content with a certificate for the address instead of the name.
            if let serverName, identity?.hasName(serverName) != true {
                fail(TLSHandshakeFailure.wrongName(serverName, identity), context)
                return
            }
            if let identity { context.fireUserInboundEventTriggered(identity) }
            end(context, nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if promise != nil { fail(TLSHandshakeFailure.reason(error), context) }
        context.fireErrorCaught(error)
    }

    private static func peerCertificate(_ context: ChannelHandlerContext) -> NIOSSLCertificate? {
        try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self).peerCertificate
    }

    private func fail(_ reason: String, _ context: ChannelHandlerContext) {
        failure = reason
        end(context, reason)
        context.close(promise: nil)
    }

    private func end(_ context: ChannelHandlerContext, _ failure: String?) {
        guard let promise else { return }
        self.promise = nil
        timer?.cancel()
        timer = nil
        let peer = context.remoteAddress.map { "\($0)" } ?? "unknown"
        contexts.handshakeEnded(peer: peer, failure: failure)
        if let failure {
            promise.fail(TLSHandshakeFailure(description: failure))
        } else {
            promise.succeed()
        }
    }
}

/// Why two sides could not agree, for the operator.
struct TLSHandshakeFailure: Error, CustomStringConvertible {
    let description: String

    /// What NIOSSL's error means and what to look at.
    static func reason(_ error: any Error) -> String {
        let text = String(describing: error)
        let known = meanings.first { text.contains($0.mark) }
        return known.map { "\($0.meaning) (\($0.mark))" } ?? text
    }

    static func wrongName(_ name: String, _ identity: PeerIdentity?) -> String {
        "the server's certificate does not have the name \(name), but: "
            + (identity?.description ?? "none")
    }

    /// What an error of a connection that was there says about TLS: a server refuses a client's
    /// certificate after the client's handshake. Nil for all else.
    static func reason(after error: any Error) -> String? {
        error is NIOSSLError || error is BoringSSLError ? reason(error) : nil
    }

    /// BoringSSL has no types for its reasons; these are their names.
    private static let meanings: [(mark: String, meaning: String)] = [
        (
            "CERTIFICATE_VERIFY_FAILED",
            "the peer's certificate comes from no authority in our roots, or its time is over: "
                + "look at the file of roots, and at the certificate's dates"
        ),
        (
            "PEER_DID_NOT_RETURN_A_CERTIFICATE",
            "the client shows no certificate, and this server asks for one"
        ),
        (
            "CERTIFICATE_REQUIRED",
            "the server asks for a client certificate: give this client one, with its key"
        ),
        (
            "ALERT_UNKNOWN_CA",
            "the peer does not know our certificate's authority: look at its file of roots"
        ),
        (
            "ALERT_BAD_CERTIFICATE", "the peer refuses our certificate"
        ),
        ("WRONG_VERSION_NUMBER", "the peer does not speak TLS"),
        ("HTTP_REQUEST", "the peer speaks HTTP"),
        (
            "NO_SHARED_CIPHER", "the peer knows none of our ciphers"
        ),
        (
            "UNSUPPORTED_PROTOCOL", "the peer's version of TLS is too old: 1.2 is the least"
        ),
        (
            "ailedToValidateHostname",
            "the server's certificate does not have the name that we connect to: look at its "
                + "subject alternative names"
        ),
        ("serverHostnameImpossibleToMatch", "no certificate can have that server's name"),
    ]
}
