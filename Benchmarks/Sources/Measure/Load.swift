import Foundation

/// Calls an operation `count` times, `inFlight` at a time, and prints microseconds per call: of the
/// clock, of this process's CPU time, and of the server's. `server` is its process.
package func load(
    count: Int, inFlight: Int, server: Int32, _ call: @escaping @Sendable () async throws -> Void
) async throws {
    let clock = ContinuousClock()
    let begin = (clock.now, cpuNanoseconds(), try cpuNanoseconds(of: server))
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
    let serverCPU = (try cpuNanoseconds(of: server) - begin.2) / 1000 / Double(count)
    print("\(wall) \(cpu) \(serverCPU)")
}

/// CPU time of another process's threads, kernel included; of those that live.
private func cpuNanoseconds(of process: Int32) throws -> Double {
    let tasks = "/proc/\(process)/task"
    return try FileManager.default.contentsOfDirectory(atPath: tasks).reduce(0) { sum, task in
        let text = try String(contentsOfFile: "\(tasks)/\(task)/schedstat", encoding: .utf8)
        return sum + (Double(text.prefix { $0 != " " }) ?? 0)
    }
}
