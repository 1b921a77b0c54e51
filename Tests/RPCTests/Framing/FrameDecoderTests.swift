import NIOCore
import RPC
import Testing

@Suite("Frame decoder")
struct FrameDecoderTests {
    private func bytes(_ frame: Frame) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeFrame(frame)
        return buffer
    }

    private let frames = [
        Frame(streamID: 1, type: .request, payload: ByteBuffer(string: "one")),
        Frame(streamID: 3, type: .data, flags: [.remoteClosed, .noData]),
        Frame(
            streamID: .max, type: .response,
            payload: ByteBuffer(repeating: 7, count: FrameHeader.payloadSizeMax)),
        Frame(streamID: 5, type: FrameType(rawValue: 9), payload: ByteBuffer(string: "x")),
    ]

    @Test("a header is ten bytes, big-endian")
    func header() {
        let frame = Frame(
            streamID: 0x0102_0304, type: .data, flags: [.remoteClosed, .noData],
            payload: ByteBuffer(string: "ab"))
        #expect(bytes(frame).hex == "000000020102030403056162")
    }

    @Test(
        "frames survive being cut anywhere",
        arguments: [1, 2, 3, 9, 10, 11, 13, 1000, 65_536, 1 << 30])
    func pieces(size: Int) {
        // Single bytes of 4 MiB take too long and show nothing more.
        let frames = size < 1000 ? frames.filter { $0.payload.readableBytes < 1000 } : frames
        var all = ByteBuffer()
        for frame in frames { all.writeFrame(frame) }
        var decoder = FrameDecoder()
        var decoded: [FrameDecoder.Event] = []
        while let piece = all.readSlice(length: min(size, all.readableBytes)),
            piece.readableBytes > 0
        {
            decoder.append(piece)
            while let event = decoder.next() { decoded.append(event) }
        }
        #expect(decoded == frames.map { .frame($0) })
        #expect(decoder.bufferedBytes == 0)
    }

    @Test(
        "an oversize frame is told once, skipped, and the next one is read", arguments: [1, 4096])
    func oversize(pieceSize: Int) {
        let header = FrameHeader(length: 9000, streamID: 7, type: .request)
        var all = ByteBuffer()
        all.writeFrameHeader(header)
        all.writeRepeatingByte(0xFF, count: 9000)
        all.writeFrame(frames[0])
        var decoder = FrameDecoder(payloadSizeMax: 8999)
        var decoded: [FrameDecoder.Event] = []
        while let piece = all.readSlice(length: min(pieceSize, all.readableBytes)),
            piece.readableBytes > 0
        {
            decoder.append(piece)
            while let event = decoder.next() { decoded.append(event) }
            #expect(decoder.bufferedBytes <= pieceSize + FrameHeader.size + 3)
        }
        #expect(decoded == [.oversize(header), .frame(frames[0])])
    }

    @Test("the limit itself is allowed")
    func limit() {
        var decoder = FrameDecoder(payloadSizeMax: 3)
        decoder.append(bytes(frames[0]))
        #expect(decoder.next() == .frame(frames[0]))
    }

    @Test("a first byte other than 0 is not this protocol, and nothing follows it")
    func malformed() {
        var decoder = FrameDecoder()
        decoder.append(ByteBuffer(string: "G"))
        #expect(decoder.next() == .malformed)
        #expect(decoder.next() == nil)
        decoder.append(bytes(frames[0]))
        #expect(decoder.next() == nil)
    }
}
