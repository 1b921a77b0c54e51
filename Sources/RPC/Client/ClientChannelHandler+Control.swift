import NIOCore
import Wire

// The shell of `ClientConnection+Control`.
extension ClientChannelHandler {
    /// Puts the Hello in front of all calls, which do not wait for its answer.
    func sayHello(now: NIODeadline) {
        let window = configuration.stream.windowSize.map { max($0, StreamWindow.sizeMin) }
        let streamID = connection.startHello(
            window: window, keepAlive: configuration.keepAlive, now: now,
            patience: configuration.connectTimeout)
        let hello = ControlService.hello
        let request: [UInt8] =
            HelloRequest.with {
                $0.version = ControlService.version
                $0.streamWindow = StreamWindow.announced(window)
            }.serialized()
        var envelope = ByteBuffer()
        request.withUnsafeBytes {
            envelope.writeRequestEnvelope(
                service: hello.service, method: hello.name, payload: $0, metadata: [:])
        }
        out.writeFrame(Frame(streamID: streamID, type: .request, payload: envelope))
        if let next = connection.nextDeadline { schedule(next) }
    }

    /// What servers do that have agreed on more than ttrpc.
    func receiveControl(_ action: ClientConnection<ClientCall>.Action) {
        switch action {
        case .settled(let cancelled):
            for streamID in cancelled { out.writeCancelFrame(streamID: streamID) }
            settleStreams()
            if let next = connection.nextDeadline { schedule(next) }
        case .grant(let call, let bytes):
            call.grant(bytes)
        case .ping(let payload):
            guard connection.pings.spend(now: .now()) else { return close() }
            out.writePongFrame(payload)
        case .goAway(let refused):
            for call in refused { forget(call) }
            owner.connectionGoesAway(self, refused: refused)
        default:
            break
        }
    }

    /// False if the server is gone.
    func checkPeer(now: NIODeadline) -> Bool {
        let before = connection.agreement
        let step = connection.checkPeer(now: now)
        if connection.agreement != before { settleStreams() }
        if step == .ping { out.writePingFrame() }
        return step != .dead
    }

    private func settleStreams() {
        for call in connection.streams {
            call.settle(connection.agreement)
            grant(call)
        }
    }
}
