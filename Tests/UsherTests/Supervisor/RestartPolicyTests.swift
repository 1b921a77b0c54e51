import Testing

@testable import usher

@Suite("Restart policy")
struct RestartPolicyTests {
    private let settings = RestartPolicy.Settings(
        delayMin: .milliseconds(100), delayMax: .seconds(10), jitter: 0.5,
        healthyAfter: .seconds(30), firstStartsMax: 3)

    private func established() -> RestartPolicy {
        var policy = RestartPolicy(settings: settings)
        policy.becameReady()
        return policy
    }

    @Test("the delay doubles up to its limit, for ever")
    func doubling() {
        var policy = established()
        let delays = (0..<100).map { _ in policy.ended(afterRunning: .zero, chance: 0) }
        let expected = [100, 200, 400, 800].map {
            RestartPolicy.Decision.restart(after: .milliseconds($0))
        }
        #expect(Array(delays[..<4]) == expected)
        #expect(delays[7] == .restart(after: .seconds(10)))
        #expect(delays[99] == .restart(after: .seconds(10)))
    }

    @Test("chance shortens the delay, by the jitter at most", arguments: [0.0, 0.3, 0.999])
    func jitter(chance: Double) {
        var policy = established()
        guard case .restart(let delay) = policy.ended(afterRunning: .zero, chance: chance) else {
            Issue.record("gave up")
            return
        }
        #expect(delay <= .milliseconds(100))
        #expect(delay >= .milliseconds(50))
    }

    @Test("a healthy life makes earlier failures forgotten, a short one does not")
    func forgetting() {
        var policy = established()
        for _ in 0..<5 {
            _ = policy.ended(afterRunning: .seconds(29), chance: 0)
        }
        #expect(policy.failures == 5)
        #expect(
            policy.ended(afterRunning: .seconds(30), chance: 0)
                == .restart(after: .milliseconds(100)))
        #expect(policy.failures == 1)
    }

    @Test("what never worked is given up, however long it lived")
    func givingUp() {
        var policy = RestartPolicy(settings: settings)
        #expect(policy.ended(afterRunning: .seconds(60), chance: 0) != .giveUp)
        #expect(policy.ended(afterRunning: .seconds(60), chance: 0) != .giveUp)
        #expect(policy.ended(afterRunning: .seconds(60), chance: 0) == .giveUp)
    }
}
