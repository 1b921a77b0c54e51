import NIOCore
import Wire

/// A server connection's shell: bytes to ``ServerConnection`` and back, handlers started on the
/// loop, one flush per read. Confined to its event loop.
final class ServerChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let core: ServerCore
    private let link: ServerLink
    private let executor: HandlerExecutor
    private let turn: LoopTurn
    private var caller: CallContext.Caller
    var context: ChannelHandlerContext?
    private var decoder: FrameDecoder
    var connection: ServerConnection
    var out = ByteBuffer()
    var streams: [UInt32: ServerStream] = [:]
    /// What streams have written while the peer did not read; bounded by their windows.
    private var waiting = CircularBuffer<ServerLink.Message>()
    /// Frames are being taken or replies written: what comes back at once waits for that to end.
    private var isBusy = false
    /// What the streams' queues hold.
    private let unread: ByteBudget
    /// Frames that came are left in the decoder, because replies wait for the peer to read.
    private var hasFramesLeft = false
    private var isReadHeld = false
    /// As the channel has said last; to ask it costs more.
    private var isWritable = true
    private var isClosing = false
    /// Something was written, which closing would drop as long as it is on its way.
    private var hasWritten = false
    /// The executor lets this connection write when the handlers of this turn have run.
    private var isAnswered = false
    private var reportedInFlight = 0
    private var timer: (deadline: NIODeadline, scheduled: Scheduled<Void>)?

    init(link: ServerLink, peer: String) {
        core = link.core
        self.link = link
        executor = core.executors.executor(of: link.eventLoop)
        turn = .of(link.eventLoop)
        caller = CallContext.Caller(peer: peer, identity: nil)
        unread = ByteBudget(bytesMax: core.limits.receivedSizeMax)
        decoder = FrameDecoder(payloadSizeMax: core.limits.payloadSizeMax)
        connection = ServerConnection(
            limits: core.limits, routes: core.table, kinds: core.kinds,
            methodLimits: core.methodLimits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isWritable = context.channel.isWritable
        link.attach(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // A connection that never became active does not become inactive.
        end()
        self.context = nil
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        connection.keepAlive?.received()
        isBusy = true
        process(context)
        // What suspended and can go on already is answered by the same flush.
        turn.begin()
        executor.runReady()
        isBusy = false
        leaveWhenGone()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        settle(context)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        // A peer that does not read its replies is not read either.
        if isWritable {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if let check = connection.patience.outputWaits(!isWritable, now: .now()) { schedule(check) }
        if isWritable, !isBusy { settle(context) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            if connection.agreement.isAgreed { return context.close(promise: nil) }
            let error = RPCError(.cancelled, "the client has closed its side of the connection")
            for streamID in connection.inputClosed() { streams[streamID]?.inbound.finish(error) }
            settle(context)
        } else if let identity = event as? PeerIdentity {
            caller = CallContext.Caller(peer: caller.peer, identity: identity)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    /// The connection is gone: cancels its handlers. More than once is as good as once.
    private func end() {
        let now = NIODeadline.now()
        timer?.scheduled.cancel()
        timer = nil
        for ended in connection.close() {
            recordEnd(ended, .cancelled, now: now)
        }
        let error = RPCError(.cancelled, "the connection was closed")
        for stream in streams.values { stream.end(error) }
        streams = [:]
        for case .finished(let streamID, let outcome) in waiting { finish(streamID, outcome) }
        waiting = []
        reportInFlight()
        leaveWhenGone()
    }

    /// Takes frames until the bytes or the room for replies run out.
    private func process(_ context: ChannelHandlerContext) {
        let now = NIODeadline.now()
        hasFramesLeft = false
        var isNew = false
        while true {
            guard hasRoom(context) else {
                hasFramesLeft = true
                return
            }
            guard let event = decoder.next() else { break }
            isNew = true
            switch connection.receive(event, now: now) {
            case .none:
                break
            case .start(let start):
                self.start(start, now: now)
            case .message(let streamID, let payload):
                receive(payload, on: streamID, now: now)
            case .endInput(let streamID):
                streams[streamID]?.inbound.finish()
            case .abort(let ended, let error):
                answer(ended, error, now: now)
            case .reject(let streamID, let route, let error):
                if let route {
                    core.routes[route].metrics.recordStart()
                    core.routes[route].metrics.recordEnd(error.code, duration: .zero)
                }
                out.writeErrorFrame(
                    streamID: streamID, error: error, sizeMax: core.limits.payloadSizeMax)
            case .control(let control):
                receive(control, now: now)
            case .close:
                context.close(promise: nil)
                return
            }
        }
        let isWithinFrame = decoder.isWithinFrame
        let check = connection.patience.received(
            isWithinFrame: isWithinFrame, isNew: isNew, now: now)
        if let check { schedule(check) }
    }

    private func hasRoom(_ context: ChannelHandlerContext) -> Bool {
        if out.readableBytes >= core.limits.outboundSizeMax {
            flush(context)
        }
        return isWritable
    }

    // MARK: Calls

    private func start(_ start: ServerConnection.Start, now: NIODeadline) {
        let route = core.routes[start.route]
        let callContext = CallContext(
            route.callee, caller, metadata: start.metadata, loopDeadline: start.deadline,
            stream: start.kind.isUnary ? nil : open(start),
            origin: CallContext.Origin(link: link, streamID: start.streamID),
            request: route.isOffLoop ? start.payload.detached() : start.payload)
        route.metrics.recordStart()
        let task = core.start(route, callContext, on: executor)
        // A handler that did not suspend has been answered already, and is not known any more.
        connection.started(streamID: start.streamID, task: task)
        schedule(start.deadline)
    }

    private func open(_ start: ServerConnection.Start) -> ServerStream {
        let stream = ServerStream(
            streamID: start.streamID, link: link, limits: core.limits,
            windows: connection.streamWindows, budget: unread)
        streams[start.streamID] = stream
        if start.kind.clientStreams {
            // The first message fits in any case.
            if start.payload.readableBytes > 0 { _ = stream.inbound.push(start.payload) }
            if !start.isInputOpen { stream.inbound.finish() }
        }
        return stream
    }

    private func receive(_ payload: ByteBuffer, on streamID: UInt32, now: NIODeadline) {
        guard let stream = streams[streamID], !stream.inbound.push(payload) else { return }
        let error = RPCError(
            .resourceExhausted, "messages came faster than the method has read them")
        if case .abort(let ended, let error) = connection.abort(streamID, error) {
            answer(ended, error, now: now)
        }
    }

    /// Answers a call with an error before its handler has ended.
    private func answer(_ ended: ServerConnection.Ended, _ error: RPCError, now: NIODeadline) {
        if !ended.kind.isUnary { streams.removeValue(forKey: ended.streamID)?.end(error) }
        out.writeErrorFrame(
            streamID: ended.streamID, error: error, sizeMax: core.limits.payloadSizeMax)
        recordEnd(ended, error.code, now: now)
    }

    /// A unary handler has ended. Its reply leaves with those of the others that end in this turn.
    func finishedOnLoop(_ streamID: UInt32, _ outcome: ServerCore.Outcome) {
        finish(streamID, outcome)
        guard !isBusy, !isAnswered else { return }
        isAnswered = true
        executor.hasAnswer(self)
    }

    /// The handlers that could run in this turn of the loop have run.
    func handlersRan() {
        isAnswered = false
        if !isBusy, let context { settle(context) }
        reportInFlight()
        leaveWhenGone()
    }

    /// What handlers of streams have done, or the server wants to stop.
    func receive(_ messages: [ServerLink.Message]) {
        for message in messages {
            switch message {
            case .finished(let streamID, let outcome) where streams[streamID] == nil:
                finish(streamID, outcome)
            case .finished, .message:
                waiting.append(message)
            case .grant(let streamID):
                if let bytes = streams[streamID]?.inbound.takeGrant() {
                    out.writeWindowFrame(streamID: streamID, bytes: bytes)
                }
            case .drain: drain()
            case .close: context?.close(promise: nil)
            }
        }
        if let context { settle(context) }
        reportInFlight()
        leaveWhenGone()
    }

    /// Writes what waits, in order, as long as the peer reads.
    private func writeWaiting(_ context: ChannelHandlerContext) {
        while !waiting.isEmpty, hasRoom(context) {
            switch waiting.removeFirst() {
            case .message(let streamID, let message):
                guard connection.isOpen(streamID: streamID) else { continue }
                out.writeDataFrame(streamID: streamID, message: message)
                streams[streamID]?.window.release(StreamWindow.cost(message.count))
            case .finished(let streamID, let outcome):
                finish(streamID, outcome)
            case .grant, .drain, .close:
                break
            }
        }
    }

    private func finish(_ streamID: UInt32, _ outcome: ServerCore.Outcome) {
        guard let ended = connection.finish(streamID: streamID) else { return }
        if !ended.kind.isUnary {
            streams.removeValue(forKey: streamID)?.end(RPCError(.cancelled, "the call has ended"))
        }
        let sizeMax = core.limits.payloadSizeMax
        var code = RPCCode.ok
        switch outcome {
        case .reply where ended.kind.serverStreams:
            out.writeCloseFrame(streamID: streamID)
        case .reply(let payload):
            let isWritten = out.writeReplyFrame(
                streamID: streamID, payload: payload, sizeMax: sizeMax,
                bufferSizeMax: core.limits.unsentSizeMax)
            if !isWritten {
                code = .resourceExhausted
                let error = RPCError(
                    code,
                    "a reply of \(payload.count) bytes fits no frame of \(sizeMax), or not beside the \(out.readableBytes) that wait for the client to read them"
                )
                out.writeErrorFrame(streamID: streamID, error: error, sizeMax: sizeMax)
            }
        case .failure(let error):
            code = error.code
            out.writeErrorFrame(streamID: streamID, error: error, sizeMax: sizeMax)
        }
        recordEnd(ended, code, now: .now())
    }

    func recordEnd(
        _ ended: ServerConnection.Ended, _ code: RPCCode, now: NIODeadline
    ) {
        core.routes[ended.route].metrics.recordEnd(code, duration: now - ended.startedAt)
    }

    // MARK: Deadlines

    /// One timer for the earliest deadline. It is not moved when that call ends: a timer that finds
    /// nothing to do costs less than one that every call sets and takes back.
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
        let error = RPCError(.deadlineExceeded, "the deadline has passed")
        for ended in connection.expire(now: now) {
            answer(ended, error, now: now)
        }
        switch connection.checkPeer(now: now, isRead: isWritable) {
        case .none: break
        case .ping: out.writePingFrame()
        case .dead:
            context?.close(promise: nil)
            return
        }
        if let next = connection.nextDeadline {
            schedule(max(next, now + .milliseconds(1)))
        }
        if let context { settle(context) }
    }

    // MARK: Writing

    /// Sends what there is to send and goes on with what waited for that; closes when nothing can
    /// come any more.
    private func settle(_ context: ChannelHandlerContext) {
        isBusy = true
        writeWaiting(context)
        flush(context)
        while hasFramesLeft, isWritable {
            process(context)
            writeWaiting(context)
            flush(context)
        }
        isBusy = false
        reportInFlight()
        leaveWhenGone()
        if isReadHeld, isWritable {
            isReadHeld = false
            context.read()
        }
        if connection.isFinished, !isClosing, !hasFramesLeft, out.readableBytes == 0 {
            isClosing = true
            // The handshake of TLS may not be over, before which nothing can be written.
            guard hasWritten else { return context.close(promise: nil) }
            // Closing drops what is not written yet; an empty write comes after all of it.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete {
                _ in
                context.close(promise: nil)
            }
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        // What the channel takes beyond its mark, it does not tell.
        guard out.readableBytes > 0, isWritable else { return }
        // May tell at once that the channel is writable or not; `isBusy` keeps that off `out`.
        hasWritten = true
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        // Keeps the storage if it was written at once, else takes a new one.
        out.clear()
    }

    private func reportInFlight() {
        core.callsInFlight.add(connection.callsInFlight - reportedInFlight)
        reportedInFlight = connection.callsInFlight
    }

    private func leaveWhenGone() {
        if connection.isGone { link.leave() }
    }
}
