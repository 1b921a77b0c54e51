import Foundation

/// Calls an operation `count` times, `inFlight` at a time, and prints microseconds per call: of the
/// clock, and of this process's CPU time.
package func load(
    count: Int, inFlight: Int, _ call: @escaping @Sendable () async throws -> Void
) async throws {
    let clock = ContinuousClock()
    let begin = (clock.now, cpuNanoseconds())
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<inFlight {
            group.addTask {
                for _ in 0..<(count / inFlight) { try await call() }
            }
        }
        try await group.waitForAll()
    }
    let wall = (clock.now - begin.0) / .microseconds(1) / Double(count)
    let cpu = (cpuNanoseconds() - begin.1) / 1000 / Double(count)
    print("\(wall) \(cpu)")
}
