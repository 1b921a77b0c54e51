import Testing

@testable import Postgres

@Suite("LeaseState")
struct LeaseStateTests {
    private func make(limit: Int, waiters: Int = 2) -> LeaseState<String, String> {
        LeaseState(limit: limit, waitersMax: waiters)
    }

    private func describe(_ acquisition: LeaseState<String, String>.Acquisition) -> String {
        switch acquisition {
        case .leased(let member): "leased \(member)"
        case .open: "open"
        case .wait: "wait"
        case .full: "full"
        case .closed: "closed"
        }
    }

    @Test func opensUpToItsLimitThenWaitsInOrder() {
        var state = make(limit: 1)
        #expect(describe(state.acquire { _ in true }) == "open")
        for id in 1...2 {
            #expect(describe(state.acquire { _ in true }) == "wait")
            state.enqueue("waiter \(id)", id: UInt64(id))
        }
        #expect(describe(state.acquire { _ in true }) == "full")
        #expect(state.release("a") == "waiter 1")
        #expect(state.release("a") == "waiter 2")
        #expect(state.release("a") == nil)
        #expect(state.leased == 0)
        #expect(describe(state.acquire { _ in true }) == "leased a")
    }

    @Test func prefersWhatIsUsable() {
        var state = make(limit: 2)
        _ = state.acquire { _ in true }
        _ = state.acquire { _ in true }
        _ = state.release("good")
        _ = state.release("broken")
        #expect(describe(state.acquire { $0 == "good" }) == "leased good")
        #expect(describe(state.acquire { $0 == "good" }) == "leased broken")
    }

    @Test func abandonedWaitersAreSkipped() {
        var state = make(limit: 1)
        _ = state.acquire { _ in true }
        state.enqueue("first", id: 1)
        state.enqueue("second", id: 2)
        #expect(state.abandon(1) == "first")
        #expect(state.abandon(1) == nil)
        #expect(state.release("a") == "second")
    }

    @Test func closingReturnsTheWaiters() {
        var state = make(limit: 1)
        _ = state.acquire { _ in true }
        state.enqueue("first", id: 1)
        #expect(state.close() == ["first"])
        #expect(describe(state.acquire { _ in true }) == "closed")
        #expect(state.release("a") == nil)
    }

    @Test func aFailedOpeningFreesItsPlace() {
        var state = make(limit: 1)
        _ = state.acquire { _ in true }
        state.openingFailed()
        #expect(describe(state.acquire { _ in true }) == "open")
    }
}
