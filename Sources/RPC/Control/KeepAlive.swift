package import NIOCore

/// How a side finds out that its peer is gone without a word.
package struct KeepAliveSettings: Sendable {
    /// After so much silence the peer is asked.
    package var interval: TimeAmount
    /// When it has not said anything for so long after that, the connection is closed.
    package var timeout: TimeAmount

    /// Both times; at least 1 ms each.
    package init(interval: TimeAmount, timeout: TimeAmount) {
        self.interval = max(interval, .milliseconds(1))
        self.timeout = max(timeout, .milliseconds(1))
    }
}

/// When to ask a silent peer, and when to give it up. It is looked at when a timer fires and told
/// of what comes by a flag, so that frames cost no look at the clock: silence is noticed after the
/// interval at the earliest and twice the interval at the latest.
struct KeepAlive {
    enum Step: Equatable {
        case none
        case ping
        case dead
    }

    private let settings: KeepAliveSettings
    private var isAsked = false
    private var hasReceived = false
    /// When to look again.
    private(set) var nextCheck: NIODeadline

    init(_ settings: KeepAliveSettings, now: NIODeadline) {
        self.settings = settings
        nextCheck = now + settings.interval
    }

    /// The peer has said something, whatever.
    mutating func received() {
        hasReceived = true
    }

    mutating func check(now: NIODeadline) -> Step {
        guard now >= nextCheck else { return .none }
        if hasReceived {
            hasReceived = false
            isAsked = false
            nextCheck = now + settings.interval
            return .none
        }
        guard !isAsked else { return .dead }
        isAsked = true
        nextCheck = now + settings.timeout
        return .ping
    }
}

/// Bounds how often a peer may ask: a burst, then one a second.
struct PingBudget {
    static let burst = 10

    private var left = PingBudget.burst
    private var refilledAt: NIODeadline?

    /// False when the peer asks too often.
    mutating func spend(now: NIODeadline) -> Bool {
        let last = refilledAt ?? now
        let earned = (now - last).nanoseconds / 1_000_000_000
        if earned > 0 || refilledAt == nil {
            left = Int(min(Int64(Self.burst), Int64(left) + earned))
            refilledAt = last + .seconds(earned)
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
