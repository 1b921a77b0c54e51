import NIOCore
import NIOPosix
import Testing
import Wire

@testable import RPC

/// Every step that was recorded with ttrpc-go, against a server on a real socket. A step's note
/// says where we answer otherwise on purpose.
@Suite("Golden exchanges")
struct GoldenExchangeTests {
    @Test("our server answers as ttrpc-go does")
    func replay() async throws {
        let steps = try GoldenExchange.load().steps
        #expect(steps.count == 22)
        try await withEchoServer { server in
            let peer = try await RawPeer.connect(to: server.path)
            for step in steps {
                for frame in step.send { try await peer.send(frame.frame()) }
                if step.name == "bidirectional, close frame that carries data" {
                    try await expectOverAfterError(peer, step)
                    continue
                }
                var received: [Frame] = []
                for _ in step.expect { received.append(try await peer.receive()) }
                // Frames of one stream come in order, streams among each other as they like.
                received.sort { $0.streamID < $1.streamID }
                let expected = step.expect.sorted { $0.stream < $1.stream }
                for (received, expected) in zip(received, expected) {
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

    /// ttrpc-go answers the error and then goes on with the stream; here the error is the last
    /// frame, as the step's note asks. The echo of the first message may have come before it.
    private func expectOverAfterError(_ peer: RawPeer, _ step: GoldenExchange.Step) async throws {
        var received = try await peer.receive()
        if received.type == .data {
            try expectEqual(received, step.expect[1].frame(), step: step)
            received = try await peer.receive()
        }
        try expectEqual(received, step.expect[0].frame(), step: step)
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

    /// The status of a Response; nil for one without, and for other frames.
    private func code(of frame: Frame) -> RPCCode? {
        guard frame.type == .response,
            case .failure(let error) = ResponseEnvelope.decode(frame.payload)
        else { return nil }
        return error.code
    }
}
