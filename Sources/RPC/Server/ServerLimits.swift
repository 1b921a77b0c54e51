package import NIOCore

/// What one connection may cost. Every one of these is a hard limit.
package struct ServerLimits: Sendable {
    /// Handlers that run at once for one connection; more are answered RESOURCE_EXHAUSTED.
    package var callsInFlightMax = 1024
    /// Bytes of one call's metadata, of which each entry counts 32 more than its key and value; more is
    /// answered RESOURCE_EXHAUSTED.
    package var metadataSizeMax = 16 << 10
    /// Time for a call that names none or a longer one.
    package var timeoutMax: TimeAmount = .minutes(5)
    /// Bytes of replies that may wait for the peer to read them before no more calls are read.
    package var outboundSizeMax = 1 << 20
    /// Bytes of replies that may wait in all: those of the calls that run when no more are read. One that
    /// does not fit is answered RESOURCE_EXHAUSTED instead.
    package var unsentSizeMax = 64 << 20
    /// Bytes of requests whose handlers run, and as many again of streams' messages that wait to be read;
    /// what does not fit fails its call with RESOURCE_EXHAUSTED.
    package var receivedSizeMax = 64 << 20
    /// Time for a frame that has begun; then the connection is closed. 4 MiB in a minute are 70 kB/s.
    package var frameTimeout = TimeAmount.minutes(1)
    /// Time for a peer for which more than ``outboundSizeMax`` waits to read half of that; then the
    /// connection is closed.
    package var readTimeout = TimeAmount.minutes(1)
    /// When a peer that knows pings is asked whether it is still there, and given up; nil = never.
    package var keepAlive: KeepAliveSettings? = KeepAliveSettings(
        interval: .seconds(30), timeout: .seconds(20))
    /// How long a peer that was told to go away may take to close an idle connection. One that lives does
    /// so at once; closed by this side while it still sends, it might not get to read what it was told.
    package var goAwayWait = TimeAmount.seconds(5)
    /// What each stream may have waiting.
    package var stream = StreamLimits()
    /// Bytes in one frame's payload, both ways.
    package var payloadSizeMax = FrameHeader.payloadSizeMax

    /// The defaults.
    package init() {}
}
