import Foundation
import SeatingPlan

/// An event to try the platform with.
struct DemoEvent: Sendable {
    var title: String
    var description: String
    var venue: String
    /// Days from now until its evening.
    var daysAhead: Int
    /// Its seating plan, as JSON.
    var plan: @Sendable () throws -> [UInt8]

    static let timeZone = "Europe/Berlin"

    /// 20:00 at the venue, `daysAhead` days from now.
    func startsAt(now: Date) throws -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: Self.timeZone) ?? .gmt
        guard
            let day = calendar.date(byAdding: .day, value: daysAhead, to: now),
            let evening = calendar.date(bySettingHour: 20, minute: 0, second: 0, of: day)
        else {
            throw StartError("\(title) has no date \(daysAhead) days from now.")
        }
        return evening
    }

    /// From small to large.
    static let all = [
        DemoEvent(
            title: "The Tempest", description: "Shakespeare's last play, with music.",
            venue: "Stadttheater", daysAhead: 14, plan: { try DemoPlans.theatre().json() }),
        DemoEvent(
            title: "Handball: Erfurt – Leipzig", description: "The derby in the full hall.",
            venue: "Riethsporthalle Erfurt", daysAhead: 21,
            plan: { try DemoPlans.riethsporthalle() }),
        DemoEvent(
            title: "Night of the Bands", description: "Six bands, one evening.",
            venue: "Messe-Arena", daysAhead: 35, plan: { try DemoPlans.arena().json() }),
        DemoEvent(
            title: "Cup final", description: "Ninety minutes, perhaps more.",
            venue: "Stadion am Park", daysAhead: 60, plan: { try DemoPlans.stadium().json() }),
    ]
}
