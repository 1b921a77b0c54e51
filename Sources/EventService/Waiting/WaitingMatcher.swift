import SeatingPlan

/// Finds places for wishes, one after the other: whoever comes first chooses first, and whose wish
/// cannot be met keeps nobody waiting. Pure.
struct WaitingMatcher {
    let layout: PlanLayout
    /// A letter per place; what was given away is taken.
    private(set) var letters: [UInt8]
    /// Wishes that nothing was found for. What is free only gets less, so they need no second look.
    private var hopeless: Set<WaitingWish> = []

    private static let free = SeatLetter.free.rawValue

    init(layout: PlanLayout, letters: [UInt8]) {
        self.layout = layout
        self.letters = letters
    }

    /// Places that meet a wish, taken from here on; nil where there are none.
    mutating func take(_ wish: WaitingWish) -> [Int]? {
        guard !hopeless.contains(wish) else {
            return nil
        }
        guard let places = find(wish), places.count == wish.places else {
            hopeless.insert(wish)
            return nil
        }
        for place in places {
            letters[place] = SeatLetter.held.rawValue
        }
        return places
    }

    private func find(_ wish: WaitingWish) -> [Int]? {
        var category: Int?
        if !wish.category.isEmpty {
            category = layout.categories.firstIndex { $0.name == wish.category }
            guard category != nil else {
                return nil
            }
        }
        guard wish.wheelchairs == 0 else {
            return accessible(wish, category)
        }
        let picker = SeatPicker(layout: layout, letters: letters, category: category)
        if let block = picker.blocks(of: wish.quantity, limit: 1).first {
            return block
        }
        if let places = standing(wish.quantity, category) {
            return places
        }
        return wish.together ? nil : picker.pieces(of: wish.quantity)
    }

    /// Places of one area, which have no numbers and so are side by side.
    private func standing(_ quantity: Int, _ category: Int?) -> [Int]? {
        for area in layout.areas where category == nil || area.category == category {
            var places: [Int] = []
            for place in area.firstPlace..<area.firstPlace + area.capacity
            where isFree(place) && places.count < quantity {
                places.append(place)
            }
            if places.count == quantity {
                return places
            }
        }
        return nil
    }

    /// Wheelchair places in the plan's order from where the companions' seats are nearest.
    private func accessible(_ wish: WaitingWish, _ category: Int?) -> [Int]? {
        func free(_ kind: PlanSeat.Accessibility) -> [Int] {
            (0..<layout.seatCount).filter {
                isFree($0) && layout.accessibility(at: $0) == kind
                    && (category == nil || layout.category(at: $0) == category)
            }
        }
        let wheelchairs = free(.wheelchair)
        var companions = free(.companion)
        guard wheelchairs.count >= wish.wheelchairs, companions.count >= wish.companions else {
            return nil
        }
        func distance(_ place: Int, to others: some Sequence<Int>) -> Int {
            let row = layout.row(at: place)
            return others.map { other in
                abs(other - place) + (layout.row(at: other) == row ? 0 : layout.placeCount)
            }.min() ?? 0
        }
        let chosen = wheelchairs.sorted { a, b in
            (distance(a, to: companions), a) < (distance(b, to: companions), b)
        }.prefix(wish.wheelchairs).sorted()
        companions.sort { a, b in
            (distance(a, to: chosen), a) < (distance(b, to: chosen), b)
        }
        return chosen + companions.prefix(wish.companions).sorted()
    }

    private func isFree(_ place: Int) -> Bool {
        letters.indices.contains(place) && letters[place] == Self.free
    }
}
