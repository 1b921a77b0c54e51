import NIOCore

/// How long a peer may take to finish a frame that it has begun, and to read what waits for it. A
/// connection costs memory and a place among a server's connections meanwhile, whoever keeps it.
struct PeerPatience {
    private let frameTimeout: TimeAmount
    private let readTimeout: TimeAmount
    private var frameDeadline: NIODeadline?
    private var readDeadline: NIODeadline?

    init(frameTimeout: TimeAmount, readTimeout: TimeAmount) {
        self.frameTimeout = frameTimeout
        self.readTimeout = readTimeout
    }

    /// What was received ends within a frame, or not. `isNew` where a frame has ended since the last
    /// time. When to look again, if that was not known.
    mutating func received(isWithinFrame: Bool, isNew: Bool, now: NIODeadline) -> NIODeadline? {
        if isNew || !isWithinFrame { frameDeadline = nil }
        guard isWithinFrame, frameDeadline == nil else { return nil }
        frameDeadline = now + frameTimeout
        return frameDeadline
    }

    /// More waits for the peer than may, or not any more. When to look again, if that was not known.
    mutating func outputWaits(_ waits: Bool, now: NIODeadline) -> NIODeadline? {
        guard waits else {
            readDeadline = nil
            return nil
        }
        // It was not read meanwhile, so that no frame can have ended.
        frameDeadline = nil
        guard readDeadline == nil else { return nil }
        readDeadline = now + readTimeout
        return readDeadline
    }

    /// When to look again.
    var nextCheck: NIODeadline? {
        guard let frameDeadline, let readDeadline else { return frameDeadline ?? readDeadline }
        return min(frameDeadline, readDeadline)
    }

    /// Whether the peer has taken too long.
    func isOver(now: NIODeadline) -> Bool {
        guard let nextCheck else { return false }
        return nextCheck <= now
    }
}
