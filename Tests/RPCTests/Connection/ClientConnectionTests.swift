import NIOCore
import Testing

@testable import RPC

@Suite("Client connection")
struct ClientConnectionTests {
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func connection(
        callsInFlightMax: Int = 10, callsMax: Int = 1000
    ) -> ClientConnection<String> {
        ClientConnection(callsInFlightMax: callsInFlightMax, callsMax: callsMax)
    }

    private func response(_ streamID: UInt32, _ hex: String) throws -> FrameDecoder.Event {
        .frame(
            Frame(
                streamID: streamID, type: .response, payload: try #require(ByteBuffer(hex: hex))))
    }

    private func answer(
        _ action: ClientConnection<String>.Action
    ) -> (call: String, code: RPCCode, payload: String)? {
        guard case .answer(let call, let result) = action else { return nil }
        switch result {
        case .success(let payload): return (call, .ok, payload.hex)
        case .failure(let error): return (call, error.code, "")
        }
    }

    @Test("ids are odd and rise; answers find their calls, once")
    func answers() throws {
        var connection = connection()
        #expect(connection.start("a", deadline: now, now: now) == 1)
        #expect(connection.start("b", deadline: now, now: now) == 3)
        let answered = try #require(answer(connection.receive(response(3, "12030a0161"))))
        #expect(answered == ("b", .ok, "0a0161"))
        #expect(answer(connection.receive(try response(3, ""))) == nil)
        #expect(answer(connection.receive(try response(5, ""))) == nil)
        let empty = try #require(answer(connection.receive(response(1, ""))))
        #expect(empty == ("a", .ok, ""))
        #expect(connection.callsInFlight == 0)
    }

    @Test("what a server says wrongly ends its call alone")
    func errors() throws {
        var connection = connection()
        for _ in 0..<4 { _ = connection.start("c", deadline: now, now: now) }
        #expect(answer(connection.receive(try response(1, "0a020805")))?.code == .notFound)
        #expect(answer(connection.receive(try response(3, "ff")))?.code == .internal)
        let data = Frame(streamID: 5, type: .data)
        #expect(answer(connection.receive(.frame(data)))?.code == .internal)
        let header = FrameHeader(length: 5 << 20, streamID: 7, type: .response)
        #expect(answer(connection.receive(.oversize(header)))?.code == .resourceExhausted)
    }

    @Test("calls in flight are limited, and ids end early")
    func limits() {
        var connection = connection(callsInFlightMax: 2, callsMax: 3)
        _ = connection.start("a", deadline: now, now: now)
        #expect(connection.hasRoom)
        _ = connection.start("b", deadline: now, now: now)
        #expect(!connection.hasRoom)
        #expect(!connection.isUsedUp)
        connection.cancel { $0 == "a" }
        #expect(connection.hasRoom)
        #expect(connection.start("c", deadline: now, now: now) == 5)
        #expect(connection.isUsedUp)
        connection.cancel { _ in true }
        #expect(!connection.hasRoom)
    }

    @Test("deadlines take out their calls; late answers are ignored")
    func deadlines() throws {
        var connection = connection()
        _ = connection.start("late", deadline: now + .seconds(2), now: now)
        _ = connection.start("soon", deadline: now + .seconds(1), now: now)
        #expect(connection.nextDeadline == now + .seconds(1))
        #expect(connection.expire(now: now).isEmpty == true)
        #expect(connection.expire(now: now + .seconds(1)) == ["soon"])
        #expect(answer(connection.receive(try response(3, ""))) == nil)
        #expect(connection.close() == ["late"])
        #expect(connection.close().isEmpty == true)
    }
}
