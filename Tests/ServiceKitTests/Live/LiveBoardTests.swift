import ServiceKit
import Synchronization
import Testing

@Suite("The last changes of one thing, for many readers")
struct LiveBoardTests {
    private final class Written: Sendable {
        let number = Atomic<UInt64>(0)
    }

    private typealias Board = LiveBoard<String>

    private func board(_ changes: ClosedRange<UInt64>, countMax: Int = 100) -> Board {
        let board = Board(countMax: countMax, sizeMax: 1_000)
        for number in changes {
            board.append(from: number - 1, number: number, size: 1, "\(number)")
        }
        return board
    }

    private func texts(_ news: Board.News) -> [String]? {
        if case .changes(let changes, number: _) = news { changes } else { nil }
    }

    @Test("A reader gets everything after what it has, at once")
    func behind() async {
        let board = board(1...5)
        for (number, wanted) in [(0, ["1", "2", "3", "4", "5"]), (3, ["4", "5"]), (4, ["5"])] {
            let position = Board.Position(epoch: board.epoch, number: UInt64(number))
            guard case .changes(let changes, let reached) = await board.next(after: position)
            else {
                Issue.record("no changes after \(number)")
                continue
            }
            #expect(changes == wanted)
            #expect(reached == 5)
        }
    }

    @Test("A reader inside a change that spans several numbers gets the whole change")
    func inside() async {
        let board = board(1...1)
        board.append(from: 1, number: 9, size: 1, "2 to 9")
        let news = await board.next(after: .init(epoch: board.epoch, number: 4))
        #expect(texts(news) == ["2 to 9"])
    }

    @Test("Who is ahead of the board, or level with it, waits for what is new")
    func ahead() async {
        let board = board(1...3)
        let position = Board.Position(epoch: board.epoch, number: 4)
        async let news = board.next(after: position)
        board.append(from: 3, number: 4, size: 1, "4")
        board.append(from: 4, number: 5, size: 1, "5")
        #expect(texts(await news) == ["5"])
    }

    @Test("What is no longer kept is a gap: by count, and by size")
    func forgotten() async {
        let short = board(1...20, countMax: 5)
        let epoch = short.epoch
        guard case .gap = await short.next(after: .init(epoch: epoch, number: 14)) else {
            Issue.record("not a gap")
            return
        }
        #expect(texts(await short.next(after: .init(epoch: epoch, number: 15)))?.count == 5)
        let small = board(1...3)
        small.append(from: 3, number: 4, size: 2_000, "larger than all that is kept")
        guard case .gap = await small.next(after: .init(epoch: small.epoch, number: 3)) else {
            Issue.record("not a gap")
            return
        }
        #expect(small.resume(from: 3) == nil)
    }

    @Test("A number that is left out is a gap for everybody, and the numbers go on after it")
    func missed() async {
        let board = board(1...3)
        let before = board.epoch
        board.append(from: 4, number: 5, size: 1, "5")
        guard case .gap = await board.next(after: .init(epoch: before, number: 3)) else {
            Issue.record("not a gap")
            return
        }
        #expect(texts(await board.next(after: .init(epoch: board.epoch, number: 4))) == ["5"])
    }

    @Test("A reset, a tick, the end and a cancellation wake who waits")
    func woken() async {
        let board = board(1...1)
        func next() async -> Board.News {
            await board.next(after: .init(epoch: board.epoch, number: 1))
        }
        async let reset = next()
        while board.waiting == 0 { await Task.yield() }
        board.reset()
        if case .gap = await reset {} else { Issue.record("not a gap") }

        async let nothing = next()
        while board.waiting == 0 { await Task.yield() }
        board.tick()
        if case .nothing = await nothing {} else { Issue.record("not nothing") }

        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                if case .closed = await next() {} else { Issue.record("not cancelled") }
            }
            while board.waiting == 0 { await Task.yield() }
            group.cancelAll()
        }
        #expect(board.waiting == 0)

        async let closed = next()
        while board.waiting == 0 { await Task.yield() }
        board.close()
        if case .closed = await closed {} else { Issue.record("not closed") }
        if case .closed = await next() {} else { Issue.record("open again") }
        #expect(board.resume(from: 1) == nil)
    }

    @Test("Who comes back goes on where the changes are kept, else begins anew")
    func resumes() {
        let board = board(1...10, countMax: 4)
        #expect(board.resume(from: 10)?.number == 10)
        #expect(board.resume(from: 6)?.number == 6)
        #expect(board.resume(from: 5) == nil)
        #expect(board.resume(from: 11) == nil)
    }

    /// Readers of different speed, with changes lost and forgotten on the way, each rebuild the
    /// same state as the writer.
    @Test("Every reader ends where the writer does", arguments: [1, 2, 3, 4] as [UInt64])
    func property(seed: UInt64) async {
        let board = LiveBoard<Int>(countMax: 8, sizeMax: 1_000)
        let written = Written()
        let (writes, readers) = (400, 6)
        await withTaskGroup(of: UInt64.self) { group in
            for reader in 0..<readers {
                group.addTask {
                    var sum = 0
                    var position: LiveBoard<Int>.Position?
                    while position?.number != UInt64(writes) {
                        guard let here = position else {
                            // The whole state: here, all numbers up to one that is known.
                            let epoch = board.epoch
                            let number = written.number.load(ordering: .acquiring)
                            sum = Int(number * (number + 1) / 2)
                            position = .init(epoch: epoch, number: number)
                            continue
                        }
                        switch await board.next(after: here) {
                        case .changes(let changes, let number):
                            sum += changes.reduce(0, +)
                            position?.number = number
                        case .gap: position = nil
                        case .nothing, .closed: break
                        }
                        for _ in 0..<reader * 3 { await Task.yield() }
                    }
                    return UInt64(sum)
                }
            }
            var state = seed
            for number in 1...UInt64(writes) {
                written.number.store(number, ordering: .releasing)
                board.append(from: number - 1, number: number, size: 1, Int(number))
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                if state >> 60 == 0 { board.reset() }
                if state >> 33 & 3 == 0 { await Task.yield() }
            }
            for await sum in group {
                #expect(sum == UInt64(writes * (writes + 1) / 2))
            }
        }
    }
}
