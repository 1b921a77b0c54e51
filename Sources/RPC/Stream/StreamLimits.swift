/// What one stream may have waiting, each way.
package struct StreamLimits: Equatable, Sendable {
    /// Bytes that a peer which knows windows may send before they are read; its writers wait for
    /// more. At least 64 KiB, and a message counts 128 bytes more than it has; nil = no windows.
    package var windowSize: Int? = 256 << 10
    /// Received messages of a plain peer that wait to be read. ttrpc has no window, and a
    /// connection that is not read stands still for all its streams: one more fails the stream with
    /// RESOURCE_EXHAUSTED.
    package var messagesMax = 256
    /// Bytes of them, likewise; a single message may be longer.
    package var sizeMax = 1 << 20
    /// Bytes of messages that were written and wait for the connection; writers wait while it is
    /// more, so that it is exceeded by one message at most.
    package var writtenSizeMax = 64 << 10

    /// The defaults.
    package init() {}
}
