import NIOCore
import Wire

/// The client's half of one connection as a pure state machine: which call has which stream.
/// Generic over the call, so that it is tested without anyone waiting.
struct ClientConnection<Call> {
    private struct InFlight {
        let call: Call
        let kind: MethodKind
        let deadline: NIODeadline
    }

    enum Action {
        case none
        /// The call is over.
        case answer(Call, Result<ByteBuffer, RPCError>)
        /// A message of a stream.
        case message(Call, ByteBuffer)
        /// The server has ended a stream, after one more message or none.
        case end(Call, last: ByteBuffer?)
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
    mutating func start(
        _ call: Call, kind: MethodKind = .unary, deadline: NIODeadline
    ) -> UInt32 {
        let streamID = nextStreamID
        nextStreamID += 2
        calls[streamID] = InFlight(call: call, kind: kind, deadline: deadline)
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
                return receiveResponse(frame)
            case .data:
                return receiveData(frame)
            default:
                return .none
            }
        }
    }

    private mutating func receiveResponse(_ frame: Frame) -> Action {
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
