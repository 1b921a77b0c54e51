import NIOCore
import Wire

// What a server does beyond ttrpc, with peers that have agreed on it; see `ControlFrame`.
extension ServerConnection {
    /// The windows of the streams that are opened from now on.
    var streamWindows: (client: Int?, server: Int?) {
        guard case .agreed(let client, let server) = agreement else { return (nil, nil) }
        return (client, server)
    }

    /// A Hello is answered before any handler of a later call is started, so that the client knows
    /// what was agreed on before anything comes on a stream.
    mutating func receiveHello(
        _ payload: ByteBuffer, streamID: UInt32, isFirst: Bool, now: NIODeadline
    ) -> Action {
        guard isFirst else {
            return .reject(
                streamID: streamID, route: nil,
                error: RPCError(.failedPrecondition, "Hello is a connection's first call"))
        }
        guard let request = try? HelloRequest(serialized: payload.readableBytesUInt8Span),
            request.version >= ControlService.version
        else {
            return .reject(
                streamID: streamID, route: nil,
                error: RPCError(.invalidArgument, "no version of the extra frames is named"))
        }
        let announced = StreamWindow.announced(limits.stream.windowSize)
        agreement = .agreed(
            clientWindow: StreamWindow.size(announced: request.streamWindow),
            serverWindow: StreamWindow.size(announced: announced))
        keepAlive = limits.keepAlive.map { KeepAlive($0, now: now) }
        let response = HelloResponse.with {
            $0.version = ControlService.version
            $0.streamWindow = announced
        }
        return .control(.hello(streamID: streamID, response))
    }

    /// Frames of types that ttrpc does not know; from a plain peer they mean nothing.
    mutating func receiveControl(_ frame: Frame, now: NIODeadline) -> Action {
        guard agreement.isAgreed, let control = ControlFrame(frame) else { return .none }
        switch control {
        case .ping(let payload):
            return pings.spend(now: now) ? .control(.pong(payload)) : .close
        case .pong, .goAway:
            return .none
        case .cancel(let streamID):
            guard let ended = leave(streamID) else { return .none }
            return .control(.cancel(ended))
        case .window(let streamID, let bytes):
            guard isOpen(streamID: streamID) else { return .none }
            return .control(.grant(streamID: streamID, bytes: bytes))
        case .malformed:
            return .close
        }
    }

    /// From now on new calls are refused; running ones go on. The last stream that is served, which
    /// the client has to be told; nil for a plain one. It is given a moment to close the connection
    /// itself, so that it does not lose what it is told.
    mutating func drain(now: NIODeadline) -> UInt32? {
        isDraining = true
        guard agreement.isAgreed else { return nil }
        lingersUntil = now + limits.goAwayWait
        return lastStreamID
    }

    /// The time has come to look whether the peer is there. One whose replies wait is not read, so
    /// that nothing can come from it.
    mutating func checkPeer(now: NIODeadline, isRead: Bool) -> KeepAlive.Step {
        if let until = lingersUntil, until <= now { lingersUntil = nil }
        if patience.isOver(now: now) { return .dead }
        if !isRead { keepAlive?.received() }
        return keepAlive?.check(now: now) ?? .none
    }
}
