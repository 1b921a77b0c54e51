import NIOCore
import Testing
import Wire

@testable import RPC

@Suite("Envelopes")
struct EnvelopeTests {
    @Test("a tag has five bytes at most", arguments: ["b88080800001", "b8808080800001"])
    func tagOfManyBytes(_ hex: String) throws {
        let frame = try #require(ByteBuffer(hex: hex))
        let isLegal = hex.count == 12
        let request = Result { () throws(RPCError) in
            try RequestEnvelope(frame, routes: RouteTable([("s.S", "M")]), metadataSizeMax: 1024)
        }
        // It names no method.
        guard case .failure(let error) = request else {
            Issue.record("a request without a method has a route")
            return
        }
        #expect(error.code == (isLegal ? .unimplemented : .invalidArgument))
        let reply = ResponseEnvelope.decode(frame)
        #expect(((try? reply.get()) != nil) == isLegal)
    }

    @Test("entries of metadata count, also those that are empty")
    func emptyMetadata() throws {
        let routes = RouteTable([("s.S", "M")])
        var names = ByteBuffer()
        names.writeDelimited(1, "s.S".utf8)
        names.writeDelimited(2, "M".utf8)
        let limit = 10 * Metadata.entryCost
        for count in [10, 11, 100_000] {
            var frame = names
            for _ in 0..<count { frame.writeMultipleIntegers(UInt8(5 << 3 | 2), UInt8(0)) }
            let envelope = Result { () throws(RPCError) in
                try RequestEnvelope(frame, routes: routes, metadataSizeMax: limit)
            }
            switch envelope {
            case .success(let envelope):
                #expect(count == 10)
                #expect(envelope.metadata.count == 10)
                #expect(envelope.route == 0)
            case .failure(let error):
                #expect(count > 10)
                #expect(error.code == .resourceExhausted)
            }
        }
    }

    @Test(
        "a reply is a header, a tag, its length and its bytes",
        arguments: [
            0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152,
        ])
    func replies(size: Int) throws {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        var written = ByteBuffer(string: "before")
        let length = size == 0 ? 0 : 1 + ByteBuffer.varintSize(size) + size
        let isTooLong = !written.writeReplyFrame(
            streamID: 3, payload: payload, sizeMax: length - 1)
        #expect(isTooLong)
        #expect(written == ByteBuffer(string: "before"))
        let fits = written.writeReplyFrame(streamID: 3, payload: payload, sizeMax: length)
        #expect(fits)
        var expected = ByteBuffer(string: "before")
        expected.writeMultipleIntegers(UInt32(length), UInt32(3), UInt8(2), UInt8(0))
        if size > 0 { expected.writeDelimited(2, payload) }
        #expect(written == expected)
        var decoder = FrameDecoder(payloadSizeMax: length)
        written.moveReaderIndex(forwardBy: 6)
        decoder.append(written)
        guard case .frame(let frame) = decoder.next() else {
            Issue.record("no frame of \(length) bytes")
            return
        }
        #expect(try ResponseEnvelope.decode(frame.payload).get() == ByteBuffer(bytes: payload))
    }

    @Test("an error that is too long for a frame loses its details, then the end of its message")
    func longErrors() throws {
        // One character of many scalars, of two bytes each.
        let character = "e" + String(repeating: "\u{301}", count: 3000)
        #expect(character.count == 1)
        for sizeMax in [64, 65, 66, 700, 4096] {
            let error = RPCError(
                .notFound, character, detail: RPCStatus.with { $0.message = "detail" })
            var written = ByteBuffer()
            written.writeErrorFrame(streamID: 1, error: error, sizeMax: sizeMax)
            var decoder = FrameDecoder(payloadSizeMax: sizeMax)
            decoder.append(written)
            guard case .frame(let frame) = decoder.next(),
                case .failure(let again) = ResponseEnvelope.decode(frame.payload)
            else {
                Issue.record("no error within \(sizeMax) bytes")
                continue
            }
            #expect(again.code == .notFound)
            #expect(again.details.isEmpty)
            #expect(!again.message.isEmpty)
            #expect(character.utf8.starts(with: again.message.utf8))
        }
    }
}
