import ServiceKit
import Testing

@Suite("Doorbell")
struct DoorbellTests {
    @Test("a ring wakes everybody who waits", .timeLimit(.minutes(1)))
    func ring() async {
        let bell = Doorbell()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { await bell.wait(atMost: .seconds(3_600)) }
            }
            // Waiters may come after a ring: ring until all are through.
            group.addTask {
                while !Task.isCancelled {
                    bell.ring()
                    await Task.yield()
                }
            }
            for _ in 0..<20 {
                await group.next()
            }
            group.cancelAll()
        }
    }

    @Test("nobody rings, or the waiter is cancelled: the wait ends", .timeLimit(.minutes(1)))
    func silence() async {
        let bell = Doorbell()
        await bell.wait(atMost: .milliseconds(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await bell.wait(atMost: .seconds(3_600)) }
            group.cancelAll()
        }
    }

    @Test("a ring between looking and waiting is not missed", .timeLimit(.minutes(1)))
    func between() async {
        let bell = Doorbell()
        let rings = bell.rings
        bell.ring()
        await bell.wait(after: rings, atMost: .seconds(3_600))
    }
}
