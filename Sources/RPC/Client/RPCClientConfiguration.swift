package import NIOCore

/// How a client behaves.
package struct RPCClientConfiguration: Sendable {
    /// Time for calls that name none and serve no other call.
    package var timeout = Duration.seconds(10)
    /// Connections to each address.
    package var connectionsPerAddress = 1
    /// Calls at once on one connection; more wait.
    package var callsInFlightMax = 1000
    /// Calls that may wait for one connection; more fail with RESOURCE_EXHAUSTED.
    package var callsWaitingMax = 4096
    /// Calls after which a connection is replaced, long before its stream ids run out.
    package var callsPerConnectionMax = 1 << 24
    /// How long a call waits for a connection before it fails with UNAVAILABLE.
    package var connectWait = TimeAmount.seconds(2)
    /// How long one attempt to connect may take.
    package var connectTimeout = TimeAmount.seconds(2)
    /// Pauses between attempts to connect.
    package var connectBackoff = Backoff()
    /// Whether servers are asked for cancellation, pings, windows and go-away (docs/rpc.md). Those
    /// that do not know them serve as before.
    package var asksForExtension = true
    /// When a server that knows pings is asked whether it is still there, and given up; its calls
    /// then fail with UNAVAILABLE. Nil = never.
    package var keepAlive: KeepAliveSettings? = KeepAliveSettings(
        interval: .seconds(10), timeout: .seconds(10))
    /// When a server that is not asked in this way, or has not said yet whether it knows pings, is
    /// given up. Nil = never.
    package var silence: SilenceSettings? = SilenceSettings(callsMax: 3, timeMin: .seconds(1))
    /// When one of several addresses is left out.
    package var ejection = EjectionSettings()
    /// Attempts for one call, the first included. Only idempotent methods, or calls that were never
    /// sent, are tried again, and only on UNAVAILABLE.
    package var attemptsMax = 3
    /// Pauses between the attempts for one call.
    package var retryBackoff = Backoff()
    /// Retries that may be spent at once; ten successes earn one.
    package var retryBudget = 20
    /// How long running calls may go on after a graceful shutdown began.
    package var drainTimeout = TimeAmount.seconds(10)
    /// What each stream may have waiting.
    package var stream = StreamLimits()
    /// Bytes in one frame's payload, both ways.
    package var payloadSizeMax = FrameHeader.payloadSizeMax
    /// Bytes that may wait for the server to read them before calls wait instead.
    package var outboundSizeMax = 1 << 20
    /// TLS to TCP addresses; nil = they are plain, as unix sockets always are.
    package var tls: ClientTLS?

    /// The defaults.
    package init() {}
}
