import Synchronization

/// Bounds the calls of one method that run at once on a server, over all its connections.
final class MethodLimit: Sendable {
    let callsInFlightMax: Int
    private let calls = Atomic<Int>(0)

    init(callsInFlightMax: Int) {
        self.callsInFlightMax = callsInFlightMax
    }

    /// False when as many run as may.
    func enter() -> Bool {
        if calls.add(1, ordering: .relaxed).newValue <= callsInFlightMax { return true }
        calls.subtract(1, ordering: .relaxed)
        return false
    }

    /// The handler of a call that was let in has ended.
    func leave() {
        calls.subtract(1, ordering: .relaxed)
    }
}
