import NIOCore
import Testing

@testable import RPC

@Suite("Keep-alive")
struct KeepAliveTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let settings = KeepAliveSettings(interval: .seconds(10), timeout: .seconds(5))

    @Test("a silent peer is asked once, and given up when it stays silent")
    func dead() {
        var keepAlive = KeepAlive(settings, now: start)
        #expect(keepAlive.nextCheck == start + .seconds(10))
        #expect(keepAlive.check(now: start + .seconds(9)) == .none)
        #expect(keepAlive.check(now: start + .seconds(10)) == .ping)
        #expect(keepAlive.nextCheck == start + .seconds(15))
        #expect(keepAlive.check(now: start + .seconds(14)) == .none)
        #expect(keepAlive.check(now: start + .seconds(15)) == .dead)
    }

    @Test("a peer that says anything is left alone for another interval")
    func alive() {
        var keepAlive = KeepAlive(settings, now: start)
        keepAlive.received()
        #expect(keepAlive.check(now: start + .seconds(10)) == .none)
        #expect(keepAlive.check(now: start + .seconds(20)) == .ping)
        keepAlive.received()
        #expect(keepAlive.check(now: start + .seconds(25)) == .none)
        #expect(keepAlive.nextCheck == start + .seconds(35))
        #expect(keepAlive.check(now: start + .seconds(35)) == .ping)
    }

    @Test("pings are answered in a burst, then one a second")
    func budget() {
        var budget = PingBudget()
        for _ in 0..<PingBudget.burst { #expect(budget.spend(now: start) == true) }
        #expect(budget.spend(now: start) == false)
        #expect(budget.spend(now: start + .milliseconds(999)) == false)
        #expect(budget.spend(now: start + .seconds(1)) == true)
        #expect(budget.spend(now: start + .seconds(1)) == false)
        for _ in 0..<PingBudget.burst { #expect(budget.spend(now: start + .seconds(3600)) == true) }
        #expect(budget.spend(now: start + .seconds(3600)) == false)
    }
}
