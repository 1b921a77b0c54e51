import Synchronization

/// A number that many tasks count up.
final class CounterBox: Sendable {
    private let value = Atomic<Int>(0)

    var count: Int { value.load(ordering: .acquiring) }

    @discardableResult
    func add() -> Int {
        value.add(1, ordering: .acquiringAndReleasing).newValue
    }
}
