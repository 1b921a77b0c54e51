import NIOCore
import Wire

// The shell of `ServerConnection+Control`.
extension ServerChannelHandler {
    /// What peers do that have agreed on more than ttrpc.
    func receive(_ control: ServerConnection.Control, now: NIODeadline) {
        switch control {
        case .hello(let streamID, let response):
            let payload: [UInt8] = response.serialized()
            _ = out.writeReplyFrame(
                streamID: streamID, payload: payload, sizeMax: core.limits.payloadSizeMax)
            if let next = connection.nextDeadline { schedule(next) }
        case .cancel(let ended):
            let error = RPCError(.cancelled, "the caller has cancelled the call")
            if !ended.kind.isUnary { streams.removeValue(forKey: ended.streamID)?.end(error) }
            recordEnd(ended, .cancelled, now: now)
        case .grant(let streamID, let bytes):
            streams[streamID]?.window.grant(bytes)
        case .pong(let payload):
            out.writePongFrame(payload)
        }
    }

    /// Takes no more calls, and tells a client that knows go-away.
    func drain() {
        guard let lastStreamID = connection.drain(now: .now()) else { return }
        out.writeGoAwayFrame(lastStreamID: lastStreamID)
        if let next = connection.nextDeadline { schedule(next) }
    }
}
