import NIOCore
import Wire

/// The client's half of one connection as a pure state machine: which call has which stream.
/// Generic over the call, so that it is tested without anyone waiting.
struct ClientConnection<Call> {
    struct InFlight {
        let call: Call
        let kind: MethodKind
        let deadline: NIODeadline
        let sentAt: NIODeadline
    }

    enum Action {
        case none
        /// The call is over.
        case answer(Call, Result<ByteBuffer, RPCError>)
        /// A message of a stream.
        case message(Call, ByteBuffer)
        /// The server has ended a stream, after one more message or none.
        case end(Call, last: ByteBuffer?)
        /// The server has answered the Hello, one way or the other; these cancelled calls it has to
        /// be told of.
        case settled(cancelled: [UInt32])
        /// The server takes more of a stream.
        case grant(Call, bytes: Int)
        /// The server asks whether somebody is here.
        case ping(ByteBuffer)
        /// The server takes no more calls on this connection, and these it has not taken.
        case goAway(refused: [Call])
        /// The peer does not speak this protocol.
        case close
    }

    let callsInFlightMax: Int
    var lastStreamIDMax: UInt32
    var calls: [UInt32: InFlight] = [:]
    var nextStreamID: UInt32 = 1
    // Beyond ttrpc.
    var agreement = Agreement.plain
    var hello: Hello?
    var keepAlive: KeepAlive?
    var pings = PingBudget()
    var isGoingAway = false
    /// Counts while nothing tells better whether the server is there.
    var silence: Silence?
    /// Something was received: the peer is alive and speaks this protocol.
    private(set) var hasReceived = false

    /// `callsMax` calls are made at most; ids run out at 2³¹.
    init(callsInFlightMax: Int, callsMax: Int, silence: SilenceSettings? = nil) {
        self.silence = silence.map { Silence($0) }
        self.callsInFlightMax = callsInFlightMax
        lastStreamIDMax = UInt32(min(max(callsMax, 1), 1 << 30)) * 2 - 1
    }

    var callsInFlight: Int { calls.count }

    /// Whether one more call may be sent now.
    var hasRoom: Bool { calls.count < callsInFlightMax && !isUsedUp && !isGoingAway }

    /// So many calls were made that another connection must take over.
    var isUsedUp: Bool { nextStreamID > lastStreamIDMax }

    /// When to look again: the earliest deadline of all calls, or of the peer.
    var nextDeadline: NIODeadline? {
        var earliest = keepAlive?.nextCheck
        if agreement == .asked, let deadline = hello?.deadline {
            earliest = min(earliest ?? deadline, deadline)
        }
        for inFlight in calls.values {
            earliest = min(earliest ?? inFlight.deadline, inFlight.deadline)
        }
        return earliest
    }

    /// The stream for a call that is sent now. There must be room.
    mutating func start(
        _ call: Call, kind: MethodKind = .unary, deadline: NIODeadline, now: NIODeadline
    ) -> UInt32 {
        let streamID = nextStreamID
        nextStreamID += 2
        calls[streamID] = InFlight(call: call, kind: kind, deadline: deadline, sentAt: now)
        return streamID
    }

    /// Bytes have come, whole frames or not.
    mutating func received() {
        keepAlive?.received()
        silence?.received(nextStreamID: nextStreamID)
    }

    mutating func receive(_ event: FrameDecoder.Event) -> Action {
        hasReceived = true
        switch event {
        case .malformed:
            hasReceived = false
            return .close
        case .oversize(let header):
            return answer(header.streamID) {
                .failure(
                    RPCError(
                        .resourceExhausted,
                        "\(header.length) bytes are more than a frame may have"))
            }
        case .frame(let frame):
            switch frame.type {
            case .response:
                return receiveResponse(frame)
            case .data:
                return receiveData(frame)
            default:
                return receiveControl(frame)
            }
        }
    }

    private mutating func receiveResponse(_ frame: Frame) -> Action {
        if frame.streamID == hello?.streamID { return receiveHello(frame.payload) }
        let kind = calls[frame.streamID]?.kind
        let action = answer(frame.streamID) { ResponseEnvelope.decode(frame.payload) }
        // Some servers put a stream's last message into a Response.
        guard kind?.serverStreams == true, case .answer(let call, .success(let payload)) = action
        else { return action }
        return .end(call, last: payload.readableBytes > 0 ? payload : nil)
    }

    private mutating func receiveData(_ frame: Frame) -> Action {
        guard let inFlight = calls[frame.streamID] else { return .none }
        guard inFlight.kind.serverStreams else {
            return answer(frame.streamID) {
                .failure(RPCError(.internal, "the server sent a stream where one answer was due"))
            }
        }
        let isEmpty = frame.payload.readableBytes == 0
        if frame.flags.contains(.remoteClosed) {
            calls[frame.streamID] = nil
            return .end(inFlight.call, last: isEmpty ? nil : frame.payload)
        }
        if isEmpty, frame.flags.contains(.noData) { return .none }
        return .message(inFlight.call, frame.payload)
    }

    /// The call that has a stream, as long as it is not over.
    func call(streamID: UInt32) -> Call? {
        calls[streamID]?.call
    }

    /// Answers for calls that are over, or never were, come to nothing.
    private mutating func answer(
        _ streamID: UInt32, _ result: () -> Result<ByteBuffer, RPCError>
    ) -> Action {
        guard let inFlight = calls.removeValue(forKey: streamID) else { return .none }
        return .answer(inFlight.call, result())
    }

    /// Takes out the calls whose deadlines have passed; late answers to them are ignored.
    mutating func expire(now: NIODeadline) -> [Call] {
        remove { $1.deadline <= now }.map { streamID, inFlight in
            if inFlight.kind.isUnary {
                silence?.expired(streamID: streamID, sentAt: inFlight.sentAt)
            }
            return inFlight.call
        }
    }

    /// Takes out the calls that nobody waits for any more; the streams that the server has to be
    /// told of.
    @discardableResult
    mutating func cancel(where isCancelled: (Call) -> Bool) -> [UInt32] {
        let cancelled = remove { isCancelled($1.call) }
        return cancelled.isEmpty ? [] : tellable(cancelled.map(\.streamID))
    }

    /// The connection is gone: every call that it carried.
    mutating func close() -> [Call] {
        hello = nil
        keepAlive = nil
        return remove { _, _ in true }.map(\.inFlight.call)
    }

    mutating func remove(
        where predicate: (UInt32, InFlight) -> Bool
    ) -> [(streamID: UInt32, inFlight: InFlight)] {
        var removed: [(streamID: UInt32, inFlight: InFlight)] = []
        for (streamID, inFlight) in calls where predicate(streamID, inFlight) {
            removed.append((streamID, inFlight))
            calls[streamID] = nil
        }
        return removed
    }
}
