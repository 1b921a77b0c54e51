import NIOCore
import Wire

/// A client connection's shell: calls to frames, frames to answers, one flush for many calls. It
/// never stops reading. Confined to its event loop.
final class ClientChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the link wants to know.
    protocol Owner: AnyObject {
        /// There may be room for calls.
        func connectionHasRoom(_ handler: ClientChannelHandler)
        func connectionClosed(_ handler: ClientChannelHandler)
        /// The server says nothing any more: the connection is of no use, and will be closed.
        func connectionGivenUp(_ handler: ClientChannelHandler)
        /// The server wants no more calls on this connection, and has not taken these.
        func connectionGoesAway(_ handler: ClientChannelHandler, refused: [ClientCall])
    }

    let configuration: RPCClientConfiguration
    let owner: any Owner
    private let turn: LoopTurn
    private var context: ChannelHandlerContext?
    private var decoder: FrameDecoder
    var connection: ClientConnection<ClientCall>
    var out = ByteBuffer()
    /// Of the calls that are not unary.
    private var streamIDs: [ObjectIdentifier: UInt32] = [:]
    /// Streams that have something to send, in turns.
    private var writers = CircularBuffer<UInt32>()
    private var isRetired = false
    private var isFlushing = false
    private var closeReason: String?
    private var timer: (deadline: NIODeadline, scheduled: Scheduled<Void>)?

    init(configuration: RPCClientConfiguration, owner: any Owner, turn: LoopTurn) {
        self.owner = owner
        self.turn = turn
        self.configuration = configuration
        decoder = FrameDecoder(payloadSizeMax: configuration.payloadSizeMax)
        connection = ClientConnection(
            callsInFlightMax: configuration.callsInFlightMax,
            callsMax: configuration.callsPerConnectionMax, silence: configuration.silence)
    }

    var callsInFlight: Int { connection.callsInFlight }
    var hasReceived: Bool { connection.hasReceived }
    var isUsedUp: Bool { connection.isUsedUp }
    /// Streams have something to send, or may have.
    var hasWriters: Bool { !writers.isEmpty }

    /// Whether one more call may be sent now.
    var hasRoom: Bool { connection.hasRoom && canWrite }

    private var canWrite: Bool {
        guard let context, !isFlushing, context.channel.isActive else { return false }
        return out.readableBytes < configuration.outboundSizeMax && context.channel.isWritable
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if configuration.asksForExtension { sayHello(now: .now()) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    // MARK: Calls

    /// Puts a call into the next flush. There must be room, and time.
    func send(_ call: ClientCall, now: NIODeadline) {
        let timeout = max((call.deadline - now).nanoseconds, 1)
        let timeoutSize = 1 + ByteBuffer.varintSize(Int(timeout))
        let streamID = connection.start(
            call, kind: call.kind, deadline: call.deadline, now: now)
        out.writeFrameHeader(
            FrameHeader(
                length: call.envelope.readableBytes + timeoutSize, streamID: streamID,
                type: .request, flags: call.kind.requestFlags))
        out.writeImmutableBuffer(call.envelope)
        out.writeRequestTimeout(nanoseconds: timeout)
        schedule(call.deadline)
        if !call.kind.isUnary {
            streamIDs[ObjectIdentifier(call)] = streamID
            call.settle(connection.agreement)
            if call.kind.clientStreams { writers.append(streamID) }
        }
    }

    /// A stream, perhaps one of this connection, has something to send.
    func hasWrites(_ call: ClientCall) {
        if let streamID = streamIDs[ObjectIdentifier(call)] { writers.append(streamID) }
    }

    /// The reader of a stream, perhaps of one of this connection, has made room for more.
    func grant(_ call: ClientCall) {
        guard let streamID = streamIDs[ObjectIdentifier(call)],
            let bytes = call.inbound?.takeGrant()
        else { return }
        out.writeWindowFrame(streamID: streamID, bytes: bytes)
    }

    /// Puts what streams have to send into the next flush, a message of each in turn, as long as
    /// the server reads and the loop's turn lasts. True if it stopped for want of room.
    func writeStreams() -> Bool {
        while turn.hasSteps, let streamID = writers.first {
            guard canWrite else { return true }
            writers.removeFirst()
            turn.take()
            guard let call = connection.call(streamID: streamID), let write = call.takeWrite()
            else { continue }
            switch write {
            case .message(let message):
                out.writeDataFrame(streamID: streamID, message: message)
                writers.append(streamID)
            case .close:
                out.writeCloseFrame(streamID: streamID)
            }
        }
        return false
    }

    /// Forgets what belongs to a call that is over.
    func forget(_ call: ClientCall) {
        if !call.kind.isUnary { streamIDs[ObjectIdentifier(call)] = nil }
    }

    /// Sends what was put in; whether there is room for more.
    @discardableResult
    func flush() -> Bool {
        guard let context, !isFlushing, out.readableBytes > 0 else { return false }
        // Writing may tell at once that there is room; nothing may be added to `out` before it is
        // cleared.
        isFlushing = true
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        out.clear()
        isFlushing = false
        return canWrite
    }

    /// Forgets calls that nobody waits for, and tells the server if it wants to know.
    func dropAnswered() {
        let cancelled = connection.cancel { call in
            guard call.isAnswered else { return false }
            forget(call)
            return true
        }
        for streamID in cancelled { out.writeCancelFrame(streamID: streamID) }
        closeIfRetired()
    }

    /// Takes no more calls and closes after the last answer.
    func retire() {
        isRetired = true
        closeIfRetired()
    }

    func close() {
        context?.close(promise: nil)
    }

    private func closeIfRetired() {
        if isRetired, connection.callsInFlight == 0 { close() }
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        connection.received()
        while let event = decoder.next() {
            let action = connection.receive(event)
            switch action {
            case .none:
                break
            case .answer(let call, .success(let payload)):
                forget(call)
                call.answer(.reply(payload))
            case .answer(let call, .failure(let error)):
                forget(call)
                call.answer(.failure(error, isSent: true))
            case .message(let call, let payload):
                receive(payload, for: call)
            case .end(let call, let last):
                forget(call)
                if let last { receive(last, for: call) }
                call.answer(.reply(ByteBuffer()))
            case .close:
                context.close(promise: nil)
                return
            default:
                receiveControl(action)
            }
        }
    }

    private func receive(_ message: ByteBuffer, for call: ClientCall) {
        guard let inbound = call.inbound, !inbound.push(message) else { return }
        call.answer(
            .failure(
                RPCError(
                    .resourceExhausted, "messages came faster than the caller has read them"),
                isSent: true))
        dropAnswered()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        turn.begin()
        owner.connectionHasRoom(self)
        closeIfRetired()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { owner.connectionHasRoom(self) }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        closeReason = closeReason ?? TLSHandshakeFailure.reason(after: error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.scheduled.cancel()
        timer = nil
        let reason = closeReason.map { ": \($0)" } ?? ""
        endCalls(RPCError(.unavailable, "the connection was closed\(reason)"))
        owner.connectionClosed(self)
        context.fireChannelInactive()
    }

    private func endCalls(_ error: RPCError) {
        streamIDs = [:]
        writers = []
        for call in connection.close() {
            call.answer(.failure(error, isSent: true))
        }
    }

    /// Nobody waits for the end of the connection: TLS would ask the silent server to agree.
    private func giveUp() {
        endCalls(
            RPCError(
                .unavailable,
                "the server said nothing and was given up; look whether it runs or hangs"))
        out.clear()
        owner.connectionGivenUp(self)
        close()
    }

    // MARK: Deadlines

    /// Unary calls have ended by their deadlines while they waited for room on this connection.
    func expiredWaiting(_ count: Int, now: NIODeadline) {
        connection.silence?.expiredWaiting(count)
        if !checkPeer(now: now) { giveUp() }
    }

    /// One timer for the earliest deadline, left in place when that call ends.
    func schedule(_ deadline: NIODeadline) {
        guard let context, deadline < timer?.deadline ?? .distantFuture else { return }
        timer?.scheduled.cancel()
        let scheduled = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.expire()
        }
        timer = (deadline, scheduled)
    }

    private func expire() {
        timer = nil
        let now = NIODeadline.now()
        for call in connection.expire(now: now) {
            forget(call)
            call.answer(
                .failure(RPCError(.deadlineExceeded, "the deadline has passed"), isSent: true))
        }
        guard checkPeer(now: now) else { return giveUp() }
        if let next = connection.nextDeadline {
            schedule(max(next, now + .milliseconds(1)))
        }
        owner.connectionHasRoom(self)
        closeIfRetired()
    }
}

extension MethodKind {
    /// How a client opens a call of this kind (PROTOCOL.md, "Request sending").
    fileprivate var requestFlags: FrameFlags {
        switch self {
        case .unary: []
        case .serverStream: .remoteClosed
        case .clientStream, .bidirectional: .remoteOpen
        }
    }
}
