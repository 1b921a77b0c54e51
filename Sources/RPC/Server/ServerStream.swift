import NIOCore

/// The handler's end of one stream on a server connection.
final class ServerStream: Sendable {
    let inbound: InboundQueue
    let window: OutboundWindow
    private let streamID: UInt32
    private let link: ServerLink
    private let payloadSizeMax: Int

    /// The windows are those of the connection's ``Agreement``.
    init(
        streamID: UInt32, link: ServerLink, limits: ServerLimits,
        windows: (client: Int?, server: Int?), budget: ByteBudget
    ) {
        self.streamID = streamID
        self.link = link
        payloadSizeMax = limits.payloadSizeMax
        inbound = InboundQueue(
            limits: limits.stream, windowSize: windows.server, budget: budget)
        window = OutboundWindow(
            sizeMax: limits.stream.writtenSizeMax, windowSize: windows.client)
    }

    func send(_ message: [UInt8]) async throws(RPCError) {
        guard message.count <= payloadSizeMax else {
            throw RPCError(
                .resourceExhausted, "a message of \(message.count) bytes fits no frame")
        }
        try await window.reserve(StreamWindow.cost(message.count))
        link.send(streamID, message)
    }

    /// The handler has read so much that the client has to be granted more.
    func grant() {
        link.grant(streamID)
    }

    /// The call was answered, or the connection is gone.
    func end(_ error: RPCError) {
        inbound.abort(error)
        window.close(error)
    }
}
