import Contracts
import Crypto
import Foundation
import Logging
import NIOCore
import Postgres
import RPC
import ServiceKit
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import Wire

/// A feed of its own, with its server, and the database of somebody who follows it.
struct FeedFixture: Sendable {
    typealias Entry = PaymentV1.FeedEntry
    typealias Methods = PaymentV1.PaymentService
    typealias Consumer = FeedConsumer<
        PaymentV1.ReadFeedRequest, PaymentV1.ReadFeedResponse, PaymentV1.FollowFeedRequest,
        PaymentV1.FollowFeedResponse, DatabaseFeedSink<Entry>
    >

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let producer: PostgresPool
    let follower: PostgresPool
    let feed: FeedStore<Entry>
    let credential = ServiceCredential(key: SymmetricKey(size: .bits256))
    /// Calls that the server was asked for, by method.
    let calls = Counts()

    /// Makes the tables and runs `body`.
    ///
    /// - Parameter hasOwnFeed: the follower tells of what it does, in a feed of its own.
    static func with<T>(
        _ name: String = #function, hasOwnFeed: Bool = false,
        _ body: (FeedFixture) async throws -> T
    ) async throws -> T {
        let server = try await PostgresServer.shared
        let producer = try await server.makeDatabase("\(name)feed")
        let follower = try await server.makeDatabase("\(name)follower")
        try await PostgresAdministration.execute(feedTables, on: producer)
        try await PostgresAdministration.execute(
            hasOwnFeed ? followerTables + feedTables : followerTables, on: follower)
        return try await PostgresPool.withPool(producer, logger: logger) { producer in
            try await PostgresPool.withPool(follower, logger: logger) { follower in
                try await body(
                    FeedFixture(
                        producer: producer, follower: follower, feed: FeedStore(pool: producer)))
            }
        }
    }

    /// As in the services' migrations.
    static let feedTables = """
        CREATE TABLE feed_head (
            singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
            position bigint NOT NULL
        );
        INSERT INTO feed_head (position) VALUES (0);
        CREATE TABLE feed (
            position bigint PRIMARY KEY,
            key text NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            fact bytea NOT NULL
        );
        """

    /// As in the services' migrations, with a table of effects that would show doubles.
    static let followerTables = """
        CREATE TABLE feed_cursor (
            feed text PRIMARY KEY, position bigint NOT NULL, recorded_at timestamptz
        );
        CREATE TABLE feed_parked (
            feed text NOT NULL, position bigint NOT NULL, key text NOT NULL,
            entry bytea NOT NULL, reason text NOT NULL,
            parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (feed, position)
        );
        CREATE TABLE feed_discarded (
            feed text NOT NULL, position bigint NOT NULL, key text NOT NULL,
            entry bytea NOT NULL, fault text NOT NULL, parked_at timestamptz NOT NULL,
            reason text NOT NULL,
            discarded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (feed, position)
        );
        CREATE TABLE effects (
            number bigserial PRIMARY KEY, position bigint NOT NULL, key text NOT NULL
        );
        """

    // MARK: The feed

    /// Writes facts of these keys, at most 1,000.
    func append(_ keys: [String], padding: Int = 0) async throws {
        let entries = keys.map { key in
            Entry.with {
                $0.key = key
                $0.fact = .paymentDeclined(
                    .with {
                        $0.payment = .with {
                            $0.paymentID = key
                            $0.declineCode = String(repeating: "x", count: padding)
                        }
                    })
            }
        }
        try await producer.transaction { try await feed.append(entries, in: $0) }
        feed.ring()
    }

    /// Takes the feed's entries after a position away, as a restored backup would.
    func forget(after position: Int64) async throws {
        try await producer.query("DELETE FROM feed WHERE position > \(position)")
        try await producer.query("UPDATE feed_head SET position = \(position)")
    }

    /// Serves the feed while `body` runs, then stops as a service does.
    ///
    /// - Parameters:
    ///   - hasExtension: false for a plain ttrpc server.
    ///   - hasStreams: false for a server of before there were any.
    func serve<T>(
        hasExtension: Bool = true, hasStreams: Bool = true,
        _ body: (RPCAddress) async throws -> T
    ) async throws -> T {
        var router = CallRouter()
        if hasStreams {
            router.handleFeed(Methods.readFeed, Methods.followFeed, feed)
        } else {
            let feed = feed
            router.handle(Methods.readFeed) { request, _ in try await feed.read(request) }
        }
        var configuration = RPCServerConfiguration()
        configuration.offersExtension = hasExtension
        configuration.drainTimeout = .seconds(600)
        let path = "/tmp/usher-feed-\(UUID().uuidString.prefix(8)).sock"
        let server = RPCServer(
            router: router, addresses: [.unix(path)], configuration: configuration,
            interceptors: [FollowerOnly(calls: calls, credential: credential)],
            logger: Self.logger)
        return try await Self.run([server, feed.streams]) {
            _ = try await server.waitUntilListening()
            return try await body(.unix(path))
        }
    }

    /// Runs services while `body` runs, then stops them gracefully.
    static func run<T>(
        _ services: [any Service], _ body: () async throws -> T
    ) async throws -> T {
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) }, logger: Self.logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: T
            do {
                result = try await body()
            } catch {
                tasks.cancelAll()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    // MARK: The follower

    /// Calls the server as the follower.
    func caller(_ address: RPCAddress, asksForExtension: Bool = true) -> ServiceCaller {
        var configuration = RPCClientConfiguration()
        configuration.asksForExtension = asksForExtension
        configuration.timeout = .seconds(120)
        return ServiceCaller(
            client: RPCClient(address: address, configuration: configuration),
            credential: credential, name: "follower")
    }

    /// Writes each entry down as an effect.
    func sink(
        effect: @escaping @Sendable (Entry, PostgresTransaction) async throws -> Void = { _, _ in }
    ) -> DatabaseFeedSink<Entry> {
        DatabaseFeedSink(feed: "payment", consumer: "follower", pool: follower, logger: Self.logger)
        { entry, transaction in
            try await effect(entry, transaction)
            try await transaction.query(
                """
                INSERT INTO effects (position, key)
                VALUES (\(Int64(clamping: entry.position)), \(entry.key))
                """)
        }
    }

    func consumer(
        _ caller: ServiceCaller, sink: DatabaseFeedSink<Entry>? = nil,
        timing: FeedTiming = FeedTiming()
    ) -> Consumer {
        FeedConsumer(
            "payment", caller, Methods.readFeed, Methods.followFeed, sink: sink ?? self.sink(),
            timing: timing, logger: Self.logger)
    }

    /// Positions that have had their effect, in the order of their effects.
    func effects() async throws -> [Int64] {
        try await follower.query("SELECT position FROM effects ORDER BY number")
            .map { try $0.decode("position") }
    }

    func count(_ query: PostgresQuery) async throws -> Int {
        try await follower.query(query).first.map { try Int($0.decode(0, as: Int64.self)) } ?? -1
    }

    /// Waits until so many entries have had their effect: as long as anything moves, and for 120 s
    /// when nothing does.
    func waitForEffects(_ wanted: Int) async throws {
        var last = -1
        var giveUpAt = ContinuousClock.now + .seconds(120)
        while true {
            let count = try await count("SELECT count(*) FROM effects")
            if count >= wanted {
                return
            }
            if count != last {
                last = count
                giveUpAt = .now + .seconds(120)
            }
            guard ContinuousClock.now < giveUpAt else {
                throw NotYet("\(wanted) effects; there are \(count)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits for a condition, for 120 s.
    static func eventually(_ what: String, _ isTrue: () async throws -> Bool) async throws {
        let giveUpAt = ContinuousClock.now + .seconds(120)
        while try await !isTrue() {
            guard ContinuousClock.now < giveUpAt else {
                throw NotYet(what)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    struct NotYet: Error, CustomStringConvertible {
        let description: String

        init(_ what: String) {
            description = "after 120 s still not: \(what)"
        }
    }

    /// Counts by name.
    final class Counts: Sendable {
        private let counts = Mutex<[String: Int]>([:])

        func add(_ name: String) {
            counts.withLock { $0[name, default: 0] += 1 }
        }

        subscript(name: String) -> Int { counts.withLock { $0[name, default: 0] } }
    }
}

extension FeedFixture {
    /// Calls `usher.rpc.v1.Feeds` of the follower.
    struct Operator: Sendable {
        let client: RPCClient
        let credential: ServiceCredential

        /// - Parameter name: whose credential is shown; nil = none.
        func call<Request: Message, Response: Message>(
            _ method: Method<Request, Response>, _ request: Request, as name: String? = operatorName
        ) async throws -> Response {
            var metadata = Metadata()
            if let name {
                metadata.append(credential.issue(as: name), for: ServiceCredential.metadataKey)
            }
            return try await client.call(
                method, request, metadata: metadata, timeout: .seconds(120))
        }
    }

    /// Serves the follower's operators while `body` runs.
    func serveOperator(
        of feeds: [OperatedFeed], _ body: (Operator) async throws -> Void
    ) async throws {
        var router = CallRouter()
        router.handleFeeds(feeds)
        let path = "/tmp/usher-oper-\(UUID().uuidString.prefix(8)).sock"
        let server = RPCServer(
            router: router, addresses: [.unix(path)],
            interceptors: [DeclaredAccess(Contracts.services, credential: credential)],
            logger: Self.logger)
        try await Self.run([server]) {
            _ = try await server.waitUntilListening()
            let client = RPCClient(address: .unix(path))
            try await body(Operator(client: client, credential: credential))
            await client.close()
        }
    }
}

/// Lets the follower alone read the feed, and counts the calls.
private struct FollowerOnly: ServerInterceptor {
    let calls: FeedFixture.Counts
    let credential: ServiceCredential

    func intercept(
        _ request: ByteBuffer, context: CallContext, next: CallHandler
    ) async throws -> [UInt8] {
        calls.add(context.method)
        try credential.service(context, among: ["follower"])
        return try await next(request, context)
    }
}
