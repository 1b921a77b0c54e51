import SeatingPlan

/// Finds seats side by side: those of one row that follow each other in the plan. Pure.
struct SeatPicker {
    let layout: PlanLayout
    /// A letter per place.
    let letters: [UInt8]
    /// Index of the category that seats must have; nil = any.
    let category: Int?

    /// Seats that follow each other, all of them to be had.
    private typealias Run = Range<Int>

    /// Blocks of so many seats, the best first, at most `limit`: those that leave no single seat
    /// alone before those that do, rows in the plan's order, near the middle of their row.
    func blocks(of quantity: Int, limit: Int) -> [[Int]] {
        var good: [[Int]] = []
        var rest: [[Int]] = []
        for (row, runs) in rows() where good.count < limit {
            let middle = Double(row.lowerBound + row.upperBound - 1) / 2
            var inRow: [(distance: Double, block: Range<Int>, leavesOne: Bool)] = []
            for run in runs where run.count >= quantity {
                for start in run.lowerBound...(run.upperBound - quantity) {
                    let block = start..<start + quantity
                    let leavesOne =
                        start - run.lowerBound == 1 || run.upperBound - block.upperBound == 1
                    let distance =
                        (Double(block.lowerBound + block.upperBound - 1) / 2 - middle).magnitude
                    inRow.append((distance, block, leavesOne))
                }
            }
            // Blocks that share seats are of no use to each other: one of them is enough.
            for wantsOne in [false, true] {
                var used: [Range<Int>] = []
                for candidate in inRow.sorted(by: { $0.distance < $1.distance })
                where candidate.leavesOne == wantsOne
                    && !used.contains(where: { $0.overlaps(candidate.block) })
                {
                    used.append(candidate.block)
                    if wantsOne {
                        rest.append(Array(candidate.block))
                    } else {
                        good.append(Array(candidate.block))
                    }
                }
            }
        }
        return Array((good + rest).prefix(limit))
    }

    /// So many seats in as few pieces as the longest runs give; nil where there are not as many.
    func pieces(of quantity: Int) -> [Int]? {
        var seats: [Int] = []
        let runs = rows().flatMap(\.runs).sorted { $0.count > $1.count }
        for run in runs where seats.count < quantity {
            seats += run.prefix(quantity - seats.count)
        }
        return seats.count == quantity ? seats : nil
    }

    /// The rows of the plan, with the runs of seats in them that are to be had.
    private func rows() -> [(row: Range<Int>, runs: [Run])] {
        var rows: [(row: Range<Int>, runs: [Run])] = []
        var start = 0
        while start < layout.seatCount {
            let row = layout.row(at: start)
            var end = start
            var runs: [Run] = []
            while end < layout.seatCount, layout.row(at: end) == row {
                if isToBeHad(end) {
                    if let last = runs.last, last.upperBound == end {
                        runs[runs.count - 1] = last.lowerBound..<end + 1
                    } else {
                        runs.append(end..<end + 1)
                    }
                }
                end += 1
            }
            rows.append((start..<end, runs))
            start = end
        }
        return rows
    }

    /// Free, of the category, and kept for nobody in a wheelchair or with somebody who is.
    private func isToBeHad(_ place: Int) -> Bool {
        place < letters.count && letters[place] == SeatLetter.free.rawValue
            && layout.accessibility(at: place) == nil
            && (category == nil || layout.category(at: place) == category)
    }

    /// The edges of some seats: beside each piece of a row, the seats that it may leave alone.
    static func edges(of seats: [Int], in layout: PlanLayout) -> [SeatEdge] {
        var edges: [SeatEdge] = []
        var pieces: [Range<Int>] = []
        for seat in seats.sorted() {
            if let last = pieces.last, last.upperBound == seat,
                layout.row(at: seat) == layout.row(at: last.lowerBound)
            {
                pieces[pieces.count - 1] = last.lowerBound..<seat + 1
            } else {
                pieces.append(seat..<seat + 1)
            }
        }
        for piece in pieces {
            func beside(_ place: Int) -> Int? {
                layout.row(at: place) == layout.row(at: piece.lowerBound) ? place : nil
            }
            let (left, right) = (beside(piece.lowerBound - 1), beside(piece.upperBound))
            if let left {
                edges.append(SeatEdge(seat: left, beyond: beside(left - 1), other: right))
            }
            if let right {
                edges.append(SeatEdge(seat: right, beyond: beside(right + 1), other: left))
            }
        }
        return edges
    }
}
