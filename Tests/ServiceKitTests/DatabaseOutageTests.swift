import Contracts
import Foundation
import Logging
import Postgres
import RPC
import ServiceKit
import Synchronization
import TestSupport
import Testing
import Wire

/// What callers are told while a service's database is away.
@Suite("Database outages")
struct DatabaseOutageTests {
    /// How calls have ended.
    private final class Ends: Sendable {
        private let ends = Mutex<[RPCCode: Int]>([:])
        private let others = Mutex<[String]>([])

        func add(_ error: RPCError?) {
            ends.withLock { $0[error?.code ?? .ok, default: 0] += 1 }
            guard let error else {
                return
            }
            if error.code != .unavailable || error.detail?.code != "database_unavailable" {
                others.withLock { if $0.count < 20 { $0.append("\(error)") } }
            }
        }

        func count(_ code: RPCCode) -> Int { ends.withLock { $0[code, default: 0] } }

        /// Those that are neither answered nor told that the database is away.
        var unexpected: [String] { others.withLock { $0 } }
    }

    @Test("stopped, crashed and started again under load: answers, or UNAVAILABLE with its reason")
    func restarts() async throws {
        let postgres = try await PostgresServer.start()
        let configuration = try await postgres.makeDatabase()
        try await PostgresAdministration.execute("CREATE TABLE writes (a int)", on: configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let ends = Ends()
        try await PostgresPool.withPool(configuration, logger: logger) { pool in
            let path = "/tmp/usher-outage-\(UUID().uuidString.prefix(8)).sock"
            let server = RPCServer(
                router: Self.router(pool), addresses: [.unix(path)],
                interceptors: [DatabaseOutage(service: "test")], logger: logger)
            try await FeedFixture.run([server]) {
                _ = try await server.waitUntilListening()
                let client = Self.client(path)
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for number in 0..<4 {
                        tasks.addTask { await Self.call(client, writes: number % 2 == 0, ends) }
                    }
                    for crashes in [false, true] {
                        try await Self.more(.ok, ends)
                        try await (crashes ? postgres.kill() : postgres.stop())
                        try await Self.more(.unavailable, ends)
                        try await postgres.startAgain()
                    }
                    try await Self.more(.ok, ends)
                    tasks.cancelAll()
                }
                await client.close()
            }
        }
        #expect(ends.unexpected == [])
        #expect(ends.count(.ok) > 0 && ends.count(.unavailable) > 0)
    }

    private static func router(_ pool: PostgresPool) -> CallRouter {
        var router = CallRouter()
        router.handle(BookingV1.BookingService.getBooking) { _, _ in
            _ = try await pool.query("SELECT 1")
            return .init()
        }
        router.handle(BookingV1.BookingService.createBooking) { _, _ in
            try await pool.transaction { try await $0.query("INSERT INTO writes VALUES (1)") }
            return .init()
        }
        return router
    }

    /// One that tries nothing again.
    private static func client(_ path: String) -> RPCClient {
        var configuration = RPCClientConfiguration()
        configuration.attemptsMax = 1
        configuration.timeout = .seconds(120)
        return RPCClient(address: .unix(path), configuration: configuration)
    }

    private static func call(_ client: RPCClient, writes: Bool, _ ends: Ends) async {
        while !Task.isCancelled {
            do {
                if writes {
                    _ = try await client.call(BookingV1.BookingService.createBooking, .init())
                } else {
                    _ = try await client.call(BookingV1.BookingService.getBooking, .init())
                }
                ends.add(nil)
            } catch {
                guard !Task.isCancelled else {
                    return
                }
                ends.add(error)
            }
        }
    }

    /// Waits until more calls have ended so.
    private static func more(_ code: RPCCode, _ ends: Ends) async throws {
        let before = ends.count(code)
        try await FeedFixture.eventually("calls that end with \(code.name)") {
            ends.count(code) >= before + 10
        }
    }

    @Test("no server, no room and a server that starts are outages; a wrong statement is none")
    func kinds() {
        for code in ["53300", "57P01", "57P02", "57P03", "08006", "connection_lost"] {
            #expect(DatabaseOutage.isOutage(.init(.init(rawValue: code), "")), "\(code)")
        }
        for code in ["23505", "40001", "57014", "42601", "decoding_failed", "cancelled"] {
            #expect(!DatabaseOutage.isOutage(.init(.init(rawValue: code), "")), "\(code)")
        }
    }
}
