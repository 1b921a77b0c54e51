import Testing

@testable import EventService

/// Random steps on a real Redis and on the model: both answer the same, and the numbered changes
/// lead from the first snapshot to the last. A failing seed is in the test's name.
@Suite struct SeatStateModelTests {
    struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }

    /// One run: the state, its model, and what was handed out.
    struct Run {
        static let seatCount = 12
        static let area = AreaRequest(first: 12, count: 8, quantity: 1)

        let fixture: SeatStateFixture
        let generation: SeatGeneration
        var random: Seeded
        var model: SeatModel
        var handed: [SeatHold] = []

        init(seed: UInt64) async throws {
            fixture = try SeatStateFixture()
            random = Seeded(state: seed)
            let letters = "ffffffffffxb" + "ffffffff"
            generation = try await fixture.install(letters)
            model = SeatModel(letters: letters.utf8.compactMap { SeatLetter(rawValue: $0) })
        }

        mutating func chance(_ percent: Int) -> Bool {
            Int.random(in: 0..<100, using: &random) < percent
        }

        mutating func someHold() -> SeatHold? {
            handed.suffix(8).randomElement(using: &random)
        }

        mutating func step() async throws {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<45: try await hold()
            case 45..<55: try await release()
            case 55..<70: try await redeem()
            case 70..<92: try await feed()
            default:
                let count = try await fixture.seats.sweep(event: fixture.event, limit: 1_000)
                #expect(count == model.sweep())
            }
            let snapshot = try await fixture.seats.snapshot(event: fixture.event)
            #expect(snapshot.letters == model.letters.map(\.rawValue))
            #expect(snapshot.freePlaces == model.letters.count { $0 == .free })
        }

        private mutating func hold() async throws {
            let buyer = "usr_\(Int.random(in: 0..<4, using: &random))"
            var pool = Array(0..<Self.seatCount + 3).shuffled(using: &random)
            pool.removeLast(pool.count - Int.random(in: 1...4, using: &random))
            let quantity = Int.random(in: 1...4, using: &random)
            let wantsArea = chance(50)
            let area =
                wantsArea
                ? AreaRequest(first: Self.area.first, count: Self.area.count, quantity: quantity)
                : nil
            let isShort = chance(30)
            let request = fixture.request(
                pool, areas: area.map { [$0] } ?? [], buyer: buyer,
                ttl: isShort ? .milliseconds(1) : .seconds(600), placesMax: 8)
            let expected = model.hold(
                request.holdID, buyer: buyer, seats: pool, area: area, placesMax: 8)
            let outcome = try await fixture.seats.hold(event: fixture.event, request)
            switch outcome {
            case .held(let hold, let version):
                #expect(expected == .held(hold.places))
                #expect(version.generation == generation)
                handed.append(hold)
                if isShort { try await passDeadline(hold.holdID, hold.deadlineMs) }
            case .unavailable(let seats, let areas):
                #expect(expected == .unavailable(seats.compactMapValues { $0 }, areas))
            case .limitReached(let live):
                #expect(expected == .limit(live))
            case .replayed, .leavesAlone, .ended:
                Issue.record("a new hold is none of these: \(outcome)")
            }
        }

        private mutating func release() async throws {
            guard let hold = someHold() else { return }
            let outcome = try await fixture.seats.release(
                event: fixture.event, holdID: hold.holdID, buyerID: hold.buyerID)
            #expect(outcome == model.release(hold.holdID))
        }

        private mutating func redeem() async throws {
            guard let hold = someHold() else { return }
            let isShort = chance(30)
            let expected = model.redeem(hold.holdID)
            let outcome = try await fixture.redeem(
                hold, claim: isShort ? .milliseconds(1) : .seconds(600))
            if case .redeemed(let untilMs) = outcome {
                #expect(expected == nil)
                if isShort { try await passDeadline(hold.holdID, untilMs) }
            } else {
                #expect(outcome == expected)
            }
        }

        /// A hold's own booking, or anybody's claim, or the end of one.
        private mutating func feed() async throws {
            model.feed += UInt64.random(in: 1...3, using: &random)
            var changes: [FeedChange] = []
            if chance(50), let hold = someHold() {
                let letter = [SeatLetter.claimed, .sold, .free].randomElement(using: &random)
                for place in hold.places {
                    changes.append(
                        FeedChange(place: place, letter: letter ?? .free, holdID: hold.holdID))
                }
            } else {
                let letters = [SeatLetter.claimed, .sold, .blocked, .free, .free, .free]
                let places = (0..<20).shuffled(using: &random).prefix(3)
                for place in places {
                    let letter = letters.randomElement(using: &random) ?? .free
                    changes.append(FeedChange(place: place, letter: letter, holdID: nil))
                }
            }
            model.apply(changes)
            let outcome = try await fixture.seats.applyFeed(
                event: fixture.event, generation: generation, after: nil, position: model.feed,
                changes: changes)
            guard case .applied = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }

        private mutating func passDeadline(_ id: String, _ deadlineMs: Int64) async throws {
            try await fixture.waitUntil(pastMs: deadlineMs)
            model.holds[id]?.isLate = true
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func answersAsTheModelDoes(seed: UInt64) async throws {
        var run = try await Run(seed: seed)
        let start = try await run.fixture.seats.snapshot(event: run.fixture.event)
        for _ in 0..<150 { try await run.step() }
        guard
            case .changes(let updates) = try await run.fixture.seats.changes(
                event: run.fixture.event, after: start.version)
        else {
            Issue.record("a gap")
            return
        }
        var letters = start.letters
        var version = start.version.number
        for update in updates {
            #expect(update.from == version)
            #expect(update.number == version + 1)
            version = update.number
            for change in update.changes ?? [] { letters[change.place] = change.letter.rawValue }
        }
        #expect(letters == run.model.letters.map(\.rawValue))
        #expect(version > 30)
    }
}
