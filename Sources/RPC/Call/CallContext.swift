public import NIOCore

/// What a handler or an interceptor knows about the call that it serves. Cheap to copy.
@usableFromInline
package struct CallContext: Sendable {
    /// The call that the current task serves. Clients take their deadline from it, so that a call
    /// made on behalf of another never outlives it.
    @TaskLocal package static var current: CallContext?

    /// What all calls of a method share.
    final class Callee: Sendable {
        let service: String
        let method: String

        init(service: String, method: String) {
            self.service = service
            self.method = method
        }
    }

    /// What all calls of a connection share.
    final class Caller: Sendable {
        let peer: String
        let identity: PeerIdentity?

        init(peer: String, identity: PeerIdentity?) {
            self.peer = peer
            self.identity = identity
        }
    }

    /// Where the answer of a call goes that came over a connection.
    struct Origin: Sendable {
        let link: ServerLink
        let streamID: UInt32
    }

    /// All of a call in one object, so that its task and its task-locals count one reference each.
    private final class Storage: Sendable {
        let callee: Callee
        let caller: Caller
        let metadata: Metadata
        let loopDeadline: NIODeadline?
        let stream: ServerStream?
        let origin: Origin?
        /// Only for the call's own task, which takes it first of all.
        nonisolated(unsafe) var request: ByteBuffer

        init(
            _ callee: Callee, _ caller: Caller, metadata: Metadata, loopDeadline: NIODeadline?,
            stream: ServerStream?, origin: Origin?, request: ByteBuffer
        ) {
            self.callee = callee
            self.caller = caller
            self.metadata = metadata
            self.loopDeadline = loopDeadline
            self.stream = stream
            self.origin = origin
            self.request = request
        }
    }

    private let storage: Storage

    /// Full name, e.g. "usher.booking.v1.BookingService".
    package var service: String { storage.callee.service }
    /// Bare name, e.g. "CreateBooking".
    package var method: String { storage.callee.method }
    /// The caller's metadata, credentials and trace context among them.
    package var metadata: Metadata { storage.metadata }
    /// Who calls: "unix" or an address with its port.
    package var peer: String { storage.caller.peer }
    /// Who that is, as a certificate proves it: with mTLS alone.
    package var identity: PeerIdentity? { storage.caller.identity }
    /// The deadline on the clock of the event loops.
    var loopDeadline: NIODeadline? { storage.loopDeadline }
    /// The messages of a call that is not unary. It travels here so that interceptors are the same
    /// for all kinds of methods.
    var stream: ServerStream? { storage.stream }
    /// Nil without a connection.
    var origin: Origin? { storage.origin }

    /// The request's bytes, once: the buffer that they were read into is not kept until the call
    /// ends. Of a client's stream the first message, if it is not empty. For the call's own task.
    @usableFromInline
    func takeRequest() -> ByteBuffer {
        let request = storage.request
        storage.request = ByteBuffer()
        return request
    }

    /// Whether the caller has agreed on windows: whoever sends much waits for a slow reader, instead
    /// of failing the stream (decision 0006). False for calls that are no streams of messages.
    package var hasWindow: Bool { stream?.window.isBounded ?? false }

    /// When the caller stops waiting.
    package var deadline: ContinuousClock.Instant? {
        guard let loopDeadline else { return nil }
        return .now + .nanoseconds((loopDeadline - .now()).nanoseconds)
    }

    init(
        _ callee: Callee, _ caller: Caller, metadata: Metadata, loopDeadline: NIODeadline?,
        stream: ServerStream? = nil, origin: Origin? = nil, request: ByteBuffer = ByteBuffer()
    ) {
        storage = Storage(
            callee, caller, metadata: metadata, loopDeadline: loopDeadline, stream: stream,
            origin: origin, request: request)
    }

    /// A context for calling a handler without a connection.
    package init(
        service: String, method: String, metadata: Metadata = [:], peer: String = "local",
        timeout: Duration? = nil
    ) {
        self.init(
            Callee(service: service, method: method), Caller(peer: peer, identity: nil),
            metadata: metadata, loopDeadline: timeout.map { .now() + TimeAmount($0) })
    }
}
