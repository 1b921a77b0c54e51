import Contracts
import Wire

/// The counts of a waiting list, as its organiser sees them.
enum WaitingTally {
    /// Sums up what the list says: by category in the event's order, then those that it does not have
    /// any more, then wishes for any category; nobody's wishes are left out.
    static func response(
        _ counts: [(category: String, state: WaitingStore.State, entries: Int, places: Int)],
        order: [String]
    ) -> EventV1.GetWaitingCountsResponse {
        var total = EventV1.WaitingCounts()
        var categories: [String: EventV1.WaitingCounts] = [:]
        for count in counts {
            add(count.state, count.entries, count.places, to: &total)
            var one = categories[count.category] ?? .with { $0.category = count.category }
            add(count.state, count.entries, count.places, to: &one)
            categories[count.category] = one
        }
        let others = categories.keys.filter { !$0.isEmpty && !order.contains($0) }.sorted()
        return .with {
            $0.total = total
            $0.categories = (order + others + [""]).compactMap { categories[$0] }
        }
    }

    private static func add(
        _ state: WaitingStore.State, _ entries: Int, _ places: Int,
        to counts: inout EventV1.WaitingCounts
    ) {
        let number = UInt32(clamping: entries)
        switch state {
        // An offer that is about to be made may yet come to nothing.
        case .waiting, .offering:
            counts.waiting += number
            counts.placesWanted += UInt32(clamping: places)
        case .offered:
            counts.offered += number
            counts.placesOffered += UInt32(clamping: places)
        case .accepted: counts.accepted += number
        case .expired: counts.expired += number
        case .declined: counts.declined += number
        case .left: counts.left += number
        case .ended: counts.ended += number
        }
    }
}
