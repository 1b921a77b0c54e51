import NIOCore
import Testing
import Wire

@testable import RPC

/// When ``ClientConnection`` gives up a server that says nothing.
@Suite("Client connection's silence")
struct SilenceTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let settings = SilenceSettings(callsMax: 3, timeMin: .seconds(2))

    private func connection() -> ClientConnection<String> {
        ClientConnection(callsInFlightMax: 10, callsMax: 1000, silence: settings)
    }

    /// Sends a call `at` seconds from the start, which waits a second.
    private func send(
        _ connection: inout ClientConnection<String>, at: Int64, kind: MethodKind = .unary,
        timeout: TimeAmount = .seconds(1)
    ) {
        let now = start + .seconds(at)
        _ = connection.start("\(kind)", kind: kind, deadline: now + timeout, now: now)
    }

    /// Whether the server is given up when the deadlines until then have passed.
    private func isGivenUp(_ connection: inout ClientConnection<String>, at: Int64) -> Bool {
        let now = start + .seconds(at)
        _ = connection.expire(now: now)
        return connection.checkPeer(now: now) == .dead
    }

    @Test("three calls in a row without a word are too many, one after the other or at once")
    func mute() {
        var one = connection()
        for at in 0...2 as ClosedRange<Int64> {
            send(&one, at: at)
            #expect(isGivenUp(&one, at: at + 1) == (at == 2))
        }
        var atOnce = connection()
        for _ in 0..<3 { send(&atOnce, at: 0, timeout: .seconds(5)) }
        #expect(!isGivenUp(&atOnce, at: 4))
        #expect(isGivenUp(&atOnce, at: 5))
    }

    @Test("without the setting nobody is given up")
    func off() {
        var connection = ClientConnection<String>(callsInFlightMax: 10, callsMax: 100)
        for at in 0..<50 as Range<Int64> { send(&connection, at: at) }
        #expect(!isGivenUp(&connection, at: 100))
    }

    @Test("anything that comes starts the count again: calls that were sent before it are no sign")
    func slow() {
        var connection = connection()
        for _ in 0..<9 { send(&connection, at: 0, timeout: .seconds(10)) }
        // Half a frame of an answer that takes long.
        connection.received()
        #expect(!isGivenUp(&connection, at: 10))
        for at in 20..<22 as Range<Int64> {
            send(&connection, at: at)
            #expect(!isGivenUp(&connection, at: at + 1))
        }
        connection.received()
        send(&connection, at: 30)
        #expect(!isGivenUp(&connection, at: 40))
        for at in 41..<43 as Range<Int64> { send(&connection, at: at) }
        #expect(isGivenUp(&connection, at: 44))
    }

    @Test("streams are no sign, however long they wait, but go with the connection")
    func streams() {
        var connection = connection()
        for kind in [MethodKind.serverStream, .clientStream, .bidirectional] {
            send(&connection, at: 0, kind: kind)
        }
        send(&connection, at: 0, kind: .bidirectional, timeout: .hours(1))
        #expect(!isGivenUp(&connection, at: 60))
        // The time counts from the calls, not from the stream.
        for _ in 0..<3 { send(&connection, at: 60) }
        #expect(!isGivenUp(&connection, at: 61))
        send(&connection, at: 61)
        #expect(isGivenUp(&connection, at: 62))
        #expect(connection.close() == ["bidirectional"])
    }

    @Test("many short deadlines prove nothing until they have lasted")
    func short() {
        var connection = connection()
        for _ in 0..<10 { send(&connection, at: 0, timeout: .milliseconds(1)) }
        #expect(!isGivenUp(&connection, at: 1))
        send(&connection, at: 2, timeout: .milliseconds(1))
        #expect(isGivenUp(&connection, at: 3))
    }

    @Test("cancelled calls prove nothing")
    func cancelled() {
        var connection = connection()
        for _ in 0..<10 { send(&connection, at: 0) }
        connection.cancel { _ in true }
        #expect(!isGivenUp(&connection, at: 10))
    }

    @Test("calls that found no room count behind one that was sent")
    func waiting() {
        var connection = connection()
        connection.silence?.expiredWaiting(10)
        #expect(!isGivenUp(&connection, at: 10))
        send(&connection, at: 10)
        #expect(!isGivenUp(&connection, at: 12))
        connection.silence?.expiredWaiting(1)
        #expect(!isGivenUp(&connection, at: 12))
        connection.silence?.expiredWaiting(1)
        #expect(isGivenUp(&connection, at: 12))
        connection.received()
        connection.silence?.expiredWaiting(10)
        #expect(!isGivenUp(&connection, at: 12))
    }

    @Test("a server that has agreed is asked instead, one that has not answered yet is judged")
    func agreed() {
        let keepAlive = KeepAliveSettings(interval: .seconds(10), timeout: .seconds(5))
        var connection = connection()
        _ = connection.startHello(
            window: nil, keepAlive: keepAlive, now: start, patience: .seconds(2))
        var asked = connection
        connection.received()
        _ = connection.receive(.frame(helloAnswer()))
        for _ in 0..<3 {
            send(&connection, at: 0)
            send(&asked, at: 0)
        }
        #expect(!isGivenUp(&connection, at: 9))
        #expect(isGivenUp(&asked, at: 9))
        #expect(connection.checkPeer(now: start + .seconds(10)) == .ping)
        #expect(isGivenUp(&connection, at: 15))
    }
}
