import NIOCore
import Testing
import Wire

@testable import RPC

/// Peers that mean harm, or are broken: each is bounded, and the others on that server notice
/// nothing.
@Suite("Hostile peers", .timeLimit(.minutes(5)))
struct HostilePeerTests {
    /// Calls go well on a connection of its own.
    private func expectOthersUnharmed(_ server: EchoServer, calls: Int = 200) async throws {
        let client = patientClient(server.address)
        for index in 0..<calls {
            let reply = try await client.call(
                EchoService.yielding, StringValue("\(index)"), timeout: .seconds(120))
            #expect(reply.value == "\(index)")
        }
        await client.close()
    }

    private func streamRequest(_ streamID: UInt32, _ method: String) -> Frame {
        var frame = requestFrame(streamID: streamID, method: method, value: "")
        frame.flags = .remoteOpen
        return frame
    }

    @Test("one that sends a byte at a time is served like any other")
    func drip() async throws {
        try await withEchoServer { server in
            let peer = try await RawPeer.connect(to: server.path)
            var bytes = ByteBuffer()
            bytes.writeFrame(unaryRequest(streamID: 1, value: "drop by drop"))
            async let others: Void = expectOthersUnharmed(server)
            while let byte = bytes.readSlice(length: 1) {
                try await peer.send(byte)
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(try await peer.receive().streamID == 1)
            try await others
            try await peer.close()
        }
    }

    @Test("one that begins a frame and does not end it loses its connection")
    func unfinishedFrame() async throws {
        var configuration = RPCServerConfiguration()
        configuration.limits.frameTimeout = .milliseconds(100)
        try await withEchoServer(configuration: configuration) { server in
            for length in [1, FrameHeader.size, FrameHeader.size + 3] {
                let peer = try await RawPeer.connect(to: server.path)
                var bytes = ByteBuffer()
                bytes.writeFrame(unaryRequest(streamID: 1, value: "whole"))
                let whole = bytes
                bytes.writeFrame(unaryRequest(streamID: 3, value: "in part"))
                bytes.moveWriterIndex(to: whole.writerIndex + length)
                try await peer.send(bytes)
                #expect(try await peer.receive().streamID == 1)
                await #expect(throws: RawPeer.Closed.self) { try await peer.receive() }
            }
            try await expectOthersUnharmed(server)
        }
    }

    @Test("one that never reads gets so many replies as may wait, and an error for the others")
    func neverReads() async throws {
        var configuration = RPCServerConfiguration()
        configuration.limits.outboundSizeMax = 64 << 10
        configuration.limits.unsentSizeMax = 1 << 20
        let gate = Gate()
        let count = 200
        try await withEchoServer(configuration: configuration, interceptors: [gate]) { server in
            let peer = try await RawPeer.connect(to: server.path, autoRead: false)
            var bytes = ByteBuffer()
            for index in 0..<UInt32(count) {
                bytes.writeFrame(
                    requestFrame(streamID: index * 2 + 1, method: "Large", value: "50000"))
            }
            try await peer.send(bytes)
            // All are suspended: when they end, it is too late to stop reading.
            while gate.waiting.count < count { try await Task.sleep(for: .milliseconds(5)) }
            gate.open()
            while gate.ended.count < count { try await Task.sleep(for: .milliseconds(5)) }
            try await expectOthersUnharmed(server)
            try await peer.startReading()
            var codes: [RPCCode: Int] = [:]
            var answered: Set<UInt32> = []
            for _ in 0..<count {
                let frame = try await peer.receive()
                answered.insert(frame.streamID)
                switch ResponseEnvelope.decode(frame.payload) {
                case .success: codes[.ok, default: 0] += 1
                case .failure(let error): codes[error.code, default: 0] += 1
                }
            }
            #expect(answered.count == count)
            #expect(Set(codes.keys) == [.ok, .resourceExhausted])
            // 1 MiB, what the channel and the socket hold, and some that ended late: far from 10 MB.
            #expect(codes[.ok, default: 0] < count / 2)
            try await peer.close()
        }
    }

    @Test("one that never reads is not read either, and loses its connection in time")
    func neverReadsForLong() async throws {
        var configuration = RPCServerConfiguration()
        configuration.limits.outboundSizeMax = 64 << 10
        configuration.limits.readTimeout = .seconds(1)
        let gate = Gate()
        try await withEchoServer(configuration: configuration, interceptors: [gate]) { server in
            let peer = try await RawPeer.connect(to: server.path, autoRead: false)
            try await peer.send(requestFrame(streamID: 1, method: "Sleep", value: ""))
            let taken = CounterBox()
            let megabyte = String(repeating: "a", count: 1 << 20)
            for index in 1...UInt32(64) {
                var bytes = ByteBuffer()
                bytes.writeFrame(unaryRequest(streamID: index * 2 + 1, value: megabyte))
                peer.post(bytes) { taken.add() }
            }
            try await expectOthersUnharmed(server, calls: 50)
            while gate.awake.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(taken.count < 16, "what the sockets hold, and one or two that were read")
            try? await peer.close()
        }
    }

    @Test("one that opens streams without end gets as many as a connection may have")
    func endlessStreams() async throws {
        try await withEchoServer { server in
            let peer = try await RawPeer.connect(to: server.path)
            let limit = ServerLimits().callsInFlightMax
            var bytes = ByteBuffer()
            for index in 0..<UInt32(limit + 500) {
                bytes.writeFrame(streamRequest(index * 2 + 1, "Up"))
            }
            try await peer.send(bytes)
            for _ in 0..<500 {
                let frame = try await peer.receive()
                #expect(frame.streamID > UInt32(limit * 2))
                guard case .failure(let error) = ResponseEnvelope.decode(frame.payload) else {
                    Issue.record("stream \(frame.streamID) was accepted")
                    continue
                }
                #expect(error.code == .resourceExhausted)
            }
            try await expectOthersUnharmed(server)
            // A stream that ends makes room for another one.
            try await peer.send(
                Frame(streamID: 1, type: .data, flags: [.remoteClosed, .noData]))
            #expect(try await peer.receive().streamID == 1)
            try await peer.send(unaryRequest(streamID: 100_001, value: ""))
            #expect(try await peer.receive().streamID == 100_001)
            try await peer.close()
        }
    }

    @Test("one that announces 4 GiB is cut off at once")
    func fourGibibytes() async throws {
        try await withEchoServer { server in
            let peer = try await RawPeer.connect(to: server.path)
            var bytes = ByteBuffer()
            bytes.writeInteger(UInt32.max)
            bytes.writeInteger(UInt32(1))
            bytes.writeInteger(UInt16(0x0100))
            try await peer.send(bytes)
            await #expect(throws: RawPeer.Closed.self) { try await peer.receive() }
            try await expectOthersUnharmed(server)
        }
    }

    @Test("one that floods a method which does not read loses that stream")
    func flooding() async throws {
        try await withEchoServer { server in
            let peer = try await RawPeer.connect(to: server.path)
            try await peer.send(streamRequest(1, "Deaf"))
            var bytes = ByteBuffer()
            for _ in 0..<10_000 {
                bytes.writeFrame(
                    Frame(
                        streamID: 1, type: .data,
                        payload: ByteBuffer(repeating: 0, count: 1000)))
            }
            peer.post(bytes)
            let frame = try await peer.receive()
            #expect(frame.streamID == 1)
            guard case .failure(let error) = ResponseEnvelope.decode(frame.payload) else {
                Issue.record("the flood was taken")
                return
            }
            #expect(error.code == .resourceExhausted)
            // What came after it was dropped, and the connection is as good as before.
            try await peer.send(unaryRequest(streamID: 3, value: "a"))
            #expect(try await peer.receive().streamID == 3)
            try await expectOthersUnharmed(server)
            try await peer.close()
        }
    }
}
