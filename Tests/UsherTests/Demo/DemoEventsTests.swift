import Foundation
import Testing

@testable import usher

@Suite("Demo events")
struct DemoEventsTests {
    @Test("they are in the future, in the evening, each on its day", arguments: DemoEvent.all)
    func dates(event: DemoEvent) throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: DemoEvent.timeZone))
        // Before and after both changes of the clocks.
        for text in ["2026-03-20T23:30:00Z", "2026-10-20T00:10:00Z", "2026-12-31T22:59:00Z"] {
            let now = try Date(text, strategy: .iso8601)
            let start = try event.startsAt(now: now)
            #expect(start > now)
            #expect(calendar.component(.hour, from: start) == 20)
            let days = calendar.dateComponents(
                [.day], from: calendar.startOfDay(for: now), to: calendar.startOfDay(for: start))
            #expect(days.day == event.daysAhead)
        }
    }

    @Test("titles and log-ins are unique")
    func unique() {
        #expect(Set(DemoEvent.all.map(\.title)).count == DemoEvent.all.count)
        let people = DemoPeople().all
        #expect(Set(people.map(\.email)).count == people.count)
    }
}
