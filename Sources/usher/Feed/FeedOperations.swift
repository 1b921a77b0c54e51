import ArgumentParser
import Contracts
import Foundation
import JSON
import RPC
import ServiceKit
import Wire

/// Asks the services of a running platform about the feeds that they follow, as the operator.
struct FeedOperations {
    private static let timeout = Duration.seconds(30)

    private let sockets: [String: String]
    private let credential: ServiceCredential

    /// - Throws: `StartError` where nothing runs, or the keys cannot be read.
    init(_ folders: FolderOptions) throws {
        sockets = try folders.readyReport().sockets
        let secrets = try Secrets(folder: try folders.secretsFolder())
        credential = ServiceCredential(key: try secrets.key(.serviceCredential))
    }

    /// Runs a command; what goes wrong is told on standard error, and ends with exit code 1.
    static func run(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let code as ExitCode {
            throw code
        } catch let error as RPCError {
            let advice =
                error.code == .unimplemented
                ? "It follows no feeds, or is of an older version." : ""
            Progress().failure(StartError("\(error)", advice: advice))
            throw ExitCode.failure
        } catch {
            Progress().failure(error)
            throw ExitCode.failure
        }
    }

    // MARK: Commands

    func list(on: String?, feed: String?, key: String?, withEntries: Bool) async throws {
        if let on { _ = try socket(of: on) }
        var parked = 0
        for name in sockets.keys.sorted() where on == nil || on == name {
            var request = RPCV1.ListParkedRequest.with {
                $0.feed = feed ?? ""
                $0.key = key ?? ""
                $0.pageSize = 500
                $0.withEntries = withEntries
            }
            do {
                repeat {
                    let page = try await call(name, RPCV1.Feeds.listParked, request)
                    if request.pageToken.isEmpty {
                        for followed in page.feeds { print(Self.line(name, followed)) }
                    }
                    for entry in page.entries { show(entry, of: name) }
                    parked += page.entries.count
                    request.pageToken = page.nextPageToken
                } while !request.pageToken.isEmpty
            } catch let error as RPCError where on == nil && Self.hasNothing(error) {
                // It follows no feed, or not this one.
            }
        }
        print(parked == 0 ? "Nothing is parked." : "\(parked) entries are parked.")
    }

    func release(_ entry: FeedEntryName, key: String?) async throws {
        let response = try await call(
            entry.consumer, RPCV1.Feeds.releaseParked,
            .with {
                $0.feed = entry.feed
                $0.entries = key.map { .key($0) } ?? .position(entry.position ?? 0)
            })
        for position in response.applied {
            print("\(entry.consumer)/\(entry.feed)/\(position) applied")
        }
        if let failed = response.failed {
            print("\(entry.consumer)/\(entry.feed)/\(failed.position) FAILED: \(failed.reason)")
        }
        print("\(response.left) entries of \(response.key) are parked still.")
        if response.failed != nil {
            throw ExitCode.failure
        }
    }

    func discard(_ entry: FeedEntryName, because reason: String) async throws {
        let response = try await call(
            entry.consumer, RPCV1.Feeds.discardParked,
            .with {
                $0.feed = entry.feed
                $0.position = entry.position ?? 0
                $0.reason = reason
            })
        let key = response.entry?.key ?? ""
        print("\(entry.consumer)/\(entry.feed)/\(entry.position ?? 0) (\(key)) given up")
        if response.left > 0 {
            print(
                "\(response.left) entries of \(key) are parked still: "
                    + "usher feed release \(entry.consumer)/\(entry.feed) --key \(key)")
        }
    }

    func showPosition(of feed: FeedEntryName) async throws {
        let position = try await position(of: feed)
        print(Self.line(feed, position))
        if position.lost {
            print(
                """
                LOST: the feed does not have that entry; nothing is read on. Bring the databases into line \
                (docs/operating.md, Feeds), then name the last entry that \(feed.consumer) is to have had:
                usher feed position \(feed.consumer)/\(feed.feed) --set NUMBER --reason TEXT
                """)
        }
    }

    /// - Parameter number: nil = the feed's newest entry.
    func setPosition(
        of feed: FeedEntryName, to number: UInt64?, because reason: String, anyway: Bool
    ) async throws {
        var target = number
        if target == nil {
            target = try await position(of: feed).head
        }
        let response = try await call(
            feed.consumer, RPCV1.Feeds.setPosition,
            .with {
                $0.feed = feed.feed
                $0.position = target ?? 0
                $0.reason = reason
                $0.anyway = anyway
            })
        for (what, position) in [("before", response.before), ("now", response.after)] {
            if let position { print("\(what): " + Self.line(feed, position)) }
        }
        print(
            response.before?.lost == true
                ? "It is read on from there within 15 s."
                : "It is read on from there with the feed's next entry, or within 5 minutes.")
    }

    private func position(of feed: FeedEntryName) async throws -> RPCV1.FeedPosition {
        let response = try await call(
            feed.consumer, RPCV1.Feeds.getPosition, .with { $0.feed = feed.feed })
        return response.position ?? .init()
    }

    // MARK: Text

    private static func line(_ name: FeedEntryName, _ position: RPCV1.FeedPosition) -> String {
        let time = position.recordedAt.map { " of " + $0.date.formatted(.iso8601) } ?? ""
        return "\(name.consumer)/\(name.feed): applied up to \(position.position)\(time), "
            + "the feed has entries up to \(position.head)"
    }

    private static func line(_ consumer: String, _ feed: RPCV1.FollowedFeed) -> String {
        "\(consumer)/\(feed.feed): applied up to \(feed.position), \(feed.parked) parked, "
            + "\(feed.discarded) given up"
    }

    private func show(_ entry: RPCV1.ParkedEntry, of consumer: String) {
        let time = entry.parkedAt.map { $0.date.formatted(.iso8601) } ?? ""
        print("  \(consumer)/\(entry.feed)/\(entry.position)  \(entry.key)  \(time)")
        print("    \(entry.reason)")
        if !entry.entry.isEmpty {
            print("    " + Self.json(entry))
        }
    }

    /// The entry as JSON; where it cannot be read, it is said why.
    private static func json(_ entry: RPCV1.ParkedEntry) -> String {
        func text<Entry: Message>(_ type: Entry.Type) throws -> String {
            String(decoding: try Entry(serialized: entry.entry).jsonBytes(), as: UTF8.self)
        }
        do {
            switch entry.feed {
            case "auth": return try text(AuthV1.FeedEntry.self)
            case "event": return try text(EventV1.FeedEntry.self)
            case "booking": return try text(BookingV1.FeedEntry.self)
            case "payment": return try text(PaymentV1.FeedEntry.self)
            default: return "(this program does not know that feed)"
            }
        } catch {
            return "(not readable: \(error))"
        }
    }

    // MARK: Calling

    private static func hasNothing(_ error: RPCError) -> Bool {
        error.code == .unimplemented || error.detail?.code == "feed_unknown"
    }

    private func socket(of name: String) throws -> String {
        guard let socket = sockets[name] else {
            let known = sockets.keys.sorted().joined(separator: ", ")
            throw StartError("There is no process \(name).", advice: "There are: \(known).")
        }
        return socket
    }

    private func call<Request: Message, Response: Message>(
        _ service: String, _ method: Method<Request, Response>, _ request: Request
    ) async throws -> Response {
        let client = RPCClient(address: .unix(try socket(of: service)))
        let caller = ServiceCaller(client: client, credential: credential, name: operatorName)
        do {
            let response = try await caller.call(method, request, timeout: Self.timeout)
            await client.close()
            return response
        } catch {
            await client.close()
            throw error
        }
    }
}
