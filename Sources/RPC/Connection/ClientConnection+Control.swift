import NIOCore
import Wire

// What a client does beyond ttrpc, with servers that agree to it; see `ControlFrame`.
extension ClientConnection {
    /// A Hello that was sent.
    struct Hello {
        let streamID: UInt32
        /// When to look whether the server has passed over it.
        var deadline: NIODeadline
        /// How long it has until the next look.
        let patience: TimeAmount
        /// What the client takes of each stream; nil = any number.
        let window: Int?
        let keepAlive: KeepAlive?
        /// Calls that were cancelled before the answer.
        var cancelled: [UInt32] = []
    }

    /// Streams, the calls that are not unary.
    var streams: [Call] {
        calls.values.filter { !$0.kind.isUnary }.map(\.call)
    }

    /// The stream for a Hello, which is sent before every call. It is no call of anyone and takes
    /// no place of one.
    mutating func startHello(
        window: Int?, keepAlive: KeepAliveSettings?, now: NIODeadline, patience: TimeAmount
    ) -> UInt32 {
        let streamID = nextStreamID
        nextStreamID += 2
        lastStreamIDMax += 2
        agreement = .asked
        hello = Hello(
            streamID: streamID, deadline: now + patience, patience: patience, window: window,
            keepAlive: keepAlive.map { KeepAlive($0, now: now) })
        return streamID
    }

    /// Anything but an OK that names a version leaves the connection plain.
    mutating func receiveHello(_ payload: ByteBuffer) -> Action {
        guard let hello else { return .none }
        self.hello = nil
        guard case .success(let bytes) = ResponseEnvelope.decode(payload),
            let response = try? HelloResponse(serialized: bytes.readableBytesUInt8Span),
            response.version == ControlService.version
        else {
            agreement = .plain
            return .settled(cancelled: [])
        }
        agreement = .agreed(
            clientWindow: hello.window,
            serverWindow: StreamWindow.size(announced: response.streamWindow))
        keepAlive = hello.keepAlive
        return .settled(cancelled: hello.cancelled)
    }

    /// Of cancelled calls those that the server is told of now: all, none, or none yet.
    mutating func tellable(_ streamIDs: [UInt32]) -> [UInt32] {
        switch agreement {
        case .agreed:
            return streamIDs
        case .asked:
            let room = callsInFlightMax - (hello?.cancelled.count ?? 0)
            hello?.cancelled.append(contentsOf: streamIDs.prefix(max(room, 0)))
            return []
        case .plain:
            return []
        }
    }

    /// Frames of types that ttrpc does not know; from a plain peer they mean nothing.
    mutating func receiveControl(_ frame: Frame) -> Action {
        guard agreement.isAgreed, let control = ControlFrame(frame) else { return .none }
        switch control {
        case .ping(let payload):
            return .ping(payload)
        case .pong, .cancel:
            return .none
        case .window(let streamID, let bytes):
            return calls[streamID].map { .grant($0.call, bytes: bytes) } ?? .none
        case .goAway(let lastStreamID):
            isGoingAway = true
            return .goAway(refused: remove { id, _ in id > lastStreamID }.map(\.inFlight.call))
        case .malformed:
            return .close
        }
    }

    /// The time has come to look whether the server is there, and whether it has answered. One that
    /// knows Hello answers it before anything else: when it has answered other calls for so long,
    /// it counts as plain. One that has said nothing at all is merely slow, and goes on being
    /// treated as one that may have a window. A Hello that is answered later still counts.
    ///
    /// A server that has agreed is asked whether it is there; any other one is judged by the calls
    /// that it has left without a word.
    mutating func checkPeer(now: NIODeadline) -> KeepAlive.Step {
        if agreement == .asked, let hello, hello.deadline <= now {
            if hasReceived {
                agreement = .plain
                self.hello?.cancelled = []
            } else {
                self.hello?.deadline = now + hello.patience
            }
        }
        guard keepAlive == nil else { return keepAlive?.check(now: now) ?? .none }
        return silence?.isTooLong(now: now) == true ? .dead : .none
    }
}
