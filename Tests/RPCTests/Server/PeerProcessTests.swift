import Foundation
import PeerSupport
import Testing

/// What serves for a test is gone when the test is, however that ends.
@Suite("Peer processes", .timeLimit(.minutes(5)))
struct PeerProcessTests {
    private struct Broken: Error {}

    private func isThere(_ id: Int32) -> Bool { kill(id, 0) == 0 }

    @Test("a process that heeds no signal but SIGKILL ends with a test that fails")
    func failing() async throws {
        var id: Int32 = 0
        await #expect(throws: Broken.self) {
            try await PeerProcess.with(
                URL(filePath: "/bin/sh"), ["-c", "trap '' TERM INT HUP; while :; do sleep 1; done"]
            ) { process in
                id = process.id
                #expect(isThere(id))
                throw Broken()
            }
        }
        #expect(id > 0)
        #expect(!isThere(id))
    }

    @Test("a process that a cancelled test waits for is ended")
    func cancelled() async throws {
        let process = try PeerProcess.start(
            URL(filePath: "/bin/sh"), ["-c", "trap '' TERM; while :; do sleep 1; done"])
        let waiting = Task { await process.end() }
        waiting.cancel()
        #expect(await waiting.value.status == SIGKILL)
        #expect(!process.isRunning)
    }

    @Test("more output than a pipe holds is read whole")
    func output() async throws {
        let result = try await PeerProcess.run(
            URL(filePath: "/bin/sh"), ["-c", "head -c 300000 /dev/zero | tr '\\0' x; exit 7"])
        #expect(result.status == 7)
        #expect(result.output.utf8.count == 300_000)
    }
}
