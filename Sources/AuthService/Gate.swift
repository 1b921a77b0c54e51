import Synchronization

/// Lets a limited number in at a time and refuses the rest.
final class Gate: Sendable {
    /// Too many are in already.
    struct Full: Error {}

    private let limit: Int
    private let inside = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    func enter() throws(Full) {
        let entered = inside.withLock { inside in
            guard inside < limit else {
                return false
            }
            inside += 1
            return true
        }
        guard entered else {
            throw Full()
        }
    }

    func leave() {
        inside.withLock { $0 -= 1 }
    }
}
