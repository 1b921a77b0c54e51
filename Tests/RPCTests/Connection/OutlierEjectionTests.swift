import NIOCore
import Testing

@testable import RPC

@Suite("Outlier ejection")
struct OutlierEjectionTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func ejection(addresses: Int = 4) -> OutlierEjection {
        var settings = EjectionSettings()
        settings.failuresMax = 3
        settings.pause = Backoff(initial: .seconds(1), maximum: .seconds(8))
        return OutlierEjection(addresses: addresses, settings: settings)
    }

    private func fail(_ ejection: inout OutlierEjection, _ address: Int, after: TimeAmount = .zero)
    {
        for _ in 0..<3 { ejection.failed(address, now: start + after, random: 1) }
    }

    /// Which of so many idle candidates is chosen.
    private func choose(
        _ ejection: inout OutlierEjection, _ loads: [Int], unreachable: Set<Int> = [],
        offset: Int = 0, after: TimeAmount = .zero
    ) -> OutlierEjection.Choice? {
        let candidates = loads.indices.map {
            OutlierEjection.Candidate(
                address: $0, load: loads[$0], isReachable: !unreachable.contains($0))
        }
        return ejection.choose(candidates, offset: offset, now: start + after, random: 1)
    }

    @Test("the least busy is chosen; equals take turns")
    func leastBusy() {
        var ejection = ejection()
        #expect(choose(&ejection, [2, 1, 3, 1])?.index == 1)
        #expect(choose(&ejection, [2, 1, 3, 1], offset: 2)?.index == 3)
        #expect(choose(&ejection, []) == nil)
        #expect(ejection.isCalm)
    }

    @Test("failures in a row put an address out; one success in between does not")
    func consecutive() {
        var ejection = ejection()
        for _ in 0..<2 {
            ejection.failed(0, now: start, random: 1)
            ejection.failed(0, now: start, random: 1)
            ejection.succeeded(0, now: start)
        }
        #expect(ejection.addressesOut == 0)
        fail(&ejection, 0)
        #expect(ejection.addressesOut == 1)
        #expect(!ejection.isCalm)
        #expect(choose(&ejection, [0, 5, 6, 7])?.index == 1)
    }

    @Test("never more than the share is out, and never the last one", arguments: 1...5)
    func share(addresses: Int) {
        var ejection = ejection(addresses: addresses)
        for address in 0..<addresses { fail(&ejection, address) }
        #expect(ejection.addressesOut == addresses / 2)
        #expect(choose(&ejection, Array(repeating: 0, count: addresses)) != nil)
    }

    @Test("after its time one call probes an address; its success brings it back")
    func probe() {
        var ejection = ejection()
        fail(&ejection, 0)
        #expect(choose(&ejection, [0, 5, 5, 5], after: .milliseconds(999))?.index == 1)
        #expect(choose(&ejection, [9, 5, 5, 5], after: .seconds(1))?.index == 0, "the probe")
        #expect(choose(&ejection, [0, 5, 5, 5], after: .seconds(1))?.index == 1, "one alone")
        ejection.succeeded(0, now: start + .seconds(1))
        #expect(ejection.addressesOut == 0)
        #expect(choose(&ejection, [0, 5, 5, 5], after: .seconds(1))?.index == 0)
        #expect(ejection.isCalm)
    }

    @Test("a probe that fails keeps it out for longer, up to the longest time")
    func growing() {
        var ejection = ejection()
        fail(&ejection, 0)
        var at = TimeAmount.zero
        for pause in [1, 2, 4, 8, 8] as [Int64] {
            #expect(choose(&ejection, [0, 5, 5, 5], after: at)?.index == 1)
            at = at + .seconds(pause)
            #expect(choose(&ejection, [0, 5, 5, 5], after: at)?.index == 0, "\(pause)")
            ejection.failed(0, now: start + at, random: 1)
        }
    }

    @Test("a relapse soon after goes on where it was; later it starts anew")
    func relapse() {
        var ejection = ejection()
        fail(&ejection, 0)
        ejection.succeeded(0, now: start + .seconds(1))
        fail(&ejection, 0, after: .seconds(2))
        #expect(choose(&ejection, [0, 5, 5, 5], after: .milliseconds(3999))?.index == 1)
        #expect(choose(&ejection, [0, 5, 5, 5], after: .seconds(4))?.index == 0)
        ejection.succeeded(0, now: start + .seconds(4))
        fail(&ejection, 0, after: .seconds(20))
        #expect(choose(&ejection, [0, 5, 5, 5], after: .seconds(21))?.index == 0)
    }

    @Test("a probe that never ends is followed by another")
    func lostProbe() {
        var ejection = ejection()
        fail(&ejection, 0)
        #expect(choose(&ejection, [0, 5, 5, 5], after: .seconds(1))?.index == 0)
        #expect(choose(&ejection, [0, 5, 5, 5], after: .milliseconds(1500))?.index == 1)
        #expect(choose(&ejection, [0, 5, 5, 5], after: .seconds(2))?.index == 0)
    }

    @Test("what cannot be reached gets no call while another can, and is connected again")
    func unreachable() {
        var ejection = ejection()
        let down: Set = [0, 1]
        #expect(
            choose(&ejection, [0, 0, 5, 6], unreachable: down)
                == OutlierEjection.Choice(index: 2, reconnects: []))
        #expect(!ejection.isCalm)
        let due = choose(&ejection, [0, 0, 5, 6], unreachable: down, after: .seconds(1))
        #expect(due == OutlierEjection.Choice(index: 2, reconnects: [0, 1]))
        let again = choose(&ejection, [0, 0, 5, 6], unreachable: down, after: .seconds(2))
        #expect(again?.reconnects == [])
        let later = choose(&ejection, [0, 0, 5, 6], unreachable: [1], after: .seconds(3))
        #expect(later == OutlierEjection.Choice(index: 0, reconnects: [1]))
        #expect(choose(&ejection, [1, 0, 5, 6], after: .seconds(3))?.index == 1)
        #expect(ejection.isCalm)
        // When none can be reached, all share the calls.
        #expect(choose(&ejection, [1, 0, 5, 6], unreachable: [0, 1, 2, 3])?.index == 1)
    }
}
