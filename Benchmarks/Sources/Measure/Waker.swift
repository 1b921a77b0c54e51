import Foundation
import Synchronization

/// A thread that wakes handlers, all that wait at once, as a database's answers do.
package final class Waker: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
    private let isAny = DispatchSemaphore(value: 0)

    /// Starts the thread; it lives as long as the process.
    package init() {
        Thread.detachNewThread { [waiting = self] in
            while true {
                waiting.isAny.wait()
                let woken = waiting.waiting.withLock { all in
                    let taken = all
                    all.removeAll(keepingCapacity: true)
                    return taken
                }
                for one in woken { one.resume() }
            }
        }
    }

    /// Returns once the thread has seen the caller wait.
    package func wait() async {
        await withCheckedContinuation { continuation in
            let isFirst = waiting.withLock { all in
                all.append(continuation)
                return all.count == 1
            }
            if isFirst { isAny.signal() }
        }
    }
}
