import Foundation
import NIOPosix
import Testing

@testable import ProviderSimulator

@Suite("Ledger file")
struct LedgerFileTests {
    private func withPath<T>(_ body: (String) async throws -> T) async throws -> T {
        let path = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID()).jsonl")
        defer { try? FileManager.default.removeItem(at: path) }
        return try await body(path.path)
    }

    private func open(_ path: String) throws -> Ledger {
        let file = try LedgerFile(path: path)
        return Ledger(file: file, state: try file.replay(), threads: .singleton)
    }

    private func request(_ reference: String) -> ChargeRequest {
        ChargeRequest(
            amountMinor: 100, currency: "EUR", paymentToken: "4242424242424242",
            reference: reference)
    }

    @Test("What was acknowledged is there after a restart, and a key still answers the same")
    func restart() async throws {
        try await withPath { path in
            var ledger: Ledger? = try open(path)
            let first = try await ledger?.charge(request("a"), key: "k1")
            _ = try await ledger?.refund(
                RefundRequest(chargeID: try #require(first).id, amountMinor: 40), key: "k2")
            ledger = nil
            let reopened = try open(path)
            let again = try await reopened.charge(request("a"), key: "k1")
            #expect(again == first)
            #expect(try await reopened.charge(id: again.id).refundedMinor == 40)
            #expect(try await reopened.entries(after: 0, limit: 10).last == 2)
        }
    }

    @Test("Any cut of the last line loses that line alone")
    func tornLine() async throws {
        try await withPath { path in
            do {
                let ledger = try open(path)
                _ = try await ledger.charge(request("a"), key: "k1")
                _ = try await ledger.charge(request("b"), key: "k2")
            }
            let whole = try Data(contentsOf: URL(filePath: path))
            let firstEnd = try #require(whole.firstIndex(of: UInt8(ascii: "\n"))) + 1
            for cut in firstEnd..<whole.count {
                try whole.prefix(cut).write(to: URL(filePath: path))
                let file = try LedgerFile(path: path)
                let state = try file.replay()
                #expect(state.entries.count == 1)
                #expect(try Data(contentsOf: URL(filePath: path)).count == firstEnd)
            }
        }
    }

    @Test("A damaged line in the middle is told with its number")
    func damaged() async throws {
        try await withPath { path in
            try Data("{\"type\":\"nonsense\"}\n".utf8).write(to: URL(filePath: path))
            let file = try LedgerFile(path: path)
            let failure = #expect(throws: LedgerFile.Failure.self) { _ = try file.replay() }
            #expect(failure?.description.contains("line 1") == true)
        }
    }

    @Test("Two processes cannot share a ledger")
    func locked() async throws {
        try await withPath { path in
            let file = try LedgerFile(path: path)
            let failure = #expect(throws: LedgerFile.Failure.self) {
                _ = try LedgerFile(path: path)
            }
            #expect(failure?.description.contains("lock") == true)
            _ = file
        }
    }

    @Test("Many at once with few keys: one charge a key, all on disk")
    func concurrent() async throws {
        try await withPath { path in
            do {
                let ledger = try open(path)
                let ids = try await withThrowingTaskGroup(of: String.self) { group in
                    for index in 0..<200 {
                        let key = "k\(index % 20)"
                        group.addTask {
                            try await ledger.charge(self.request(key), key: key).id
                        }
                    }
                    return try await group.reduce(into: Set<String>()) { $0.insert($1) }
                }
                #expect(ids.count == 20)
            }
            let state = try LedgerFile(path: path).replay()
            #expect(state.entries.count == 20)
        }
    }
}
