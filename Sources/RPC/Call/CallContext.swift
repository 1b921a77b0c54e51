import NIOCore

/// What a handler or an interceptor knows about the call that it serves.
package struct CallContext: Sendable {
    /// The call that the current task serves. Clients take their deadline from it, so that a call
    /// made on behalf of another never outlives it.
    @TaskLocal package static var current: CallContext?

    /// Full name, e.g. "usher.booking.v1.BookingService".
    package let service: String
    /// Bare name, e.g. "CreateBooking".
    package let method: String
    /// The caller's metadata, credentials and trace context among them.
    package let metadata: Metadata
    /// Who calls: "unix" or an address with its port.
    package let peer: String
    /// Who that is, as a certificate proves it: with mTLS alone.
    package let identity: PeerIdentity?
    /// The deadline on the clock of the event loops.
    let loopDeadline: NIODeadline?
    /// The messages of a call that is not unary. It travels here so that interceptors are the same
    /// for all kinds of methods.
    let stream: ServerStream?

    /// Whether the caller has agreed on windows: whoever sends much waits for a slow reader, instead
    /// of failing the stream (decision 0006). False for calls that are no streams of messages.
    package var hasWindow: Bool { stream?.window.isBounded ?? false }

    /// When the caller stops waiting.
    package var deadline: ContinuousClock.Instant? {
        guard let loopDeadline else { return nil }
        return .now + .nanoseconds((loopDeadline - .now()).nanoseconds)
    }

    init(
        service: String, method: String, metadata: Metadata, peer: String,
        identity: PeerIdentity? = nil, loopDeadline: NIODeadline?, stream: ServerStream? = nil
    ) {
        self.service = service
        self.method = method
        self.metadata = metadata
        self.peer = peer
        self.identity = identity
        self.loopDeadline = loopDeadline
        self.stream = stream
    }

    /// A context for calling a handler without a connection.
    package init(
        service: String, method: String, metadata: Metadata = [:], peer: String = "local",
        timeout: Duration? = nil
    ) {
        self.init(
            service: service, method: method, metadata: metadata, peer: peer,
            loopDeadline: timeout.map { .now() + TimeAmount($0) })
    }
}
