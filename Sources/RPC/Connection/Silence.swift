package import NIOCore

/// When a client gives up a server that says nothing at all and was not seen to know pings.
package struct SilenceSettings: Sendable {
    /// So many unary calls in a row ended by their deadlines, and nothing has come since the first
    /// of them was sent. At least one.
    package var callsMax: Int
    /// And so long ago that was: short deadlines alone prove nothing.
    package var timeMin: TimeAmount

    /// Both limits.
    package init(callsMax: Int, timeMin: TimeAmount) {
        self.callsMax = max(callsMax, 1)
        self.timeMin = timeMin
    }
}

/// Counts the calls that a server has left without a word. Anything that it says starts the count
/// again: a slow server that lives is not given up.
struct Silence {
    private let settings: SilenceSettings
    /// Streams below this one were begun before the server last said something.
    private var heardBelow: UInt32 = 0
    private var calls = 0
    /// When the first of them was sent.
    private var since: NIODeadline?

    init(_ settings: SilenceSettings) {
        self.settings = settings
    }

    /// The server has said something, whatever; `nextStreamID` is that of the next call.
    mutating func received(nextStreamID: UInt32) {
        heardBelow = nextStreamID
        calls = 0
        since = nil
    }

    /// A unary call that was sent has ended by its deadline.
    mutating func expired(streamID: UInt32, sentAt: NIODeadline) {
        guard streamID >= heardBelow else { return }
        calls += 1
        since = min(since ?? sentAt, sentAt)
    }

    /// Unary calls have ended by their deadlines before there was room for them: they count behind
    /// one that was sent.
    mutating func expiredWaiting(_ count: Int) {
        if calls > 0 { calls += count }
    }

    /// Whether the server is to be given up.
    func isTooLong(now: NIODeadline) -> Bool {
        guard let since else { return false }
        return calls >= settings.callsMax && now - since >= settings.timeMin
    }
}
