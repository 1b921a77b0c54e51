import NIOCore
package import Wire

/// The messages that the peer of a stream sends, in order. One task reads them, once.
package struct MessageStream<Element: Message>: AsyncSequence, Sendable {
    package typealias Failure = RPCError

    private let queue: InboundQueue

    init(_ queue: InboundQueue) {
        self.queue = queue
    }

    /// Reads on where the last iterator stopped.
    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(queue: queue)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let queue: InboundQueue

        /// The next message; nil after the peer has closed its side. Throws how the stream ended
        /// otherwise, INTERNAL for a message that does not decode.
        package mutating func next() async throws(RPCError) -> Element? {
            guard let bytes = try await queue.next() else { return nil }
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
