import Synchronization

/// Bytes that the queues of one connection may hold together.
final class ByteBudget: Sendable {
    private let bytesMax: Int
    private let bytes = Atomic<Int>(0)

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// False, with nothing taken, where so many are not left.
    func take(_ count: Int) -> Bool {
        if bytes.add(count, ordering: .relaxed).newValue <= bytesMax { return true }
        bytes.subtract(count, ordering: .relaxed)
        return false
    }

    /// Gives back what was taken.
    func give(_ count: Int) {
        guard count > 0 else { return }
        bytes.subtract(count, ordering: .relaxed)
    }
}
