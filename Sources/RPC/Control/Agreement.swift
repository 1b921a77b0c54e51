import Wire

/// What two peers have agreed on beyond ttrpc.
enum Agreement: Equatable, Sendable {
    /// Nothing: no frame may be sent that ttrpc does not know.
    case plain
    /// The client has asked and the server has not answered yet.
    case asked
    /// The extra frames; each side's window of a stream in bytes, nil where it takes any number.
    case agreed(clientWindow: Int?, serverWindow: Int?)

    /// Whether extra frames may be sent.
    var isAgreed: Bool {
        if case .agreed = self { true } else { false }
    }
}

/// A stream's window: how many bytes may be on their way to a reader.
enum StreamWindow {
    /// The smallest one that may be agreed on; so much a client may send on a stream before it
    /// knows the server's answer.
    static let sizeMin = 64 << 10

    /// Bytes of the window that a message takes: an empty one costs its receiver something too.
    static func cost(_ messageSize: Int) -> Int { messageSize + 128 }

    /// As it is announced; nil, where any number is taken, as 0.
    static func announced(_ size: Int?) -> UInt32 {
        size.map { UInt32(clamping: max($0, sizeMin)) } ?? 0
    }

    /// What a peer has announced. One that is too small counts as the smallest.
    static func size(announced: UInt32) -> Int? {
        announced == 0 ? nil : max(Int(announced), sizeMin)
    }
}

/// The receiver's account of one stream's window: what the sender may still send.
struct ReceiveWindow {
    private let size: Int
    private var credit: Int
    /// Read, and not granted again yet.
    private var read: Int

    /// `received` and `read`: what the stream's messages took before the window was known here.
    init(size: Int, received: Int = 0, read: Int = 0) {
        self.size = size
        credit = size - received
        self.read = read
    }

    /// A message has come; false when the sender had no credit left. The last one may be longer
    /// than what was left, so that messages may be longer than the window.
    mutating func receive(_ messageSize: Int) -> Bool {
        guard credit > 0 else { return false }
        credit -= StreamWindow.cost(messageSize)
        return true
    }

    /// A message was read.
    mutating func consume(_ messageSize: Int) {
        read += StreamWindow.cost(messageSize)
    }

    /// Grants come in halves of the window, not for each message.
    var isGrantDue: Bool { read >= size / 2 }

    /// What to grant now.
    mutating func takeGrant() -> Int? {
        guard isGrantDue else { return nil }
        defer { read = 0 }
        credit += read
        return read
    }
}

/// The sender's account of one stream's window.
struct SendWindow {
    /// Nil where the receiver takes any number.
    private var size: Int?
    /// Sent and not granted again; counted without a window too, since it may become known late.
    private var used = 0

    init(size: Int?) {
        self.size = size
    }

    var isOpen: Bool { size.map { used < $0 } ?? true }

    /// Whether there is a window at all.
    var isBounded: Bool { size != nil }

    mutating func take(_ cost: Int) {
        used += cost
    }

    /// A peer that grants without end gets no more than it would without a window.
    mutating func grant(_ bytes: Int) {
        used = max(used - bytes, -1 << 40)
    }

    /// The receiver has told its window; what was sent before counts.
    mutating func settle(size: Int?) {
        self.size = size
    }
}
