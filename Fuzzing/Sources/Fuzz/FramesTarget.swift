import NIOCore

/// The frame decoder: bytes in pieces give the events that a plain reading of all of them gives.
///
/// An input is a size of pieces (0 = any), a limit, and the bytes of a connection.
enum FramesTarget {
    private static let limits = [0, 16, 300, FrameHeader.payloadSizeMax]

    static func run(_ input: UnsafeRawBufferPointer) {
        guard input.count >= 2 else { return }
        let limit = limits[Int(input[1]) % limits.count]
        let bytes = [UInt8](input[2...])
        let expected = read(bytes, limit: limit)
        var found: [FrameDecoder.Event] = []
        var decoder = FrameDecoder(payloadSizeMax: limit)
        var pieces = Pieces(input[0])
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(pieces.next())
            rest = rest.dropFirst(piece.count)
            decoder.append(ByteBuffer(bytes: piece))
            while let event = decoder.next() { found.append(event) }
            require(
                decoder.bufferedBytes < FrameHeader.size + limit,
                "\(decoder.bufferedBytes) bytes wait, with a limit of \(limit)")
        }
        require(found == expected, "in pieces \(found), at once \(expected)")
        for case .frame(let frame) in found { check(frame) }
    }

    /// Writing gives back what was read, and so it does for what the frame means.
    private static func check(_ frame: Frame) {
        var written = ByteBuffer()
        written.writeFrame(frame)
        require(
            decode(written) == frame, "\(frame) is written as \(Array(written.readableBytesView))")
        guard let control = ControlFrame(frame) else { return }
        var again = ByteBuffer()
        switch control {
        case .ping: again.writePingFrame()
        case .pong: again.writePongFrame(frame.payload)
        case .cancel(let streamID): again.writeCancelFrame(streamID: streamID)
        case .window(let streamID, let bytes):
            again.writeWindowFrame(streamID: streamID, bytes: bytes)
        case .goAway(let last): again.writeGoAwayFrame(lastStreamID: last)
        case .malformed: return
        }
        guard let meant = decode(again).flatMap(ControlFrame.init) else {
            finding("\(control) is written as no frame")
        }
        if case .ping = control {
            require(meant == .ping(ByteBuffer()), "a ping is written as \(meant)")
        } else {
            require(meant == control, "\(control) is written as \(meant)")
        }
    }

    private static func decode(_ bytes: ByteBuffer) -> Frame? {
        var decoder = FrameDecoder()
        decoder.append(bytes)
        guard case .frame(let frame) = decoder.next(), decoder.bufferedBytes == 0 else {
            return nil
        }
        return frame
    }

    /// The same by the book, from all bytes at once.
    private static func read(_ bytes: [UInt8], limit: Int) -> [FrameDecoder.Event] {
        var events: [FrameDecoder.Event] = []
        var rest = bytes[...]
        while let first = rest.first {
            guard first == 0 else { return events + [.malformed] }
            guard rest.count >= FrameHeader.size else { return events }
            let header = Array(rest.prefix(FrameHeader.size))
            let length = number(header[0..<4])
            let type = FrameType(rawValue: header[8])
            let flags = FrameFlags(rawValue: header[9])
            let streamID = UInt32(number(header[4..<8]))
            rest = rest.dropFirst(FrameHeader.size)
            if length > limit {
                events.append(
                    .oversize(
                        FrameHeader(length: length, streamID: streamID, type: type, flags: flags)))
            } else {
                guard rest.count >= length else { return events }
                events.append(
                    .frame(
                        Frame(
                            streamID: streamID, type: type, flags: flags,
                            payload: ByteBuffer(bytes: rest.prefix(length)))))
            }
            rest = rest.dropFirst(length)
        }
        return events
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}

/// Sizes of pieces: all the same, or of chance.
private struct Pieces {
    private let size: Int
    private var state: UInt32 = 1

    init(_ size: UInt8) { self.size = Int(size) }

    mutating func next() -> Int {
        if size > 0 { return size }
        state = state &* 1_664_525 &+ 1_013_904_223
        return Int(state >> 28) + 1
    }
}
