import JSON
import Testing

@testable import ProviderSimulator

@Suite("Test cards")
struct TestCardTests {
    @Test("Every number passes the check digit, as card numbers do", arguments: TestCard.cards.keys)
    func luhn(number: String) {
        let digits = number.utf8.reversed().map { Int($0) - 48 }
        let sum = digits.enumerated().reduce(0) { sum, digit in
            let value = digit.offset % 2 == 0 ? digit.element : digit.element * 2
            return sum + (value > 9 ? value - 9 : value)
        }
        #expect(digits.count == 16)
        #expect(sum % 10 == 0)
    }

    private func charged(_ card: String, _ state: inout LedgerState) throws -> Charge {
        let request = ChargeRequest(
            amountMinor: 5000, currency: "EUR", paymentToken: card, reference: "pay_1")
        guard
            case .new(let charge, let entry) = try state.decide(
                request, key: "pay_1", id: "ch_1", now: "T")
        else { throw ProviderError.invalid("not new") }
        state.apply(entry)
        return charge
    }

    private func refund(_ key: String, _ state: inout LedgerState) throws -> Refund {
        let request = RefundRequest(chargeID: "ch_1", amountMinor: 5000, reference: key)
        switch try state.decide(request, key: key, id: "re_\(key)", now: "T") {
        case .known(let refund): return refund
        case .new(let refund, let entry):
            state.apply(entry)
            return refund
        }
    }

    @Test("A pending charge is captured once, and its key answers with what it has become")
    func pending() throws {
        var state = LedgerState()
        #expect(try charged("4000000007000708", &state).status == .pending)
        #expect(throws: ProviderError.notCaptured) { try refund("r", &state) }
        state.apply(try #require(state.settlement(of: "ch_1")))
        #expect(state.settlement(of: "ch_1") == nil)
        #expect(state.charge(id: "ch_1")?.status == .captured)
        let request = ChargeRequest(
            amountMinor: 5000, currency: "EUR", paymentToken: "4000000007000708",
            reference: "pay_1")
        guard
            case .known(let again) = try state.decide(
                request, key: "pay_1", id: "ch_2", now: "T")
        else {
            Issue.record("charged twice")
            return
        }
        #expect(again.status == .captured)
    }

    @Test("A refund that fails frees its money for another key; the same key fails again")
    func failing() throws {
        var state = LedgerState()
        _ = try charged("4000000007001409", &state)
        #expect(try refund("r.0", &state).status == .failed)
        #expect(try refund("r.0", &state).status == .failed)
        #expect(try refund("r.1", &state).status == .failed)
        #expect(try refund("r.2", &state).status == .succeeded)
        #expect(state.charge(id: "ch_1")?.refundedMinor == 5000)
        #expect(throws: ProviderError.refundTooLarge) { try refund("r.3", &state) }
    }

    @Test("A pending refund keeps its money until it has failed")
    func slowly() throws {
        var state = LedgerState()
        _ = try charged("4000000000005126", &state)
        #expect(try refund("r.0", &state).status == .pending)
        #expect(throws: ProviderError.refundTooLarge) { try refund("r.1", &state) }
        state.apply(try #require(state.settlement(of: "re_r.0")))
        #expect(state.charge(id: "ch_1")?.refundedMinor == 0)
        #expect(try refund("r.1", &state).status == .pending)
    }

    @Test("A cancelled reference is never charged, and a charged one is not cancelled")
    func cancelled() throws {
        var state = LedgerState()
        state.apply(try #require(try state.cancellation(reference: "pay_1")))
        #expect(try state.cancellation(reference: "pay_1") == nil)
        #expect(throws: ProviderError.cancelled) { try charged("4242424242424242", &state) }
        var other = LedgerState()
        _ = try charged("4242424242424242", &other)
        #expect(try other.cancellation(reference: "pay_1") == nil)
        #expect(other.charges(reference: "pay_1").count == 1)
    }

    @Test("Every kind of entry survives its JSON, and so does what is pending")
    func json() throws {
        var state = LedgerState()
        _ = try charged("4000000000005126", &state)
        _ = try refund("r.0", &state)
        state.apply(try #require(state.settlement(of: "re_r.0")))
        _ = try refund("r.1", &state)
        state.apply(try #require(try state.cancellation(reference: "pay_2")))
        state.apply(.chargeSettled(id: "ch_9", .declined, declineCode: "card_declined"))
        var replayed = LedgerState()
        for (_, entry) in state.entries(after: 0, limit: 10) {
            let parsed = try LedgerState.Entry(json: JSONValue(parsing: entry.json.bytes))
            #expect(parsed == entry)
            replayed.apply(parsed)
        }
        #expect(replayed.pending == ["re_r.1"])
        #expect(replayed.charge(id: "ch_1") == state.charge(id: "ch_1"))
    }

    @Test("Webhooks are sent as the card has it")
    func deliveries() {
        let delays = SimulatorDelays()
        func times(_ card: String, isPending: Bool) -> [Duration] {
            TestCard(card).deliveries(isPending: isPending, delays)
        }
        #expect(times("4242424242424242", isPending: false) == [.zero])
        #expect(times("4000000007000906", isPending: false) == [.zero, .zero])
        #expect(times("4000000007001102", isPending: false) == [delays.late])
        #expect(times("4000000007001201", isPending: true) == [])
        // Of a charge that settles after `settle`, the first news come after the last.
        #expect(times("4000000007001003", isPending: false) == [.zero])
        #expect(times("4000000007001003", isPending: true)[0] > delays.settle)
    }
}
