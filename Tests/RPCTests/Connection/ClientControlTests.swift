import NIOCore
import Testing
import Wire

@testable import RPC

/// What ``ClientConnection`` does with servers that have agreed on more than ttrpc.
@Suite("Client connection's extra frames")
struct ClientControlTests {
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000)

    /// A connection that has said Hello on stream 1.
    private func asked(callsMax: Int = 100, keepAlive: KeepAliveSettings? = nil)
        -> ClientConnection<String>
    {
        var connection = ClientConnection<String>(callsInFlightMax: 10, callsMax: callsMax)
        let streamID = connection.startHello(
            window: 70_000, keepAlive: keepAlive, now: now, patience: .seconds(2))
        #expect(streamID == 1)
        return connection
    }

    private func agreed(keepAlive: KeepAliveSettings? = nil) -> ClientConnection<String> {
        var connection = asked(keepAlive: keepAlive)
        guard case .settled = connection.receive(.frame(helloAnswer(streamWindow: 90_000)))
        else {
            Issue.record("not settled")
            return connection
        }
        return connection
    }

    private func isNothing(_ action: ClientConnection<String>.Action) -> Bool {
        if case .none = action { true } else { false }
    }

    private func start(_ connection: inout ClientConnection<String>, _ call: String) -> UInt32 {
        connection.start(
            call, kind: .serverStream, deadline: now + .seconds(60), now: now)
    }

    @Test("calls follow the Hello at once, and it takes no place of theirs")
    func pipelined() {
        var connection = asked(callsMax: 1)
        #expect(connection.agreement == .asked)
        #expect(connection.callsInFlight == 0)
        #expect(connection.hasRoom)
        #expect(start(&connection, "a") == 3)
        #expect(connection.isUsedUp)
    }

    @Test("an OK that names a version agrees on both windows")
    func agreement() {
        #expect(agreed().agreement == .agreed(clientWindow: 70_000, serverWindow: 90_000))
        var open = asked()
        _ = open.receive(.frame(helloAnswer()))
        #expect(open.agreement == .agreed(clientWindow: 70_000, serverWindow: nil))
    }

    @Test(
        "any other answer leaves the connection plain",
        arguments: ["0a02080c", "0a020803", "ff", "", "1202ffff", "12020802"])
    func plain(hex: String) throws {
        var connection = asked()
        let frame = Frame(
            streamID: 1, type: .response, payload: try #require(ByteBuffer(hex: hex)))
        guard case .settled(cancelled: []) = connection.receive(.frame(frame)) else {
            Issue.record("not settled")
            return
        }
        #expect(connection.agreement == .plain)
        #expect(start(&connection, "a") == 3)
        #expect(connection.cancel { _ in true }.isEmpty)
        for type in [FrameType.ping, .goAway, .window] {
            #expect(isNothing(connection.receive(.frame(numberFrame(type, 0)))))
        }
        #expect(connection.hasRoom)
    }

    @Test("a server that answers other calls and not the Hello counts as plain until it does")
    func silent() {
        var connection = asked()
        _ = start(&connection, "a")
        _ = connection.receive(.frame(Frame(streamID: 3, type: .data, flags: .noData)))
        #expect(connection.nextDeadline == now + .seconds(2))
        _ = connection.checkPeer(now: now + .seconds(1))
        #expect(connection.agreement == .asked)
        _ = connection.checkPeer(now: now + .seconds(2))
        #expect(connection.agreement == .plain)
        #expect(connection.nextDeadline == now + .seconds(60))
        _ = connection.receive(.frame(helloAnswer()))
        #expect(connection.agreement.isAgreed)
    }

    @Test("a server that says nothing may have a window, however long it takes")
    func slow() {
        var connection = asked()
        #expect(connection.nextDeadline == now + .seconds(2))
        _ = connection.checkPeer(now: now + .seconds(1))
        #expect(connection.agreement == .asked)
        _ = connection.checkPeer(now: now + .seconds(2))
        #expect(connection.agreement == .asked)
        #expect(connection.nextDeadline == now + .seconds(4))
        _ = connection.receive(.frame(helloAnswer()))
        #expect(connection.agreement.isAgreed)
    }

    @Test("cancelled calls are told to a server that has agreed, those before its answer then")
    func cancel() {
        var connection = asked()
        let early = start(&connection, "early")
        #expect(connection.cancel { $0 == "early" }.isEmpty)
        guard case .settled(let cancelled) = connection.receive(.frame(helloAnswer())) else {
            Issue.record("not settled")
            return
        }
        #expect(cancelled == [early])
        let late = start(&connection, "late")
        #expect(connection.cancel { $0 == "none" }.isEmpty)
        #expect(connection.cancel { $0 == "late" } == [late])
        #expect(connection.cancel { $0 == "late" }.isEmpty)
    }

    @Test("calls cancelled before the answer are remembered within bounds")
    func cancelledBounds() {
        var connection = asked()
        for _ in 0..<50 {
            _ = start(&connection, "a")
            connection.cancel { _ in true }
        }
        guard case .settled(let cancelled) = connection.receive(.frame(helloAnswer())) else {
            Issue.record("not settled")
            return
        }
        #expect(cancelled.count == 10)
    }

    @Test("grants reach their calls")
    func grants() {
        var connection = agreed()
        let streamID = start(&connection, "a")
        guard
            case .grant("a", bytes: 7) = connection.receive(
                .frame(numberFrame(.window, streamID: streamID, 7)))
        else {
            Issue.record("no grant")
            return
        }
        #expect(isNothing(connection.receive(.frame(numberFrame(.window, streamID: 99, 7)))))
        guard case .close = connection.receive(.frame(Frame(streamID: 3, type: .window))) else {
            Issue.record("a grant without a number")
            return
        }
    }

    @Test("go-away gives back what was not taken; the rest goes on")
    func goAway() {
        var connection = agreed()
        _ = start(&connection, "taken")
        _ = start(&connection, "refused")
        guard case .goAway(let refused) = connection.receive(.frame(numberFrame(.goAway, 3)))
        else {
            Issue.record("it stays")
            return
        }
        #expect(refused == ["refused"])
        #expect(!connection.hasRoom)
        #expect(connection.callsInFlight == 1)
        #expect(connection.call(streamID: 3) == "taken")
    }

    @Test("a silent server is asked and given up, if it has agreed")
    func keepAlive() {
        let settings = KeepAliveSettings(interval: .seconds(10), timeout: .seconds(5))
        var connection = agreed(keepAlive: settings)
        #expect(connection.nextDeadline == now + .seconds(10))
        #expect(connection.checkPeer(now: now + .seconds(10)) == .ping)
        #expect(connection.checkPeer(now: now + .seconds(15)) == .dead)
        #expect(connection.close().isEmpty == true)
        #expect(connection.nextDeadline == nil)
        var plain = asked(keepAlive: settings)
        #expect(plain.checkPeer(now: now + .hours(1)) == .none)
    }
}
