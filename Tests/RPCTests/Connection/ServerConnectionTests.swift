import NIOCore
import Testing
import Wire

@testable import RPC

@Suite("Server connection")
struct ServerConnectionTests {
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let routes = RouteTable([
        ("bench.Echo", "Unary"), ("bench.Echo", "Down"), ("bench.Echo", "Up"),
        ("bench.Echo", "Bidi"),
    ])

    private func connection(_ change: (inout ServerLimits) -> Void = { _ in }) -> ServerConnection {
        var limits = ServerLimits()
        change(&limits)
        return ServerConnection(
            limits: limits, routes: routes,
            kinds: [.unary, .serverStream, .clientStream, .bidirectional])
    }

    /// What the action rejects with; nil if it does something else.
    private func code(_ action: ServerConnection.Action) -> RPCCode? {
        guard case .reject(_, _, let error) = action else { return nil }
        return error.code
    }

    private func start(_ action: ServerConnection.Action) -> ServerConnection.Start? {
        guard case .start(let start) = action else { return nil }
        return start
    }

    private func isNothing(_ action: ServerConnection.Action) -> Bool {
        guard case .none = action else { return false }
        return true
    }

    @Test("a request starts its method with its deadline, and is answered once")
    func unary() throws {
        var connection = connection()
        let frame = requestFrame(
            streamID: 1, method: "Unary", value: "a", timeoutNanoseconds: 5_000,
            metadata: ["K": "v"])
        let started = try #require(start(connection.receive(.frame(frame), now: now)))
        #expect(started.streamID == 1)
        #expect(started.route == 0)
        #expect(started.payload.hex == "0a0161")
        #expect(started.metadata == ["k": "v"])
        #expect(started.deadline == now + .microseconds(5))
        #expect(connection.callsInFlight == 1)
        #expect(connection.finish(streamID: 1)?.route == 0)
        #expect(connection.finish(streamID: 1) == nil)
        #expect(connection.callsInFlight == 0)
    }

    @Test("ids must be odd and rise")
    func ids() {
        var connection = connection()
        #expect(
            start(connection.receive(.frame(unaryRequest(streamID: 5, value: "")), now: now)) != nil
        )
        for id: UInt32 in [5, 3, 1, 0, 6] {
            let action = connection.receive(.frame(unaryRequest(streamID: id, value: "")), now: now)
            #expect(code(action) == .invalidArgument)
        }
        #expect(connection.callsInFlight == 1)
    }

    @Test("data above the last id is refused, at or below it ignored")
    func data() {
        var connection = connection()
        _ = connection.receive(.frame(unaryRequest(streamID: 5, value: "")), now: now)
        for id: UInt32 in [1, 4, 5] {
            let action = connection.receive(.frame(Frame(streamID: id, type: .data)), now: now)
            #expect(isNothing(action))
        }
        let action = connection.receive(.frame(Frame(streamID: 7, type: .data)), now: now)
        #expect(code(action) == .invalidArgument)
    }

    @Test("responses and unknown types are ignored", arguments: [2, 0, 9, 255] as [UInt8])
    func otherTypes(type: UInt8) {
        var connection = connection()
        let frame = Frame(streamID: 1, type: FrameType(rawValue: type))
        #expect(isNothing(connection.receive(.frame(frame), now: now)))
    }

    @Test("a negative timeout is over before it begins")
    func negativeTimeout() {
        var connection = connection()
        let frame = requestFrame(
            streamID: 1, method: "Unary", value: "", timeoutNanoseconds: -1)
        #expect(code(connection.receive(.frame(frame), now: now)) == .deadlineExceeded)
        #expect(connection.callsInFlight == 0)
    }

    @Test("no timeout, or one too long, is the longest", arguments: [0, Int64.max])
    func longTimeout(nanoseconds: Int64) throws {
        var connection = connection { $0.timeoutMax = .seconds(3) }
        let frame = requestFrame(
            streamID: 1, method: "Unary", value: "", timeoutNanoseconds: nanoseconds)
        let started = try #require(start(connection.receive(.frame(frame), now: now)))
        #expect(started.deadline == now + .seconds(3))
    }

    @Test("calls in flight are limited, and answered ones count until they end")
    func callsInFlight() throws {
        var connection = connection { $0.callsInFlightMax = 2 }
        for id: UInt32 in [1, 3] {
            let frame = requestFrame(
                streamID: id, method: "Unary", value: "", timeoutNanoseconds: Int64(id))
            #expect(start(connection.receive(.frame(frame), now: now)) != nil)
        }
        #expect(connection.nextDeadline == now + .nanoseconds(1))
        #expect(connection.expire(now: now + .nanoseconds(2)).map(\.streamID) == [1])
        #expect(connection.expire(now: now + .nanoseconds(2)).isEmpty == true)
        #expect(connection.nextDeadline == now + .nanoseconds(3))
        let refused = connection.receive(.frame(unaryRequest(streamID: 5, value: "")), now: now)
        #expect(code(refused) == .resourceExhausted)
        #expect(connection.finish(streamID: 1) == nil)
        let accepted = connection.receive(.frame(unaryRequest(streamID: 7, value: "")), now: now)
        #expect(start(accepted) != nil)
    }

    @Test("requests in flight are limited by their bytes")
    func requestBytes() {
        // A request of n bytes is n + 2 bytes long.
        var connection = connection { $0.receivedSizeMax = 12 }
        func receive(_ streamID: UInt32, _ value: String) -> ServerConnection.Action {
            connection.receive(.frame(unaryRequest(streamID: streamID, value: value)), now: now)
        }
        #expect(start(receive(1, "12345")) != nil)
        #expect(code(receive(3, "1234")) == .resourceExhausted)
        #expect(start(receive(5, "123")) != nil)
        #expect(code(receive(7, "")) == nil, "an empty request has no bytes")
        _ = connection.finish(streamID: 5)
        #expect(start(receive(9, "123")) != nil)
        // An answered call counts until its handler has ended.
        _ = connection.leave(1)
        #expect(code(receive(11, "12345")) == .resourceExhausted)
        _ = connection.finish(streamID: 1)
        #expect(start(receive(13, "12345")) != nil)
    }

    @Test("a peer has its time for a frame and for reading, and no more")
    func patience() {
        var patience = PeerPatience(frameTimeout: .seconds(2), readTimeout: .seconds(3))
        #expect(patience.nextCheck == nil)
        #expect(patience.received(isWithinFrame: false, isNew: true, now: now) == nil)
        #expect(
            patience.received(isWithinFrame: true, isNew: true, now: now) == now + .seconds(2))
        // More of the same frame is no new time, the next frame is.
        let later = now + .seconds(1)
        #expect(patience.received(isWithinFrame: true, isNew: false, now: later) == nil)
        #expect(!patience.isOver(now: later))
        #expect(patience.isOver(now: now + .seconds(2)))
        #expect(
            patience.received(isWithinFrame: true, isNew: true, now: later) == now + .seconds(3))
        #expect(!patience.isOver(now: now + .seconds(2)))
        // One that is not read cannot end its frame.
        #expect(patience.outputWaits(true, now: later) == now + .seconds(4))
        #expect(patience.outputWaits(true, now: now + .seconds(2)) == nil)
        #expect(!patience.isOver(now: now + .seconds(3)))
        #expect(patience.isOver(now: now + .seconds(4)))
        #expect(patience.outputWaits(false, now: now + .seconds(4)) == nil)
        #expect(patience.nextCheck == nil)
    }

    @Test("metadata is limited")
    func metadata() {
        var connection = connection { $0.metadataSizeMax = 20 + 2 * Metadata.entryCost }
        let small = requestFrame(streamID: 1, method: "Unary", value: "", metadata: ["k": "v"])
        #expect(start(connection.receive(.frame(small), now: now)) != nil)
        let many: Metadata = ["k": "v", "l": "v", "m": "v", "n": "v"]
        let large = requestFrame(streamID: 3, method: "Unary", value: "", metadata: many)
        #expect(code(connection.receive(.frame(large), now: now)) == .resourceExhausted)
    }

    @Test("oversize requests are refused by their ids")
    func oversize() {
        var connection = connection()
        let header = FrameHeader(length: 5 << 20, streamID: 3, type: .request)
        #expect(code(connection.receive(.oversize(header), now: now)) == .resourceExhausted)
        #expect(code(connection.receive(.oversize(header), now: now)) == .invalidArgument)
    }

    @Test("another protocol closes the connection")
    func malformed() {
        var connection = connection()
        guard case .close = connection.receive(.malformed, now: now) else {
            Issue.record("not closed")
            return
        }
    }

    @Test(
        "requests that do not decode are refused",
        arguments: [
            "ff", "0a05", "00", "0a01ff120155", "0b", "0c", "1a", "08ffffffffffffffffffff01",
            "2a020aff", "2a030a01ff",
        ])
    func undecodable(hex: String) throws {
        var connection = connection()
        let frame = Frame(
            streamID: 1, type: .request, payload: try #require(ByteBuffer(hex: hex)))
        #expect(code(connection.receive(.frame(frame), now: now)) == .invalidArgument)
    }

    @Test("unknown fields of a request are passed over, groups included")
    func unknownFields() throws {
        var connection = connection()
        var frame = unaryRequest(streamID: 1, value: "a")
        var extra = try #require(ByteBuffer(hex: "3801420161" + "4b53080154" + "4c" + "5d01020304"))
        frame.payload.writeBuffer(&extra)
        #expect(start(connection.receive(.frame(frame), now: now))?.payload.hex == "0a0161")
    }

    @Test("draining refuses new calls and is finished after the last one")
    func drain() {
        var connection = connection()
        _ = connection.receive(.frame(unaryRequest(streamID: 1, value: "")), now: now)
        #expect(connection.drain(now: now) == nil)
        #expect(!connection.isFinished)
        let refused = connection.receive(.frame(unaryRequest(streamID: 3, value: "")), now: now)
        #expect(code(refused) == .unavailable)
        #expect(connection.finish(streamID: 1) != nil)
        #expect(connection.isFinished)
    }

    @Test("closing reports what was not answered, and drops what comes later")
    func close() {
        var connection = connection()
        _ = connection.receive(.frame(unaryRequest(streamID: 1, value: "")), now: now)
        #expect(connection.close().map(\.streamID) == [1])
        #expect(connection.close().isEmpty == true)
        #expect(!connection.isGone)
        #expect(connection.finish(streamID: 1) == nil)
        #expect(connection.isGone)
        #expect(
            isNothing(connection.receive(.frame(unaryRequest(streamID: 3, value: "")), now: now)))
    }
}
