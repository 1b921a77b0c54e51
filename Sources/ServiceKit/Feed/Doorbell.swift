import Synchronization

/// Wakes readers of this process when something new is in a feed. It may ring twice or not at
/// all: readers look for themselves at least every second.
package final class Doorbell: Sendable {
    private struct State {
        var nextID: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Wakes everybody who waits.
    package func ring() {
        let woken = state.withLock { state in
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in woken {
            waiter.resume()
        }
    }

    /// Waits for a ring, the time given, or cancellation, whichever is first.
    ///
    /// - Parameter atMost: the longest wait.
    package func wait(atMost: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForRing() }
            group.addTask { try? await Task.sleep(for: atMost) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForRing() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let cancelled = state.withLock { state in
                    if Task.isCancelled {
                        return true
                    }
                    state.waiters[id] = continuation
                    return false
                }
                if cancelled {
                    continuation.resume()
                }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
