import NIOCore
import Wire

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
        let kind: MethodKind
        /// The request of a unary call or a server stream; of the other kinds the first message,
        /// if it is not empty.
        let payload: ByteBuffer
        /// False if the client sends no more messages.
        let isInputOpen: Bool
        let metadata: Metadata
        let deadline: NIODeadline
    }

    enum Action {
        case none
        case start(Start)
        /// A message for an open stream.
        case message(streamID: UInt32, payload: ByteBuffer)
        /// The client sends nothing more on this stream.
        case endInput(streamID: UInt32)
        /// The stream is over, by the client's fault; its handler is cancelled.
        case abort(Ended, RPCError)
        case reject(streamID: UInt32, route: Int?, error: RPCError)
        case control(Control)
        case close
    }

    /// What only peers cause that have agreed on more than ttrpc.
    enum Control {
        /// The client may use the extra frames.
        case hello(streamID: UInt32, HelloResponse)
        /// The client wants no answer any more; the handler was cancelled.
        case cancel(Ended)
        /// The client takes more of a stream.
        case grant(streamID: UInt32, bytes: Int)
        case pong(ByteBuffer)
    }

    /// A call that has to be counted as over.
    struct Ended {
        let streamID: UInt32
        let route: Int
        let kind: MethodKind
        let startedAt: NIODeadline
    }

    private struct Call {
        var route: Int
        var kind: MethodKind
        var isInputOpen: Bool
        var startedAt: NIODeadline
        var deadline: NIODeadline
        /// Bytes of its request.
        var size: Int
        var isAnswered = false
        var task: Task<Void, Never>?

        func ended(_ streamID: UInt32) -> Ended {
            Ended(streamID: streamID, route: route, kind: kind, startedAt: startedAt)
        }
    }

    let limits: ServerLimits
    private let routes: RouteTable
    private let kinds: [MethodKind]
    private let methodLimits: [MethodLimit?]
    private var calls: [UInt32: Call] = [:]
    private(set) var lastStreamID: UInt32 = 0
    /// 0 is no stream.
    private var lastFinished: UInt32 = 0
    var isDraining = false
    /// Bytes of the requests of ``calls``.
    private var requestsSize = 0
    private var isInputClosed = false
    private var isClosed = false
    var patience: PeerPatience
    // Beyond ttrpc.
    var agreement = Agreement.plain
    var keepAlive: KeepAlive?
    var pings = PingBudget()
    var lingersUntil: NIODeadline?

    /// `kinds` of the routes, by their indexes; the route after the last one is Hello.
    /// `methodLimits` is empty, or has one for each route.
    init(
        limits: ServerLimits, routes: RouteTable, kinds: [MethodKind],
        methodLimits: [MethodLimit?] = []
    ) {
        self.limits = limits
        self.routes = routes
        self.kinds = kinds
        self.methodLimits = methodLimits
        patience = PeerPatience(
            frameTimeout: limits.frameTimeout, readTimeout: limits.readTimeout)
        calls.reserveCapacity(64)
    }

    /// Handlers that have not ended.
    var callsInFlight: Int { calls.count }

    /// No call runs and none will be taken: the connection may be closed.
    var isFinished: Bool {
        calls.isEmpty && (isInputClosed || (isDraining && lingersUntil == nil))
    }

    /// The connection is closed and the last of its handlers has ended.
    var isGone: Bool { isClosed && calls.isEmpty }

    /// When to look again: the earliest deadline of a call that is not answered, or of the peer.
    var nextDeadline: NIODeadline? {
        guard !isClosed else { return nil }
        var earliest = keepAlive?.nextCheck
        if let check = patience.nextCheck { earliest = min(earliest ?? check, check) }
        if let lingersUntil { earliest = min(earliest ?? lingersUntil, lingersUntil) }
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
            case .data: return receiveData(frame)
            default: return receiveControl(frame, now: now)
            }
        case .oversize(let header):
            return receiveOversize(header)
        case .malformed:
            return .close
        }
    }

    private mutating func receiveRequest(_ frame: Frame, now: NIODeadline) -> Action {
        let streamID = frame.streamID
        let isFirst = lastStreamID == 0
        if let refusal = admit(streamID: streamID) { return refusal }
        let envelope: RequestEnvelope
        do {
            envelope = try RequestEnvelope(
                frame.payload, routes: routes, metadataSizeMax: limits.metadataSizeMax)
        } catch {
            return .reject(streamID: streamID, route: nil, error: error)
        }
        let route = envelope.route
        if isDraining {
            return reject(
                streamID, kinds.indices.contains(route) ? route : nil, .unavailable,
                "the server is shutting down")
        }
        guard route < kinds.count else {
            return receiveHello(envelope.payload, streamID: streamID, isFirst: isFirst, now: now)
        }
        guard envelope.timeoutNanoseconds >= 0 else {
            return reject(streamID, route, .deadlineExceeded, "the deadline had passed before")
        }
        guard calls.count < limits.callsInFlightMax else {
            return reject(
                streamID, route, .resourceExhausted,
                "more than \(limits.callsInFlightMax) calls in flight on one connection")
        }
        let size = envelope.payload.readableBytes
        guard requestsSize + size <= limits.receivedSizeMax else {
            return reject(
                streamID, route, .resourceExhausted,
                "more than \(limits.receivedSizeMax) bytes of requests in flight on one connection")
        }
        if !methodLimits.isEmpty, let limit = methodLimits[route], !limit.enter() {
            return reject(
                streamID, route, .resourceExhausted,
                "more than \(limit.callsInFlightMax) calls of this method in flight")
        }
        let timeout =
            envelope.timeoutNanoseconds == 0
            ? limits.timeoutMax : min(.nanoseconds(envelope.timeoutNanoseconds), limits.timeoutMax)
        let deadline = now + timeout
        let kind = kinds[route]
        // The method decides the kind; of the flags only the end of the client's side counts.
        let isInputOpen = kind.clientStreams && !frame.flags.contains(.remoteClosed)
        calls[streamID] = Call(
            route: route, kind: kind, isInputOpen: isInputOpen, startedAt: now,
            deadline: deadline, size: size)
        requestsSize += size
        return .start(
            Start(
                streamID: streamID, route: route, kind: kind, payload: envelope.payload,
                isInputOpen: isInputOpen, metadata: envelope.metadata, deadline: deadline))
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

    private mutating func receiveData(_ frame: Frame) -> Action {
        switch checkData(streamID: frame.streamID) {
        case .refused(let action): return action
        case .accepted: break
        }
        let isEmpty = frame.payload.readableBytes == 0
        if frame.flags.contains(.remoteClosed) {
            guard isEmpty else {
                return abort(
                    frame.streamID,
                    RPCError(.invalidArgument, "a frame that closes a stream carries no message"))
            }
            calls[frame.streamID]?.isInputOpen = false
            return .endInput(streamID: frame.streamID)
        }
        if isEmpty, frame.flags.contains(.noData) { return .none }
        return .message(streamID: frame.streamID, payload: frame.payload)
    }

    private enum DataCheck {
        case accepted
        case refused(Action)
    }

    /// Whether data on this stream means something.
    private func checkData(streamID: UInt32) -> DataCheck {
        guard streamID <= lastStreamID else {
            return .refused(
                reject(streamID, nil, .invalidArgument, "no such stream was opened"))
        }
        // Else it is late for a call that is over, or meant for one that takes no data.
        guard let call = calls[streamID], call.isInputOpen, !call.isAnswered else {
            return .refused(.none)
        }
        return .accepted
    }

    /// Ends a stream with an error. Nothing if it is over already.
    mutating func abort(_ streamID: UInt32, _ error: RPCError) -> Action {
        guard let ended = leave(streamID) else { return .none }
        return .abort(ended, error)
    }

    /// Cancels the handler of a call that is not answered; what it returns is dropped.
    mutating func leave(_ streamID: UInt32) -> Ended? {
        guard let call = calls[streamID], !call.isAnswered else { return nil }
        call.task?.cancel()
        calls[streamID]?.isAnswered = true
        return call.ended(streamID)
    }

    /// Whether the handler's messages are still wanted.
    func isOpen(streamID: UInt32) -> Bool {
        calls[streamID]?.isAnswered == false
    }

    private mutating func receiveOversize(_ header: FrameHeader) -> Action {
        let text = "\(header.length) bytes are more than a frame may have"
        switch header.type {
        case .request:
            if let refusal = admit(streamID: header.streamID) { return refusal }
            return reject(header.streamID, nil, .resourceExhausted, text)
        case .data:
            if case .refused(let action) = checkData(streamID: header.streamID) { return action }
            return abort(header.streamID, RPCError(.resourceExhausted, text))
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
        // Most unary handlers have ended before their task is known: nothing to look up.
        guard streamID != lastFinished, let index = calls.index(forKey: streamID) else { return }
        calls.values[index].task = task
        if calls.values[index].isAnswered { task.cancel() }
    }

    /// A handler ended. Nil if its reply is not wanted, because the call was answered before.
    mutating func finish(streamID: UInt32) -> Ended? {
        guard let call = calls.removeValue(forKey: streamID) else { return nil }
        lastFinished = streamID
        requestsSize -= call.size
        if !methodLimits.isEmpty { methodLimits[call.route]?.leave() }
        return call.isAnswered || isClosed ? nil : call.ended(streamID)
    }

    /// Cancels the calls whose deadlines have passed. They are to be answered now; what their
    /// handlers return is dropped.
    mutating func expire(now: NIODeadline) -> [Ended] {
        var expired: [Ended] = []
        for (streamID, call) in calls where !call.isAnswered && call.deadline <= now {
            call.task?.cancel()
            expired.append(call.ended(streamID))
        }
        for ended in expired {
            calls[ended.streamID]?.isAnswered = true
        }
        return expired
    }

    /// The peer sends nothing more but may still read. The streams that it left open. (A peer that
    /// has agreed on the extra frames does not close half: it has gone.)
    mutating func inputClosed() -> [UInt32] {
        isInputClosed = true
        var cut: [UInt32] = []
        for (streamID, call) in calls where call.isInputOpen && !call.isAnswered {
            calls[streamID]?.isInputOpen = false
            cut.append(streamID)
        }
        return cut
    }

    /// The connection was closed: cancels every handler. The calls that were never answered.
    mutating func close() -> [Ended] {
        guard !isClosed else { return [] }
        isClosed = true
        var unanswered: [Ended] = []
        for (streamID, call) in calls {
            call.task?.cancel()
            guard !call.isAnswered else { continue }
            unanswered.append(call.ended(streamID))
        }
        return unanswered
    }
}
