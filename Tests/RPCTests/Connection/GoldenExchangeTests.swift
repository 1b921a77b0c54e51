import NIOCore
import NIOPosix
import Testing
import Wire

@testable import RPC

/// Every unary step that was recorded with ttrpc-go, against a server on a real socket. The
/// streams' steps are left out of it, as there are no streams yet.
@Suite("Golden exchanges")
struct GoldenExchangeTests {
    private static let unarySteps: Set<String> = [
        "unary", "unary, empty message both ways", "stream id used again", "even stream id",
        "Request that does not decode", "payload that does not decode", "unknown service",
        "unknown method", "unknown frame type", "Data on a stream that never was",
        "deadline of 2 ms passes", "negative deadline", "4 MiB + 1",
    ]

    @Test("our server answers as ttrpc-go does")
    func replay() async throws {
        let steps = try GoldenExchange.load().steps.filter { Self.unarySteps.contains($0.name) }
        #expect(steps.count == Self.unarySteps.count)
        try await withEchoServer { server in
            let peer = try await RawPeer.connect(to: server.path)
            for step in steps {
                for frame in step.send { try await peer.send(frame.frame()) }
                for expected in step.expect {
                    let received = try await peer.receive()
                    try expectEqual(received, expected.frame(), step: step)
                }
            }
            // Nothing was left over, and the connection has lived through it all.
            try await peer.send(unaryRequest(streamID: 101, value: "last"))
            let last = try await peer.receive()
            #expect(last.streamID == 101)
            try await peer.close()
        }
    }

    private func expectEqual(
        _ received: Frame, _ expected: Frame, step: GoldenExchange.Step
    ) throws {
        #expect(received.streamID == expected.streamID, "\(step)")
        #expect(received.type == expected.type, "\(step)")
        #expect(received.flags == expected.flags, "\(step)")
        if step.name == "negative deadline" {
            // ttrpc-go runs the handler; here it does not, as the step's note asks.
            #expect(code(of: received) == .deadlineExceeded)
        } else if let expectedCode = code(of: expected) {
            #expect(code(of: received) == expectedCode, "\(step)")
        } else {
            #expect(received.payload == expected.payload, "\(step)")
        }
    }

    /// The status of a Response; nil for one without.
    private func code(of frame: Frame) -> RPCCode? {
        guard case .failure(let error) = ResponseEnvelope.decode(frame.payload) else { return nil }
        return error.code
    }
}
