import JSON
import Testing

@testable import ProviderSimulator

@Suite("Ledger rules")
struct LedgerStateTests {
    private static let approved = ChargeRequest(
        amountMinor: 5000, currency: "EUR", paymentToken: "4242424242424242", reference: "pay_1")

    private func charged(_ state: inout LedgerState, key: String = "k1") throws -> Charge {
        let decision = try state.decide(Self.approved, key: key, id: "ch_\(key)", now: "T")
        guard case .new(let charge, let entry) = decision else {
            throw ProviderError.invalid("not new")
        }
        state.apply(entry)
        return charge
    }

    private func refund(
        _ state: inout LedgerState, _ amount: Int64?, key: String
    ) throws -> Refund {
        let request = RefundRequest(chargeID: "ch_k1", amountMinor: amount)
        switch try state.decide(request, key: key, id: "re_\(key)", now: "T") {
        case .known(let refund): return refund
        case .new(let refund, let entry):
            state.apply(entry)
            return refund
        }
    }

    @Test(
        "Test cards",
        arguments: [
            ("4242424242424242", nil), ("4000000000000002", "card_declined"),
            ("4000000000009995", "insufficient_funds"), ("4000000000000069", "expired_card"),
            ("1", "incorrect_number"),
        ])
    func cards(token: String, code: String?) {
        #expect(TestCard(token).declineCode == code)
    }

    @Test(
        "The same key and request is the same charge, even after a refund; another request is refused"
    )
    func idempotency() throws {
        var state = LedgerState()
        let charge = try charged(&state)
        _ = try refund(&state, 100, key: "r1")
        guard
            case .known(let again) = try state.decide(
                Self.approved, key: "k1", id: "ch_other", now: "later")
        else {
            Issue.record("charged twice")
            return
        }
        #expect(again == charge)
        let other = ChargeRequest(
            amountMinor: 5001, currency: "EUR", paymentToken: "4242424242424242",
            reference: "pay_1")
        #expect(throws: ProviderError.keyReused) {
            try state.decide(other, key: "k1", id: "x", now: "T")
        }
        #expect(throws: ProviderError.keyReused) {
            try state.decide(
                RefundRequest(chargeID: "ch_k1", amountMinor: 1), key: "k1", id: "x", now: "T")
        }
    }

    @Test("Refunds add up to the charge and no further")
    func refunds() throws {
        var state = LedgerState()
        _ = try charged(&state)
        #expect(try refund(&state, 2000, key: "r1").amountMinor == 2000)
        #expect(try refund(&state, 2000, key: "r1").id == "re_r1")
        #expect(state.charge(id: "ch_k1")?.refundedMinor == 2000)
        #expect(throws: ProviderError.refundTooLarge) { try refund(&state, 3001, key: "r2") }
        #expect(try refund(&state, nil, key: "r3").amountMinor == 3000)
        #expect(throws: ProviderError.refundTooLarge) { try refund(&state, nil, key: "r4") }
        #expect(throws: ProviderError.noSuchCharge) {
            try state.decide(
                RefundRequest(chargeID: "ch_none", amountMinor: 1), key: "r5", id: "x", now: "T")
        }
    }

    @Test("A declined charge cannot be refunded")
    func declined() throws {
        var state = LedgerState()
        let request = ChargeRequest(
            amountMinor: 1, currency: "EUR", paymentToken: "4000000000000002", reference: "p")
        guard
            case .new(let charge, let entry) = try state.decide(
                request, key: "k", id: "ch_k1", now: "T")
        else { return }
        state.apply(entry)
        #expect(charge.status == .declined)
        #expect(throws: ProviderError.notCaptured) { try refund(&state, 1, key: "r") }
    }

    @Test("Entries survive their JSON")
    func json() throws {
        var state = LedgerState()
        _ = try charged(&state)
        _ = try refund(&state, 10, key: "r1")
        _ = try refund(&state, nil, key: "r2")
        var replayed = LedgerState()
        for (_, entry) in state.entries(after: 0, limit: 10) {
            let parsed = try LedgerState.Entry(json: JSONValue(parsing: entry.json.bytes))
            #expect(parsed == entry)
            replayed.apply(parsed)
        }
        #expect(replayed.charge(id: "ch_k1") == state.charge(id: "ch_k1"))
    }
}
