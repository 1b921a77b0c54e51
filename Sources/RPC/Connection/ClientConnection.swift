import NIOCore

/// The client's half of one connection as a pure state machine: which call has which stream.
/// Generic over the call, so that it is tested without anyone waiting.
struct ClientConnection<Call> {
    private struct InFlight {
        let call: Call
        let deadline: NIODeadline
    }

    enum Action {
        case none
        case answer(Call, Result<ByteBuffer, RPCError>)
        /// The peer does not speak this protocol.
        case close
    }

    private let callsInFlightMax: Int
    private let lastStreamIDMax: UInt32
    private var calls: [UInt32: InFlight] = [:]
    private var nextStreamID: UInt32 = 1
    /// Something was received: the peer is alive and speaks this protocol.
    private(set) var hasReceived = false

    /// `callsMax` calls are made at most; ids run out at 2³¹.
    init(callsInFlightMax: Int, callsMax: Int) {
        self.callsInFlightMax = callsInFlightMax
        lastStreamIDMax = UInt32(min(max(callsMax, 1), 1 << 30)) * 2 - 1
    }

    var callsInFlight: Int { calls.count }

    /// Whether one more call may be sent now.
    var hasRoom: Bool { calls.count < callsInFlightMax && !isUsedUp }

    /// So many calls were made that another connection must take over.
    var isUsedUp: Bool { nextStreamID > lastStreamIDMax }

    /// The earliest deadline of all calls.
    var nextDeadline: NIODeadline? {
        var earliest: NIODeadline?
        for inFlight in calls.values {
            earliest = min(earliest ?? inFlight.deadline, inFlight.deadline)
        }
        return earliest
    }

    /// The stream for a call that is sent now. There must be room.
    mutating func start(_ call: Call, deadline: NIODeadline) -> UInt32 {
        let streamID = nextStreamID
        nextStreamID += 2
        calls[streamID] = InFlight(call: call, deadline: deadline)
        return streamID
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
                return answer(frame.streamID) { ResponseEnvelope.decode(frame.payload) }
            case .data:
                return answer(frame.streamID) {
                    .failure(RPCError(.internal, "the server answered a unary call as a stream"))
                }
            default:
                return .none
            }
        }
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
        remove { $0.deadline <= now }
    }

    /// Takes out the calls that nobody waits for any more.
    mutating func cancel(where isCancelled: (Call) -> Bool) {
        _ = remove { isCancelled($0.call) }
    }

    /// The connection is gone: every call that it carried.
    mutating func close() -> [Call] {
        remove { _ in true }
    }

    private mutating func remove(where predicate: (InFlight) -> Bool) -> [Call] {
        var removed: [Call] = []
        for (streamID, inFlight) in calls where predicate(inFlight) {
            removed.append(inFlight.call)
            calls[streamID] = nil
        }
        return removed
    }
}
