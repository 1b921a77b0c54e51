import Foundation
import Synchronization
import Testing

@testable import RPC

/// Faults that scripts/sanitize plants and must get a report of, before it believes that the other
/// tests are without: with the same build, options and suppressions.
@Suite("Planted", .serialized)
struct PlantedTests {
    static let isWanted = ProcessInfo.processInfo.environment["SANITIZE_PLANTED"] != nil

    private final class Shared: Sendable {
        nonisolated(unsafe) var unguarded = 0
        let guarded = RPC.Mutex(0)
        /// Relaxed: one thread's steps come after the other's, but nothing says so.
        let step = Atomic<Int>(0)

        func reach(_ step: Int) { self.step.store(step, ordering: .relaxed) }

        func wait(for step: Int) {
            while self.step.load(ordering: .relaxed) < step { sched_yield() }
        }
    }

    /// Two threads, of which the second acts after the first, and both live until both have acted.
    private func twoThreads(_ act: @escaping @Sendable (Shared) -> Void) async throws {
        let shared = Shared()
        Thread {
            shared.wait(for: 1)
            act(shared)
            shared.reach(2)
            shared.wait(for: 3)
        }.start()
        Thread {
            shared.reach(1)
            shared.wait(for: 2)
            act(shared)
            shared.reach(3)
        }.start()
        while shared.step.load(ordering: .relaxed) < 3 {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    @inline(never)
    private static func writeUnguarded(_ shared: Shared) { shared.unguarded += 1 }

    @inline(never)
    private static func readFreed(_ pointer: UnsafeMutablePointer<Int>) -> Int { pointer.pointee }

    @Test("two threads write a number, and nothing orders them", .enabled(if: isWanted))
    func plantedRace() async throws {
        try await twoThreads { Self.writeUnguarded($0) }
    }

    @Test("freed memory is read", .enabled(if: isWanted))
    func plantedUseAfterFree() {
        let pointer = UnsafeMutablePointer<Int>.allocate(capacity: 8)
        pointer.initialize(repeating: 0, count: 8)
        pointer.deallocate()
        print(Self.readFreed(pointer))
    }

    @Test("two threads write a number under a lock, which is no race")
    func noRace() async throws {
        try await twoThreads { shared in shared.guarded.withLock { $0 += 1 } }
    }
}
