import ServiceKit
import Testing

@testable import BookingService

@Suite("What money does to a booking")
struct BookingRulesTests {
    private let payment = PaymentID()

    private func standing(
        _ state: BookingRules.State, paidWith: PaymentID? = nil, open: Bool = true
    ) -> BookingRules.Standing {
        .init(
            state: state, totalMinor: 4_000, currency: "EUR", paidWith: paidWith,
            saleIsOpen: open)
    }

    private func capture(_ amount: Int64 = 4_000, _ currency: String = "EUR")
        -> BookingRules.Capture
    {
        .init(payment: payment, amountMinor: amount, currency: currency)
    }

    @Test("a capture of the right amount confirms what waits for it")
    func pending() {
        #expect(BookingRules.outcome(of: capture(), for: standing(.pending)) == .confirm)
        #expect(
            BookingRules.outcome(of: capture(), for: standing(.pending, open: false)) == .confirm)
    }

    @Test("a late capture claims anew while the sale is open, else it goes back")
    func expired() {
        #expect(BookingRules.outcome(of: capture(), for: standing(.expired)) == .reclaim)
        #expect(
            BookingRules.outcome(of: capture(), for: standing(.expired, open: false))
                == .refund(reason: "booking_expired"))
    }

    @Test("money that buys nothing goes back")
    func refunds() {
        #expect(
            BookingRules.outcome(of: capture(), for: standing(.confirmed, paidWith: PaymentID()))
                == .refund(reason: "paid_twice"))
        #expect(
            BookingRules.outcome(of: capture(), for: standing(.cancelled))
                == .refund(reason: "booking_cancelled"))
        for wrong in [capture(3_999), capture(4_001), capture(4_000, "USD")] {
            #expect(
                BookingRules.outcome(of: wrong, for: standing(.pending))
                    == .refund(reason: "wrong_amount"))
            #expect(
                BookingRules.outcome(of: wrong, for: standing(.expired))
                    == .refund(reason: "wrong_amount"))
        }
    }

    @Test("a capture that has had its effect has none again")
    func again() {
        for state in [BookingRules.State.confirmed, .cancelled, .expired] {
            #expect(
                BookingRules.outcome(of: capture(), for: standing(state, paidWith: payment))
                    == .nothing)
        }
    }
}
