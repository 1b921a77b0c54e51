import Foundation
import Testing
import Wire

struct TimestampTests {
    @Test(
        arguments: [
            (0, 0, 0), (1_800_000_000.25, 1_800_000_000, 250_000_000),
            (1_800_000_000.999_999_9, 1_800_000_001, 0), (-0.5, -1, 500_000_000),
            (.infinity, 253_402_300_799, 0), (-.infinity, -62_135_596_800, 0), (.nan, 0, 0),
        ] as [(Double, Int64, Int32)])
    func fromDate(_ interval: Double, _ seconds: Int64, _ nanos: Int32) {
        let time = Timestamp(Date(timeIntervalSince1970: interval))
        #expect(time == Timestamp(seconds: seconds, nanos: nanos))
    }

    @Test func toDateAndBack() {
        let time = Timestamp(seconds: 1_800_000_000, nanos: 123_456_000)
        #expect(Timestamp(time.date) == time)
    }

    @Test(arguments: [Duration.zero, .milliseconds(-1500), .nanoseconds(1), .seconds(86_400)])
    func durations(_ duration: Duration) {
        #expect(ProtoDuration(duration).duration == duration)
    }
}
