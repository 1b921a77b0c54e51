import Synchronization

/// Wakes readers of this process when something new is in a feed. It may ring twice or not at
/// all: readers look for themselves at least every second.
package final class Doorbell: Sendable {
    private struct State {
        var rings: UInt64 = 0
        var nextID: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// How often it has rung. Whoever asks before they look, and waits for more than that, misses
    /// no ring in between.
    package var rings: UInt64 { state.withLock { $0.rings } }

    /// Wakes everybody who waits.
    package func ring() {
        let woken = state.withLock { state in
            state.rings += 1
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in woken {
            waiter.resume()
        }
    }

    /// Waits for a ring, the time given, or cancellation, whichever is first.
    ///
    /// - Parameters:
    ///   - rings: returns at once where it has rung more often; nil waits for the next ring.
    ///   - atMost: the longest wait.
    package func wait(after rings: UInt64? = nil, atMost: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForRing(after: rings) }
            group.addTask { try? await Task.sleep(for: atMost) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForRing(after rings: UInt64?) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || state.rings > rings ?? .max {
                        return true
                    }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver {
                    continuation.resume()
                }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
