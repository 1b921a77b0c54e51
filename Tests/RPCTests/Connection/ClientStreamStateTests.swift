import NIOCore
import Testing
import Wire

@testable import RPC

/// What ``ClientConnection`` makes of a stream's frames.
@Suite("Client connection's streams")
struct ClientStreamStateTests {
    private let deadline = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func open(_ kind: MethodKind) -> ClientConnection<String> {
        var connection = ClientConnection<String>(callsInFlightMax: 10, callsMax: 10)
        _ = connection.start("call", kind: kind, deadline: deadline, now: deadline - .seconds(1))
        return connection
    }

    private func receive(
        _ connection: inout ClientConnection<String>, _ type: FrameType, _ hex: String = "",
        flags: FrameFlags = []
    ) throws -> String {
        let frame = Frame(
            streamID: 1, type: type, flags: flags, payload: try #require(ByteBuffer(hex: hex)))
        return switch connection.receive(.frame(frame)) {
        case .none: "none"
        case .close: "close"
        case .answer(_, .success(let payload)): "answer \(payload.hex)"
        case .answer(_, .failure(let error)): "error \(error.code.name)"
        case .message(_, let payload): "message \(payload.hex)"
        case .end(_, let last): "end \(last?.hex ?? "-")"
        default: "control"
        }
    }

    @Test(
        "messages, empty ones too, until the close",
        arguments: [
            MethodKind.serverStream, .bidirectional,
        ])
    func messages(kind: MethodKind) throws {
        var connection = open(kind)
        #expect(try receive(&connection, .data, "0a") == "message 0a")
        #expect(try receive(&connection, .data) == "message ")
        #expect(try receive(&connection, .data, flags: .noData) == "none")
        #expect(connection.call(streamID: 1) == "call")
        #expect(try receive(&connection, .data, flags: [.remoteClosed, .noData]) == "end -")
        #expect(connection.call(streamID: 1) == nil)
        #expect(try receive(&connection, .data, "0a") == "none")
        #expect(connection.callsInFlight == 0)
    }

    @Test("a server may close with its last message, or with a Response")
    func lastMessage() throws {
        var closing = open(.serverStream)
        #expect(try receive(&closing, .data, "0a", flags: .remoteClosed) == "end 0a")
        var responding = open(.serverStream)
        #expect(try receive(&responding, .response, "12010a") == "end 0a")
        var empty = open(.bidirectional)
        #expect(try receive(&empty, .response) == "end -")
    }

    @Test("a status ends a stream with its error")
    func failure() throws {
        var connection = open(.serverStream)
        #expect(try receive(&connection, .data, "0a") == "message 0a")
        #expect(try receive(&connection, .response, "0a02080a") == "error Aborted")
        #expect(try receive(&connection, .data, "0a") == "none")
    }

    @Test("a client stream gets one answer; data in its place is an error")
    func clientStream() throws {
        var connection = open(.clientStream)
        #expect(try receive(&connection, .response, "12010a") == "answer 0a")
        var wrong = open(.clientStream)
        #expect(try receive(&wrong, .data, "0a") == "error Internal")
    }
}
