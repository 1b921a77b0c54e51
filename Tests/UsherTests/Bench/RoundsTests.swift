import Testing

@testable import usher

@Suite("Figures of benchmarks")
struct RoundsTests {
    @Test func theOneInTheMiddle() {
        var rounds = Rounds()
        #expect(rounds.median == nil)
        #expect(rounds.text == "–")
        for value in [900.0, 100.2, 101.6] { rounds.add(value) }
        #expect(rounds.median == 101.6)
        #expect(rounds.text == "102")
        #expect(rounds.textWithTenths == "101.6")
    }

    @Test func countsOfTheBookingService() {
        let counts = ServiceMetrics.Counts(
            """
            # TYPE bookings_total counter
            bookings_total{outcome="created"} 320
            bookings_total{outcome="refused"} 7
            # TYPE booking_commits_total counter
            booking_commits_total 20
            """)
        #expect(counts.bookings == 320)
        #expect(counts.commits == 20)
    }
}
