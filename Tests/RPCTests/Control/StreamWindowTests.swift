import NIOCore
import Testing

@testable import RPC

@Suite("Stream windows")
struct StreamWindowTests {
    @Test("a sender may exceed the window by one message, then has to wait for a grant")
    func send() {
        var window = SendWindow(size: 1000)
        window.take(999)
        #expect(window.isOpen)
        window.take(5000)
        #expect(!window.isOpen)
        window.grant(4999)
        #expect(!window.isOpen)
        window.grant(1)
        #expect(window.isOpen)
    }

    @Test("without a window nothing is counted")
    func none() {
        var window = SendWindow(size: nil)
        window.take(1 << 40)
        #expect(window.isOpen)
    }

    @Test("what was sent before the answer counts; a plain peer takes any number")
    func settle() {
        var window = SendWindow(size: 100)
        window.take(100)
        #expect(!window.isOpen)
        window.settle(size: 300)
        #expect(window.isOpen)
        window.take(200)
        #expect(!window.isOpen)
        window.settle(size: nil)
        #expect(window.isOpen)
        window.take(100)
        window.settle(size: 400)
        #expect(!window.isOpen, "a late answer counts, and so does what was sent before it")
        window.grant(1)
        #expect(window.isOpen)
    }

    @Test("a receiver grants what was read, in halves, and knows a breach")
    func receive() {
        let message = 1000 - StreamWindow.cost(0)
        var window = ReceiveWindow(size: 4000)
        for _ in 0..<4 { #expect(window.receive(message) == true) }
        #expect(window.receive(0) == false, "no credit was left")
        window.consume(message)
        #expect(!window.isGrantDue)
        #expect(window.takeGrant() == nil)
        window.consume(message)
        #expect(window.takeGrant() == 2000)
        #expect(window.takeGrant() == nil)
        #expect(window.receive(1 << 20) == true, "a message may be longer than the window")
        #expect(window.receive(0) == false)
        window.consume(1 << 20)
        #expect(window.takeGrant() == (1 << 20) + StreamWindow.cost(0))
        #expect(window.receive(message) == true)
    }

    @Test("a sender that keeps to its grants is never refused, and never stuck")
    func together() {
        var sender = SendWindow(size: 65_536)
        var receiver = ReceiveWindow(size: 65_536)
        var unread: [Int] = []
        for round in 0..<20_000 {
            let size = round % 97 == 0 ? 200_000 : round % 1000
            if sender.isOpen {
                sender.take(StreamWindow.cost(size))
                #expect(receiver.receive(size) == true)
                unread.append(size)
            } else {
                // Reading everything must open it again.
                for size in unread { receiver.consume(size) }
                unread = []
                sender.grant(receiver.takeGrant() ?? 0)
                #expect(sender.isOpen)
            }
        }
    }

    @Test("sizes are announced within bounds")
    func announced() {
        #expect(StreamWindow.announced(nil) == 0)
        #expect(StreamWindow.announced(1) == 65_536)
        #expect(StreamWindow.announced(.max) == .max)
        #expect(StreamWindow.size(announced: 0) == nil)
        #expect(StreamWindow.size(announced: 1) == 65_536)
        #expect(StreamWindow.size(announced: 100_000) == 100_000)
    }

    @Test("a queue with a window asks for grants as it is read, and refuses a breach")
    func queue() async throws {
        let queue = InboundQueue(limits: StreamLimits(), windowSize: 10_000)
        let message = ByteBuffer(repeating: 1, count: 5000)
        #expect(queue.push(message))
        #expect(queue.push(message))
        #expect(!queue.push(message))
        let first = try await queue.next()
        #expect(first.isGrantDue)
        let second = try await queue.next()
        #expect(!second.isGrantDue, "it was told already")
        #expect(queue.takeGrant() == 10_256)
        #expect(queue.takeGrant() == nil)
        // Empty messages are bounded too: 10,000 / 128.
        var taken = 0
        while queue.push(ByteBuffer()) { taken += 1 }
        #expect(taken == 79)
    }

    @Test("what has come and was read before a window was known is granted again with it")
    func late() async throws {
        let queue = InboundQueue(limits: StreamLimits())
        let message = ByteBuffer(repeating: 1, count: 5000)
        for _ in 0..<3 { #expect(queue.push(message)) }
        for _ in 0..<2 { #expect(try await queue.next().isGrantDue == false) }
        queue.open(windowSize: 16_000)
        #expect(queue.takeGrant() == 10_256)
        // 15,384 of 16,000 were sent and 10,256 are granted.
        for _ in 0..<3 { #expect(queue.push(message)) }
        #expect(!queue.push(message))
    }

    @Test("a small message does not keep the large buffer that it came in")
    func kept() async throws {
        let queue = InboundQueue(limits: StreamLimits(), windowSize: 65_536)
        var read = ByteBuffer(repeating: 7, count: 60_000)
        let small = read.readSlice(length: 10)
        #expect(queue.push(try #require(small)))
        let kept = try #require(try await queue.next().message)
        #expect(kept == ByteBuffer(repeating: 7, count: 10))
        #expect(kept.storageCapacity < 1000)
    }

    @Test("writers wait for grants, and for a settled window")
    func outbound() async throws {
        let window = OutboundWindow(sizeMax: 1 << 20, windowSize: 100)
        try await window.reserve(100)
        window.release(100)
        // Which of them comes first is not known.
        let written = CounterBox()
        let writers = (0..<2).map { _ in
            Task {
                try await window.reserve(50)
                written.add()
            }
        }
        window.grant(1)
        while written.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(written.count == 1)
        window.settle(windowSize: nil)
        for writer in writers { try await writer.value }
        try await window.reserve(1000)
    }
}
