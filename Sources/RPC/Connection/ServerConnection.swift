import NIOCore

/// The server's half of one connection as a pure state machine: frames, finished handlers and the
/// time go in, what to do comes out. It knows no sockets and no tasks but their handles.
///
/// A call is counted until its handler has ended, even when it was answered before (deadline):
/// that bounds the work that a peer can cause.
struct ServerConnection {
    /// A call that a handler has to be started for.
    struct Start {
        let streamID: UInt32
        /// Index into the route table.
        let route: Int
        let payload: ByteBuffer
        let metadata: Metadata
        let deadline: NIODeadline
    }

    enum Action {
        case none
        case start(Start)
        case reject(streamID: UInt32, route: Int?, error: RPCError)
        case close
    }

    /// A call that has to be counted as over.
    struct Ended {
        let streamID: UInt32
        let route: Int
        let startedAt: NIODeadline
    }

    private struct Call {
        var route: Int
        var startedAt: NIODeadline
        var deadline: NIODeadline
        var isAnswered = false
        var task: Task<Void, Never>?
    }

    private let limits: ServerLimits
    private let routes: RouteTable
    private var calls: [UInt32: Call] = [:]
    private var lastStreamID: UInt32 = 0
    private var isDraining = false
    private var isInputClosed = false
    private var isClosed = false

    init(limits: ServerLimits, routes: RouteTable) {
        self.limits = limits
        self.routes = routes
        calls.reserveCapacity(64)
    }

    /// Handlers that have not ended.
    var callsInFlight: Int { calls.count }

    /// No call runs and none will be taken: the connection may be closed.
    var isFinished: Bool { (isDraining || isInputClosed) && calls.isEmpty }

    /// The connection is closed and the last of its handlers has ended.
    var isGone: Bool { isClosed && calls.isEmpty }

    /// The earliest deadline of a call that is not answered.
    var nextDeadline: NIODeadline? {
        var earliest: NIODeadline?
        for call in calls.values where !call.isAnswered {
            earliest = min(earliest ?? call.deadline, call.deadline)
        }
        return earliest
    }

    mutating func receive(_ event: FrameDecoder.Event, now: NIODeadline) -> Action {
        guard !isClosed else { return .none }
        switch event {
        case .frame(let frame):
            switch frame.type {
            case .request: return receiveRequest(frame, now: now)
            case .data: return receiveData(streamID: frame.streamID)
            default: return .none
            }
        case .oversize(let header):
            return receiveOversize(header)
        case .malformed:
            return .close
        }
    }

    private mutating func receiveRequest(_ frame: Frame, now: NIODeadline) -> Action {
        let streamID = frame.streamID
        if let refusal = admit(streamID: streamID) { return refusal }
        let envelope: RequestEnvelope
        do {
            envelope = try RequestEnvelope(frame.payload, metadataSizeMax: limits.metadataSizeMax)
        } catch {
            return .reject(streamID: streamID, route: nil, error: error)
        }
        guard let route = envelope.route(in: routes) else {
            return .reject(streamID: streamID, route: nil, error: envelope.unknownMethod())
        }
        if isDraining {
            return reject(streamID, route, .unavailable, "the server is shutting down")
        }
        guard envelope.timeoutNanoseconds >= 0 else {
            return reject(streamID, route, .deadlineExceeded, "the deadline had passed before")
        }
        guard calls.count < limits.callsInFlightMax else {
            return reject(
                streamID, route, .resourceExhausted,
                "more than \(limits.callsInFlightMax) calls in flight on one connection")
        }
        let timeout =
            envelope.timeoutNanoseconds == 0
            ? limits.timeoutMax : min(.nanoseconds(envelope.timeoutNanoseconds), limits.timeoutMax)
        let deadline = now + timeout
        calls[streamID] = Call(route: route, startedAt: now, deadline: deadline)
        return .start(
            Start(
                streamID: streamID, route: route, payload: envelope.payload,
                metadata: envelope.metadata, deadline: deadline))
    }

    /// Checks a new stream's id and remembers it.
    private mutating func admit(streamID: UInt32) -> Action? {
        guard streamID % 2 == 1 else {
            return reject(streamID, nil, .invalidArgument, "a client's stream ids are odd")
        }
        guard streamID > lastStreamID else {
            return reject(
                streamID, nil, .invalidArgument, "a stream id must be above all before it")
        }
        lastStreamID = streamID
        return nil
    }

    private func receiveData(streamID: UInt32) -> Action {
        // At or below the last id it is late for a call that is over, or meant for a unary one,
        // which takes no data.
        guard streamID > lastStreamID else { return .none }
        return reject(streamID, nil, .invalidArgument, "no such stream was opened")
    }

    private mutating func receiveOversize(_ header: FrameHeader) -> Action {
        let text = "\(header.length) bytes are more than a frame may have"
        switch header.type {
        case .request:
            if let refusal = admit(streamID: header.streamID) { return refusal }
            return reject(header.streamID, nil, .resourceExhausted, text)
        case .data:
            return receiveData(streamID: header.streamID)
        default:
            return .none
        }
    }

    private func reject(
        _ streamID: UInt32, _ route: Int?, _ code: RPCCode, _ message: String
    ) -> Action {
        .reject(streamID: streamID, route: route, error: RPCError(code, message))
    }

    /// Keeps the handle of a handler that did not end at once.
    mutating func started(streamID: UInt32, task: Task<Void, Never>) {
        calls[streamID]?.task = task
    }

    /// A handler ended. Nil if its reply is not wanted, because the call was answered before.
    mutating func finish(streamID: UInt32) -> Ended? {
        guard let call = calls.removeValue(forKey: streamID), !call.isAnswered, !isClosed else {
            return nil
        }
        return Ended(streamID: streamID, route: call.route, startedAt: call.startedAt)
    }

    /// Cancels the calls whose deadlines have passed. They are to be answered now; what their
    /// handlers return is dropped.
    mutating func expire(now: NIODeadline) -> [Ended] {
        var expired: [Ended] = []
        for (streamID, call) in calls where !call.isAnswered && call.deadline <= now {
            call.task?.cancel()
            expired.append(
                Ended(streamID: streamID, route: call.route, startedAt: call.startedAt))
        }
        for ended in expired {
            calls[ended.streamID]?.isAnswered = true
        }
        return expired
    }

    /// From now on new calls are refused; running ones go on.
    mutating func drain() {
        isDraining = true
    }

    /// The peer sends nothing more but may still read.
    mutating func inputClosed() {
        isInputClosed = true
    }

    /// The connection was closed: cancels every handler. The calls that were never answered.
    mutating func close() -> [Ended] {
        guard !isClosed else { return [] }
        isClosed = true
        var unanswered: [Ended] = []
        for (streamID, call) in calls {
            call.task?.cancel()
            guard !call.isAnswered else { continue }
            unanswered.append(
                Ended(streamID: streamID, route: call.route, startedAt: call.startedAt))
        }
        return unanswered
    }
}
