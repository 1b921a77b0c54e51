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
            let received = try await queue.next()
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
