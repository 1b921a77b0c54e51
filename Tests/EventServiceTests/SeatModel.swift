@testable import EventService

/// What the seat state promises, written down without Redis: plain values, one step after another.
/// Whether a hold's time is over is said from outside.
struct SeatModel {
    struct Hold {
        let buyer: String
        let places: [Int]
        var state = SeatHold.State.active
        var isLate = false
        /// Places that are still this hold's.
        var owned: Set<Int>
    }

    var letters: [SeatLetter]
    var holds: [String: Hold] = [:]
    var feed: UInt64 = 0

    private mutating func end(_ id: String, _ state: SeatHold.State) {
        guard let hold = holds[id] else { return }
        for place in hold.owned { letters[place] = .free }
        holds[id]?.owned = []
        holds[id]?.state = state
    }

    private func owner(_ place: Int) -> String? {
        holds.first { $0.value.owned.contains(place) }?.key
    }

    private func isLate(_ id: String) -> Bool {
        guard let hold = holds[id] else { return false }
        return hold.isLate && !hold.owned.isEmpty
    }

    mutating func sweep() -> Int {
        let late = holds.keys.filter(isLate)
        for id in late { end(id, .expired) }
        return late.count
    }

    mutating func hold(
        _ id: String, buyer: String, seats: [Int], area: AreaRequest?, placesMax: Int
    ) -> HoldResult {
        for (other, hold) in holds where hold.buyer == buyer && isLate(other) {
            end(other, .expired)
        }
        let live = holds.values.filter { $0.buyer == buyer && !$0.owned.isEmpty }
            .reduce(0) { $0 + $1.places.count }
        guard live + seats.count + (area?.quantity ?? 0) <= placesMax else { return .limit(live) }
        for place in seats {
            if let other = owner(place), isLate(other) { end(other, .expired) }
        }
        var reasons: [Int: SeatLetter] = [:]
        for place in seats where letters[place] != .free { reasons[place] = letters[place] }
        var chosen: [Int] = []
        if let area {
            chosen = choose(area, without: seats)
            if chosen.count < area.quantity, sweep() > 0 { chosen = choose(area, without: seats) }
        }
        guard reasons.isEmpty, chosen.count == area?.quantity ?? 0 else {
            return .unavailable(reasons, area.map { _ in [chosen.count] } ?? [])
        }
        let places = seats + chosen
        for place in places { letters[place] = .held }
        holds[id] = Hold(buyer: buyer, places: places, owned: Set(places))
        return .held(places)
    }

    enum HoldResult: Equatable {
        case held([Int])
        case unavailable([Int: SeatLetter], [Int])
        case limit(Int)
    }

    private func choose(_ area: AreaRequest, without seats: [Int]) -> [Int] {
        let free = (area.first..<area.first + area.count).filter {
            letters[$0] == .free && !seats.contains($0)
        }
        return Array(free.prefix(area.quantity))
    }

    mutating func release(_ id: String) -> ReleaseOutcome {
        guard let hold = holds[id] else { return .released }
        if hold.state == .redeemed, !isLate(id) { return .redeemed }
        if !hold.owned.isEmpty { end(id, .released) }
        return .released
    }

    /// Nil: redeemed now.
    mutating func redeem(_ id: String) -> RedeemOutcome? {
        guard let hold = holds[id] else { return .expired }
        if isLate(id) { end(id, .expired) }
        switch (hold.state, isLate(id) || holds[id]?.state == .expired) {
        case (.lost, _): return .lost
        case (_, true), (.released, _), (.expired, _): return .expired
        case (.redeemed, false): return .redeemedBefore
        case (.active, false):
            for place in hold.owned { letters[place] = .claimed }
            holds[id]?.state = .redeemed
            return nil
        }
    }

    mutating func apply(_ changes: [FeedChange]) {
        var lost: Set<String> = []
        for change in changes {
            let owner = owner(change.place)
            if letters[change.place] == .removed { continue }
            if change.letter == .free, let owner, owner != change.holdID { continue }
            if let owner {
                let isClaim = change.letter == .claimed || change.letter == .sold
                let isRedeemed = holds[owner]?.state == .redeemed
                let isItsOwn =
                    change.holdID.map { $0 == owner } ?? (isClaim && isRedeemed)
                holds[owner]?.owned.remove(change.place)
                if isItsOwn { holds[owner]?.state = .redeemed } else { lost.insert(owner) }
            }
            letters[change.place] = change.letter
        }
        for id in lost { end(id, .lost) }
    }
}
