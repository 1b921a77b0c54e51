import Contracts
import Logging
import RPC
import ServiceKit
import Synchronization
import Testing

@testable import BookingService

@Suite("The queue of bookings")
struct BookingBatcherTests {
    private struct Broken: Error {}

    private func order(_ hold: HoldID = HoldID()) -> BookingOrder {
        BookingOrder(
            id: BookingID(), terms: .init(), hold: hold, event: EventID(), buyer: UserID())
    }

    /// Runs a batcher that writes with `write`.
    private func with<T>(
        _ write: @escaping BookingBatcher.Write, _ body: (BookingBatcher) async throws -> T
    ) async throws -> T {
        let batcher = BookingBatcher(logger: Logger(label: "test"), write: write)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await batcher.run() }
            defer { group.cancelAll() }
            return try await body(batcher)
        }
    }

    @Test("a batch that fails fails nobody but the one at fault")
    func fallsBack() async throws {
        let bad = HoldID()
        let sizes = Mutex<[Int]>([])
        try await with { orders in
            sizes.withLock { $0.append(orders.count) }
            if orders.contains(where: { $0.hold == bad }) {
                throw Broken()
            }
            // So that the others come meanwhile.
            try await Task.sleep(for: .milliseconds(orders.count == 1 ? 20 : 0))
            return orders.map { _ in .notOnSale }
        } _: { batcher in
            let results = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<20 {
                    let order = index == 7 ? order(bad) : order()
                    group.addTask { (try? await batcher.book(order)) != nil }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.filter { !$0 }.count == 1)
        }
        #expect(sizes.withLock { $0 }.contains { $0 > 1 })
    }

    @Test("of one hold there is one order in a batch")
    func oneHoldOnce() async throws {
        let hold = HoldID()
        let doubles = Mutex(0)
        try await with { orders in
            doubles.withLock { $0 += orders.count - Set(orders.map(\.hold)).count }
            try await Task.sleep(for: .milliseconds(5))
            return orders.map { _ in .notOnSale }
        } _: { batcher in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    let order = order(hold)
                    group.addTask { _ = try await batcher.book(order) }
                }
                try await group.waitForAll()
            }
        }
        #expect(doubles.withLock { $0 } == 0)
    }

    @Test("whoever stops waiting is let go at once, and who comes too late is told")
    func cancelled() async throws {
        let batcher = BookingBatcher(logger: Logger(label: "test")) { orders in
            try await Task.sleep(for: .seconds(3_600))
            return orders.map { _ in .notOnSale }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await batcher.run() }
            let caller = Task { [order = order()] in try await batcher.book(order) }
            caller.cancel()
            await #expect(throws: CancellationError.self) { try await caller.value }
            group.cancelAll()
            try await group.waitForAll()
        }
        let error = await #expect(throws: RPCError.self) { try await batcher.book(order()) }
        #expect(error?.code == .unavailable)
    }
}
