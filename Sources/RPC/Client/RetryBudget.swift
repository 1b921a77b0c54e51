import Synchronization

/// Keeps retries a small part of all calls: each costs one, ten successes earn one back.
final class RetryBudget: Sendable {
    private let tenthsMax: Int
    private let tenths: Atomic<Int>

    init(_ retriesMax: Int) {
        tenthsMax = retriesMax * 10
        tenths = Atomic(tenthsMax)
    }

    func earn() {
        // Two at once may exceed the limit by one tenth, which harms nobody.
        if tenths.load(ordering: .relaxed) < tenthsMax {
            tenths.add(1, ordering: .relaxed)
        }
    }

    func spend() -> Bool {
        let left = tenths.subtract(10, ordering: .relaxed).newValue
        if left >= 0 { return true }
        tenths.add(10, ordering: .relaxed)
        return false
    }
}
