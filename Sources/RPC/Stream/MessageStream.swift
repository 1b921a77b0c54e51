import NIOCore
package import Wire

/// The messages that the peer of a stream sends, in order. One task reads them, once.
package struct MessageStream<Element: Message>: AsyncSequence, Sendable {
    package typealias Failure = RPCError

    private let queue: InboundQueue
    private let grant: @Sendable () -> Void

    /// `grant` tells the connection that the sender has to be granted more.
    init(_ queue: InboundQueue, grant: @escaping @Sendable () -> Void) {
        self.queue = queue
        self.grant = grant
    }

    /// Reads on where the last iterator stopped.
    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(queue: queue, grant: grant)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let queue: InboundQueue
        fileprivate let grant: @Sendable () -> Void

        /// Whether the peer waits while this side is slow to read; without that, falling behind
        /// fails the stream (decision 0006). On a client it is known once the first message is there.
        package var hasWindow: Bool { queue.hasWindow }

        /// The next message; nil after the peer has closed its side. Throws how the stream ended
        /// otherwise, INTERNAL for a message that does not decode.
        package mutating func next() async throws(RPCError) -> Element? {
            try decode(try await queue.next())
        }

        /// A message that is here already; nil where none is, whether or not more will come. For
        /// those who do more with many at once. Throws INTERNAL for one that does not decode.
        package mutating func nextIfReady() throws(RPCError) -> Element? {
            guard let received = queue.nextIfReady() else { return nil }
            return try decode(received)
        }

        private func decode(_ received: InboundQueue.Received) throws(RPCError) -> Element? {
            if received.isGrantDue { grant() }
            guard let bytes = received.message else { return nil }
            do {
                return try Element(serialized: bytes.readableBytesUInt8Span)
            } catch {
                let error = RPCError(.internal, "a message of the stream does not decode: \(error)")
                queue.abort(error)
                throw error
            }
        }

        /// As ``next()``, for the `for try await` statement.
        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(RPCError) -> Element? {
            try await next()
        }
    }
}
