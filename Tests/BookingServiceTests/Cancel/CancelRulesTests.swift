import Foundation
import Testing

@testable import BookingService

@Suite("Who may give back what")
struct CancelRulesTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func standing(
        _ state: BookingRules.State = .confirmed, isPaid: Bool = true,
        startsIn seconds: TimeInterval = 100_000, policy: CancelRules.Policy? = nil
    ) -> CancelRules.Standing {
        .init(
            state: state, active: [1: 2_000, 2: 1_999, 3: 0], isPaid: isPaid,
            startsAt: now.addingTimeInterval(seconds), policy: policy)
    }

    private let policy = CancelRules.Policy(untilSeconds: 86_400, feePermille: 100)

    @Test("the organiser gives back everything paid")
    func organiser() throws {
        let all = try CancelRules.decide(standing(), [], by: .organiser, now: now)
        #expect(all == .init(places: [1, 2, 3], isWhole: true, refundMinor: 3_999, feeMinor: 0))
        let part = try CancelRules.decide(standing(), [2], by: .organiser, now: now)
        #expect(part == .init(places: [2], isWhole: false, refundMinor: 1_999, feeMinor: 0))
    }

    @Test("a buyer pays the policy's fee, rounded to their good")
    func fee() throws {
        let part = try CancelRules.decide(standing(policy: policy), [2, 3], by: .buyer, now: now)
        #expect(part == .init(places: [2, 3], isWhole: false, refundMinor: 1_800, feeMinor: 199))
    }

    @Test("a buyer may cancel up to the policy's last second, and not without a policy")
    func closed() throws {
        let last = standing(startsIn: 86_400, policy: policy)
        #expect(try CancelRules.decide(last, [], by: .buyer, now: now).isWhole)
        #expect(throws: CancelRules.Refusal.closed) {
            try CancelRules.decide(
                standing(startsIn: 86_399, policy: policy), [], by: .buyer, now: now)
        }
        #expect(throws: CancelRules.Refusal.closed) {
            try CancelRules.decide(standing(), [], by: .buyer, now: now)
        }
    }

    @Test("what waits for its payment is given back whole, by its buyer at any time")
    func pending() throws {
        let all = try CancelRules.decide(
            standing(.pending, isPaid: false), [], by: .buyer, now: now)
        #expect(all == .init(places: [1, 2, 3], isWhole: true, refundMinor: 0, feeMinor: 0))
        #expect(throws: CancelRules.Refusal.pendingInPart) {
            try CancelRules.decide(standing(.pending, isPaid: false), [1], by: .buyer, now: now)
        }
    }

    @Test("what was not paid here is not returned here")
    func boxOffice() throws {
        let all = try CancelRules.decide(
            standing(isPaid: false), [], by: .organiser, now: now)
        #expect(all.refundMinor == 0 && all.isWhole)
    }

    @Test("neither places nor bookings are given back twice")
    func twice() {
        for state in [BookingRules.State.expired, .cancelled] {
            #expect(throws: CancelRules.Refusal.notActive) {
                try CancelRules.decide(standing(state), [], by: .event, now: now)
            }
        }
        #expect(throws: CancelRules.Refusal.placesNotActive([4])) {
            try CancelRules.decide(standing(), [1, 4], by: .organiser, now: now)
        }
    }
}
