import Foundation
import Glibc
import ServiceLifecycle

/// Ends when standard input does: when the parent, who holds the other end of the pipe, is gone.
struct InputWatch: Service {
    /// Seconds that everything else may take to stop after that; nobody is left to kill us.
    var patienceSeconds: UInt32 = 5

    func run() async throws {
        let ended = Latch()
        let patienceSeconds = patienceSeconds
        // A thread of its own, for the read blocks; it ends with the process.
        Thread.detachNewThread {
            ProcessGuard.waitForEndOfInput()
            ended.open()
            sleep(patienceSeconds)
            _exit(1)
        }
        try? await cancelWhenGracefulShutdown { try await ended.wait() }
    }
}
