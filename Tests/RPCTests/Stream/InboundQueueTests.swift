import NIOCore
import Testing

@testable import RPC

@Suite("Inbound queue")
struct InboundQueueTests {
    private func queue(messagesMax: Int = 3, sizeMax: Int = 10) -> InboundQueue {
        var limits = StreamLimits()
        limits.messagesMax = messagesMax
        limits.sizeMax = sizeMax
        return InboundQueue(limits: limits)
    }

    private func message(_ count: Int) -> ByteBuffer {
        ByteBuffer(repeating: 7, count: count)
    }

    @Test("messages come in order, then the end, again and again")
    func order() async throws {
        let queue = queue()
        for count in [1, 0, 2] { #expect(queue.push(message(count))) }
        queue.finish()
        queue.finish(RPCError(.aborted, "later"))
        for count in [1, 0, 2] {
            #expect(try await queue.next().message?.readableBytes == count)
        }
        #expect(try await queue.next().message == nil)
        #expect(try await queue.next().message == nil)
    }

    @Test("queues of one connection hold no more than their budget")
    func budget() async throws {
        let budget = ByteBudget(bytesMax: 10)
        let limits = StreamLimits()
        let (a, b) = (
            InboundQueue(limits: limits, budget: budget),
            InboundQueue(limits: limits, windowSize: 1000, budget: budget)
        )
        #expect(a.push(message(6)))
        #expect(!b.push(message(5)))
        #expect(b.push(message(4)))
        #expect(!a.push(message(1)))
        // What is read, or dropped, makes room again, once.
        #expect(try await a.next().message?.readableBytes == 6)
        #expect(b.push(message(3)))
        #expect(a.push(message(3)))
        #expect(a.nextIfReady()?.message?.readableBytes == 3)
        b.abort(RPCError(.cancelled, "over"))
        b.abort(RPCError(.cancelled, "over"))
        #expect(!a.push(message(11)))
        #expect(a.push(message(10)))
        #expect(!a.push(message(1)))
    }

    @Test("what is here already can be had without waiting for more")
    func ready() async throws {
        let queue = queue()
        #expect(queue.nextIfReady()?.message == nil, "nothing came yet")
        for count in [1, 2, 3] { #expect(queue.push(message(count))) }
        #expect(try await queue.next().message?.readableBytes == 1)
        #expect(queue.nextIfReady()?.message?.readableBytes == 2)
        // Room comes back by that too.
        for count in [4, 0] { #expect(queue.push(message(count))) }
        #expect(queue.nextIfReady()?.message?.readableBytes == 3)
        #expect(queue.nextIfReady()?.message?.readableBytes == 4)
        #expect(queue.nextIfReady()?.message?.readableBytes == 0)
        #expect(queue.nextIfReady()?.message == nil)
        queue.finish()
        #expect(queue.nextIfReady()?.message == nil)
        #expect(try await queue.next().message == nil)
    }

    @Test("an error comes after what came before it")
    func failure() async throws {
        let queue = queue()
        #expect(queue.push(message(1)))
        queue.finish(RPCError(.aborted, "no more"))
        #expect(try await queue.next().message != nil)
        await #expect(throws: RPCError(.aborted, "no more")) { try await queue.next() }
    }

    @Test("aborting drops what waits")
    func abort() async {
        let queue = queue()
        #expect(queue.push(message(1)))
        queue.abort(RPCError(.cancelled, "gone"))
        await #expect(throws: RPCError(.cancelled, "gone")) { try await queue.next() }
        #expect(queue.push(message(1)), "what comes late is no overflow")
    }

    @Test("too many messages, or too many bytes, are refused; room comes back by reading")
    func limits() async throws {
        let many = queue(messagesMax: 2)
        #expect(many.push(message(0)))
        #expect(many.push(message(0)))
        #expect(!many.push(message(0)))
        _ = try await many.next()
        #expect(many.push(message(0)))
        let large = queue(sizeMax: 10)
        #expect(large.push(message(50)), "one message always fits")
        #expect(!large.push(message(1)))
        _ = try await large.next()
        #expect(large.push(message(10)))
        #expect(!large.push(message(1)))
    }

    @Test("a reader that waits gets the message, the end, or its own cancellation")
    func waiting() async throws {
        let queue = queue()
        async let first = queue.next()
        await Task.yield()
        #expect(queue.push(message(4)))
        #expect(try await first.message?.readableBytes == 4)

        let reader = Task { try await queue.next() }
        reader.cancel()
        await #expect(throws: RPCError(.cancelled, "the call was cancelled")) {
            try await reader.value
        }
    }
}

@Suite("Outbound window")
struct OutboundWindowTests {
    @Test("writers wait for room, in order; one message may exceed the window")
    func room() async throws {
        let window = OutboundWindow(sizeMax: 10)
        try await window.reserve(9)
        try await window.reserve(100)
        let waiting = Task { try await window.reserve(1) }
        let after = Task { try await window.reserve(1) }
        window.release(9)
        window.release(95)
        try await waiting.value
        try await after.value
        let blocked = Task { try await window.reserve(20) }
        window.release(6)
        try await blocked.value
    }

    @Test("a cancelled writer leaves, and takes no room")
    func cancelled() async throws {
        let window = OutboundWindow(sizeMax: 1)
        try await window.reserve(1)
        let writer = Task { try await window.reserve(1) }
        writer.cancel()
        await #expect(throws: RPCError(.cancelled, "the call was cancelled")) {
            try await writer.value
        }
        window.release(1)
        try await window.reserve(1)
    }

    @Test("closing fails those that wait and those that come, with the first reason")
    func close() async throws {
        let window = OutboundWindow(sizeMax: 1)
        try await window.reserve(1)
        let writer = Task { try await window.reserve(1) }
        await Task.yield()
        window.close(RPCError(.unavailable, "gone"))
        window.close(RPCError(.aborted, "later"))
        await #expect(throws: RPCError(.unavailable, "gone")) { try await writer.value }
        await #expect(throws: RPCError(.unavailable, "gone")) { try await window.reserve(1) }
    }
}
