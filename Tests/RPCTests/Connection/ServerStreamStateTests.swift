import NIOCore
import Testing
import Wire

@testable import RPC

/// What ``ServerConnection`` does with the frames of streams.
@Suite("Server connection's streams")
struct ServerStreamStateTests {
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func connection() -> ServerConnection {
        let names = ["Unary", "Down", "Up", "Bidi"].map { (service: "bench.Echo", method: $0) }
        return ServerConnection(
            limits: ServerLimits(), routes: RouteTable(names),
            kinds: [.unary, .serverStream, .clientStream, .bidirectional])
    }

    private func open(
        _ connection: inout ServerConnection, _ method: String, streamID: UInt32 = 1,
        value: String = "", flags: FrameFlags
    ) throws -> ServerConnection.Start {
        var frame = requestFrame(streamID: streamID, method: method, value: value)
        frame.flags = flags
        let action = connection.receive(.frame(frame), now: now)
        guard case .start(let start) = action else {
            throw RPCError(.unknown, "not started: \(action)")
        }
        return start
    }

    private func data(
        _ connection: inout ServerConnection, _ bytes: String = "", streamID: UInt32 = 1,
        flags: FrameFlags = []
    ) -> String {
        let frame = Frame(
            streamID: streamID, type: .data, flags: flags, payload: ByteBuffer(string: bytes))
        return describe(connection.receive(.frame(frame), now: now))
    }

    private func describe(_ action: ServerConnection.Action) -> String {
        switch action {
        case .none: "none"
        case .start: "start"
        case .message(let streamID, let payload): "\(streamID): \(String(buffer: payload))"
        case .endInput(let streamID): "\(streamID): end"
        case .abort(let ended, let error): "\(ended.streamID): abort \(error.code.name)"
        case .reject(let streamID, _, let error): "\(streamID): reject \(error.code.name)"
        case .close: "close"
        default: "control"
        }
    }

    @Test("the method decides the kind, not the request's flags")
    func kinds() throws {
        for flags: FrameFlags in [[], .remoteOpen, [.remoteOpen, .noData]] {
            var connection = connection()
            let up = try open(&connection, "Up", flags: flags)
            #expect(up.kind == .clientStream)
            #expect(up.isInputOpen)
            let down = try open(&connection, "Down", streamID: 3, value: "a", flags: flags)
            #expect(down.kind == .serverStream)
            #expect(!down.isInputOpen)
            #expect(down.payload.hex == "0a0161")
        }
    }

    @Test("a client that closes with its request sends no messages")
    func closedAtOnce() throws {
        var connection = connection()
        #expect(try !open(&connection, "Bidi", flags: .remoteClosed).isInputOpen)
        #expect(data(&connection, "late") == "none")
    }

    @Test("messages, empty ones too, until the close; then nothing more")
    func messages() throws {
        var connection = connection()
        _ = try open(&connection, "Bidi", flags: .remoteOpen)
        #expect(data(&connection, "a") == "1: a")
        #expect(data(&connection, "") == "1: ")
        #expect(data(&connection, "", flags: .noData) == "none")
        #expect(data(&connection, flags: [.remoteClosed, .noData]) == "1: end")
        #expect(data(&connection, "b") == "none")
        #expect(data(&connection, flags: [.remoteClosed, .noData]) == "none")
        #expect(connection.isOpen(streamID: 1))
        #expect(connection.finish(streamID: 1)?.kind == .bidirectional)
        #expect(data(&connection, "c") == "none")
    }

    @Test("a close that carries bytes ends the stream with an error, once")
    func closeWithBytes() throws {
        var connection = connection()
        _ = try open(&connection, "Up", flags: .remoteOpen)
        #expect(data(&connection, "x", flags: .remoteClosed) == "1: abort InvalidArgument")
        #expect(data(&connection, "x", flags: .remoteClosed) == "none")
        #expect(!connection.isOpen(streamID: 1))
        #expect(connection.callsInFlight == 1, "its handler has not ended")
        #expect(connection.finish(streamID: 1) == nil)
        #expect(connection.callsInFlight == 0)
    }

    @Test("data for calls that take none is ignored, above the last id refused")
    func strayData() throws {
        var connection = connection()
        _ = try open(&connection, "Unary", streamID: 3, flags: [])
        _ = try open(&connection, "Down", streamID: 5, flags: .remoteClosed)
        for id: UInt32 in [1, 3, 5] {
            #expect(data(&connection, "a", streamID: id) == "none")
            #expect(
                data(&connection, streamID: id, flags: [.remoteClosed, .noData]) == "none")
        }
        #expect(data(&connection, "a", streamID: 7) == "7: reject InvalidArgument")
    }

    @Test("a message over 4 MiB ends its stream only")
    func oversize() throws {
        var connection = connection()
        _ = try open(&connection, "Up", flags: .remoteOpen)
        _ = try open(&connection, "Up", streamID: 3, flags: .remoteOpen)
        let header = FrameHeader(length: 5 << 20, streamID: 1, type: .data)
        #expect(
            describe(connection.receive(.oversize(header), now: now))
                == "1: abort ResourceExhausted")
        #expect(describe(connection.receive(.oversize(header), now: now)) == "none")
        #expect(data(&connection, "a", streamID: 3) == "3: a")
    }

    @Test("a peer that stops sending leaves its open streams cut")
    func inputClosed() throws {
        var connection = connection()
        _ = try open(&connection, "Up", flags: .remoteOpen)
        _ = try open(&connection, "Down", streamID: 3, flags: .remoteClosed)
        #expect(connection.inputClosed() == [1])
        #expect(connection.inputClosed().isEmpty)
        #expect(!connection.isFinished)
        _ = connection.finish(streamID: 1)
        _ = connection.finish(streamID: 3)
        #expect(connection.isFinished)
    }

    @Test("a stream that is over is not cut again while its handler runs")
    func inputClosedAfterExpiry() throws {
        var connection = connection()
        let start = try open(&connection, "Up", flags: .remoteOpen)
        #expect(connection.expire(now: start.deadline).count == 1)
        #expect(connection.inputClosed().isEmpty)
    }

    @Test("an expired stream wants no more messages")
    func expiry() throws {
        var connection = connection()
        let start = try open(&connection, "Down", flags: .remoteClosed)
        #expect(connection.expire(now: start.deadline).map(\.kind) == [.serverStream])
        #expect(!connection.isOpen(streamID: 1))
    }
}
