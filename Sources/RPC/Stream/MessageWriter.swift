package import Wire

/// Sends the messages of a server's side of a stream; the side ends when the handler returns.
package struct ResponseWriter<Response: Message>: Sendable {
    private let stream: ServerStream

    init(_ stream: ServerStream) {
        self.stream = stream
    }

    /// Sends a message, after those that this task has written before. Waits while the client is
    /// slow to read (``StreamLimits``). Throws why the stream is over, or
    /// RESOURCE_EXHAUSTED for a message that fits no frame.
    package func write(_ message: Response) async throws(RPCError) {
        try await stream.send(message.serialized())
    }
}

/// Sends the messages of a client's side of a stream.
package struct RequestWriter<Request: Message>: Sendable {
    private let call: ClientCall
    private let link: ClientLink
    private let payloadSizeMax: Int

    init(_ call: ClientCall, link: ClientLink, payloadSizeMax: Int) {
        self.call = call
        self.link = link
        self.payloadSizeMax = payloadSizeMax
    }

    /// Sends a message, after those that this task has written before. Waits for the connection,
    /// and while the server is slow to read. Throws why the stream is over, or RESOURCE_EXHAUSTED
    /// for a message that fits no frame.
    package func write(_ message: Request) async throws(RPCError) {
        let bytes: [UInt8] = message.serialized()
        guard bytes.count <= payloadSizeMax else {
            throw RPCError(.resourceExhausted, "a message of \(bytes.count) bytes fits no frame")
        }
        try await call.write(bytes)
        link.hasWrites(call)
    }

    /// Tells the server that no more messages come. Further ones throw.
    package func finish() {
        call.finishWriting()
        link.hasWrites(call)
    }
}
