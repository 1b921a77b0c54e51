import NIOCore
import Testing
import Wire

@testable import RPC

/// What ``ServerConnection`` does for peers that have agreed on more than ttrpc.
@Suite("Server connection's extra frames")
struct ServerControlTests {
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func connection(_ change: (inout ServerLimits) -> Void = { _ in }) -> ServerConnection {
        var limits = ServerLimits()
        change(&limits)
        let names = [
            ("bench.Echo", "Unary"), ("bench.Echo", "Down"), ("bench.Echo", "Up"),
            ("usher.rpc.v1.Control", "Hello"),
        ]
        return ServerConnection(
            limits: limits, routes: RouteTable(names),
            kinds: [.unary, .serverStream, .clientStream])
    }

    /// A connection whose peer has said Hello.
    private func agreed(
        streamWindow: UInt32 = 0, _ change: (inout ServerLimits) -> Void = { _ in }
    ) throws -> ServerConnection {
        var connection = connection(change)
        guard
            case .control(.hello(streamID: 1, let response)) = receive(
                &connection, helloFrame(streamWindow: streamWindow))
        else { throw RPCError(.unknown, "no Hello") }
        #expect(response.version == 1)
        #expect(connection.agreement.isAgreed)
        return connection
    }

    private func receive(
        _ connection: inout ServerConnection, _ frame: Frame, after: TimeAmount = .zero
    ) -> ServerConnection.Action {
        connection.receive(.frame(frame), now: now + after)
    }

    private func open(
        _ connection: inout ServerConnection, _ method: String, streamID: UInt32
    ) {
        var frame = requestFrame(streamID: streamID, method: method, value: "a")
        frame.flags = .remoteOpen
        guard case .start = receive(&connection, frame) else {
            Issue.record("not started")
            return
        }
    }

    private func isNothing(_ action: ServerConnection.Action) -> Bool {
        if case .none = action { true } else { false }
    }

    private func rejection(_ action: ServerConnection.Action) -> RPCCode? {
        if case .reject(_, nil, let error) = action { error.code } else { nil }
    }

    @Test("Hello announces windows, which hold for the streams after it")
    func hello() throws {
        var connection = connection { $0.stream.windowSize = 100_000 }
        #expect(connection.streamWindows.client == nil)
        guard
            case .control(.hello(streamID: 1, let response)) = receive(
                &connection, helloFrame(streamWindow: 70_000))
        else {
            Issue.record("no Hello")
            return
        }
        #expect(response.streamWindow == 100_000)
        #expect(connection.streamWindows.client == 70_000)
        #expect(connection.streamWindows.server == 100_000)
        #expect(connection.callsInFlight == 0)
    }

    @Test("Hello must come first, once, and name a version")
    func refusedHello() throws {
        var late = connection()
        open(&late, "Unary", streamID: 1)
        #expect(rejection(receive(&late, helloFrame(streamID: 3))) == .failedPrecondition)
        #expect(!late.agreement.isAgreed)
        var twice = try agreed()
        #expect(rejection(receive(&twice, helloFrame(streamID: 3))) == .failedPrecondition)
        var vague = connection()
        #expect(rejection(receive(&vague, helloFrame(version: 0))) == .invalidArgument)
        #expect(!vague.agreement.isAgreed)
    }

    @Test("a server that does not offer it answers UNIMPLEMENTED")
    func notOffered() {
        var connection = ServerConnection(
            limits: ServerLimits(), routes: RouteTable([("bench.Echo", "Unary")]), kinds: [.unary])
        #expect(rejection(receive(&connection, helloFrame())) == .unimplemented)
    }

    @Test("a plain peer's extra frames mean nothing", arguments: 4...8 as ClosedRange<UInt8>)
    func plain(type: UInt8) {
        var connection = connection()
        open(&connection, "Unary", streamID: 1)
        let frame = Frame(streamID: 1, type: FrameType(rawValue: type))
        #expect(isNothing(receive(&connection, frame)))
        #expect(connection.isOpen(streamID: 1))
    }

    @Test("cancel cancels the handler, once; its place is taken until it has ended")
    func cancel() async throws {
        var connection = try agreed()
        open(&connection, "Unary", streamID: 3)
        let handler = Task<Void, Never> { _ = try? await Task.sleep(for: .seconds(600)) }
        connection.started(streamID: 3, task: handler)
        let frame = Frame(streamID: 3, type: .cancel)
        guard case .control(.cancel(let ended)) = receive(&connection, frame) else {
            Issue.record("not cancelled")
            return
        }
        #expect(ended.streamID == 3)
        await handler.value
        #expect(handler.isCancelled)
        #expect(isNothing(receive(&connection, frame)))
        #expect(connection.callsInFlight == 1)
        #expect(connection.finish(streamID: 3) == nil, "nothing is answered")
        #expect(connection.callsInFlight == 0)
        #expect(isNothing(receive(&connection, Frame(streamID: 99, type: .cancel))))
    }

    @Test("grants reach the streams that are open")
    func grants() throws {
        var connection = try agreed()
        open(&connection, "Down", streamID: 3)
        guard
            case .control(.grant(streamID: 3, bytes: 500)) = receive(
                &connection, numberFrame(.window, streamID: 3, 500))
        else {
            Issue.record("no grant")
            return
        }
        #expect(isNothing(receive(&connection, numberFrame(.window, streamID: 5, 500))))
    }

    @Test("frames that break the agreement close the connection")
    func malformed() throws {
        let long = ByteBuffer(repeating: 0, count: 65)
        for frame in [
            Frame(streamID: 1, type: .ping, payload: long), Frame(streamID: 1, type: .window),
        ] {
            var connection = try agreed()
            guard case .close = receive(&connection, frame) else {
                Issue.record("not closed")
                return
            }
        }
    }

    @Test("pings are answered with their payload; a flood of them closes the connection")
    func pings() throws {
        var connection = try agreed()
        let ping = Frame(streamID: 1, type: .ping, payload: ByteBuffer(string: "12345678"))
        for _ in 0..<PingBudget.burst {
            guard case .control(.pong(let payload)) = receive(&connection, ping) else {
                Issue.record("no pong")
                return
            }
            #expect(payload == ping.payload)
        }
        guard case .close = receive(&connection, ping) else {
            Issue.record("the flood went on")
            return
        }
    }

    @Test("a silent peer is asked and given up; one that is not read is not")
    func keepAlive() throws {
        let settings = KeepAliveSettings(interval: .seconds(10), timeout: .seconds(5))
        var connection = try agreed { $0.keepAlive = settings }
        #expect(connection.nextDeadline == now + .seconds(10))
        #expect(connection.checkPeer(now: now + .seconds(10), isRead: true) == .ping)
        #expect(connection.checkPeer(now: now + .seconds(15), isRead: false) == .none)
        #expect(connection.checkPeer(now: now + .seconds(25), isRead: true) == .ping)
        #expect(connection.checkPeer(now: now + .seconds(30), isRead: true) == .dead)
        _ = connection.close()
        #expect(connection.nextDeadline == nil)
        var never = try agreed { $0.keepAlive = nil }
        #expect(never.nextDeadline == nil)
        #expect(never.checkPeer(now: now + .hours(1), isRead: true) == .none)
    }

    @Test("draining tells the last stream, and waits a moment for the client to go")
    func goAway() throws {
        var connection = try agreed { $0.keepAlive = nil }
        open(&connection, "Unary", streamID: 3)
        #expect(connection.drain(now: now) == 3)
        #expect(rejection(receive(&connection, helloFrame(streamID: 5))) == .unavailable)
        _ = connection.finish(streamID: 3)
        #expect(!connection.isFinished)
        let until = try #require(connection.nextDeadline)
        #expect(until == now + ServerLimits().goAwayWait)
        #expect(connection.checkPeer(now: until, isRead: true) == .none)
        #expect(connection.isFinished)
        var closing = try agreed()
        _ = closing.drain(now: now)
        _ = closing.inputClosed()
        #expect(closing.isFinished, "the client has gone by itself")
    }

    @Test("a method's calls are limited over all connections")
    func methodLimit() {
        let limit = MethodLimit(callsInFlightMax: 2)
        var connections = (0..<2).map { _ in
            ServerConnection(
                limits: ServerLimits(),
                routes: RouteTable([("bench.Echo", "Unary"), ("bench.Echo", "Down")]),
                kinds: [.unary, .serverStream], methodLimits: [limit, nil])
        }
        func start(_ index: Int, _ streamID: UInt32, _ method: String = "Unary") -> RPCCode? {
            let frame = requestFrame(streamID: streamID, method: method, value: "")
            switch connections[index].receive(.frame(frame), now: now) {
            case .start: return .ok
            case .reject(_, let route, let error):
                #expect(route == 0)
                return error.code
            default: return nil
            }
        }
        #expect(start(0, 1) == .ok)
        #expect(start(1, 1) == .ok)
        #expect(start(0, 3) == .resourceExhausted)
        #expect(start(0, 5, "Down") == .ok)
        // Closing does not end a handler.
        _ = connections[1].close()
        #expect(start(0, 7) == .resourceExhausted)
        _ = connections[1].finish(streamID: 1)
        #expect(start(0, 9) == .ok)
        _ = connections[0].finish(streamID: 3)
        #expect(start(0, 11) == .resourceExhausted)
    }
}
