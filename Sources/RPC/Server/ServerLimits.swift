package import NIOCore

/// What one connection may cost. Every one of these is a hard limit.
package struct ServerLimits: Sendable {
    /// Handlers that run at once for one connection; more are answered RESOURCE_EXHAUSTED.
    package var callsInFlightMax = 1024
    /// Bytes of keys and values of one call's metadata; more is answered RESOURCE_EXHAUSTED.
    package var metadataSizeMax = 16 << 10
    /// Time for a call that names none or a longer one.
    package var timeoutMax: TimeAmount = .minutes(5)
    /// Bytes of replies that may wait for the peer to read them before no more calls are read.
    package var outboundSizeMax = 1 << 20
    /// When a peer that knows pings is asked whether it is still there, and given up; nil = never.
    package var keepAlive: KeepAliveSettings? = KeepAliveSettings(
        interval: .seconds(30), timeout: .seconds(20))
    /// How long a peer that was told to go away may take to close an idle connection.
    package var goAwayWait = TimeAmount.seconds(1)
    /// What each stream may have waiting.
    package var stream = StreamLimits()
    /// Bytes in one frame's payload, both ways.
    package var payloadSizeMax = FrameHeader.payloadSizeMax

    /// The defaults.
    package init() {}
}
