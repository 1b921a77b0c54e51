import Contracts
import Foundation
package import Postgres
package import RPC
import Wire

/// A feed that is followed here, with its parked entries, as operators see it.
package struct FollowedFeed: Sendable {
    let entries: ParkedEntries
    let effect: @Sendable ([UInt8], PostgresTransaction) async throws -> Void
    let afterCommit: @Sendable () -> Void
    let beforeMove: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - entries: those that are parked.
    ///   - effect: makes a serialized entry take effect late, in the transaction that unparks it.
    ///   - afterCommit: called once some have been released.
    ///   - beforeMove: called before an operator moves the position: makes what has positions of its own
    ///     forget them.
    package init(
        _ entries: ParkedEntries,
        effect: @escaping @Sendable ([UInt8], PostgresTransaction) async throws -> Void,
        afterCommit: @escaping @Sendable () -> Void = {},
        beforeMove: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.entries = entries
        self.effect = effect
        self.afterCommit = afterCommit
        self.beforeMove = beforeMove
    }
}

/// A feed that is followed here, and the way to its service.
package struct OperatedFeed: Sendable {
    let followed: FollowedFeed
    /// Asks the feed's service about an entry.
    let look: @Sendable (UInt64) async throws -> FeedLook

    var entries: ParkedEntries { followed.entries }
}

/// What a feed's service says of an entry.
package struct FeedLook: Equatable, Sendable {
    /// Position of its newest entry.
    var head: UInt64
    /// When the entry that was asked for was recorded; nil where there is none.
    var recordedAt: Date?
}

extension CallRouter {
    /// Answers `usher.rpc.v1.Feeds` about these feeds; about none, nothing is answered.
    package mutating func handleFeeds(_ feeds: [OperatedFeed]) {
        guard !feeds.isEmpty else {
            return
        }
        FeedsHandlers(feeds).register(on: &self)
    }
}

/// The methods of `usher.rpc.v1.Feeds`: for operators alone.
struct FeedsHandlers: Sendable {
    private static let pageMax = 500
    private static let reasonMax = 500

    /// In the order of their names.
    let feeds: [OperatedFeed]

    init(_ feeds: [OperatedFeed]) {
        self.feeds = feeds.sorted { $0.entries.feed < $1.entries.feed }
    }

    func register(on router: inout CallRouter) {
        router.handle(RPCV1.Feeds.listParked, list)
        router.handle(RPCV1.Feeds.releaseParked, release)
        router.handle(RPCV1.Feeds.discardParked, discard)
        router.handle(RPCV1.Feeds.getPosition, position)
        router.handle(RPCV1.Feeds.setPosition, setPosition)
    }

    @Sendable private func list(
        _ request: RPCV1.ListParkedRequest, _ context: CallContext
    ) async throws -> RPCV1.ListParkedResponse {
        let wanted = request.feed.isEmpty ? feeds : [try feed(request.feed)]
        let size = request.pageSize == 0 ? 100 : min(Int(request.pageSize), Self.pageMax)
        let start = try PageStart(request.pageToken)
        var response = RPCV1.ListParkedResponse()
        for feed in wanted {
            response.feeds.append(try await feed.entries.status())
            let name = feed.entries.feed
            let room = size + 1 - response.entries.count
            guard room > 0, name >= start.feed else {
                continue
            }
            response.entries += try await feed.entries.list(
                key: request.key, after: name == start.feed ? start.position : 0, limit: room,
                withEntries: request.withEntries)
        }
        if response.entries.count > size {
            response.entries.removeLast()
            let last = response.entries[size - 1]
            response.nextPageToken = "\(last.feed):\(last.position)"
        }
        return response
    }

    @Sendable private func release(
        _ request: RPCV1.ReleaseParkedRequest, _ context: CallContext
    ) async throws -> RPCV1.ReleaseParkedResponse {
        let feed = try feed(request.feed)
        let key: String
        var through: UInt64?
        switch request.entries {
        case .key(let name) where !name.isEmpty:
            key = name
        case .position(let position):
            guard let found = try await feed.entries.key(of: position) else {
                throw Self.notParked(position, request.feed)
            }
            (key, through) = (found, position)
        case .key, nil:
            throw RPCError.invalid(field: "key", "required", "name a key or a position")
        }
        defer { feed.followed.afterCommit() }
        let response = try await feed.entries.release(
            key: key, through: through, effect: feed.followed.effect)
        guard !response.applied.isEmpty || response.failed != nil else {
            throw RPCError.notFound(
                "entry_not_parked", "no entry of \"\(key)\" of \(request.feed) is parked")
        }
        return response
    }

    @Sendable private func discard(
        _ request: RPCV1.DiscardParkedRequest, _ context: CallContext
    ) async throws -> RPCV1.DiscardParkedResponse {
        let feed = try feed(request.feed)
        try Self.check(reason: request.reason, for: "it is given up")
        guard
            let response = try await feed.entries.discard(request.position, because: request.reason)
        else {
            throw Self.notParked(request.position, request.feed)
        }
        return response
    }

    @Sendable private func position(
        _ request: RPCV1.GetPositionRequest, _ context: CallContext
    ) async throws -> RPCV1.GetPositionResponse {
        let feed = try feed(request.feed)
        let position = try await feed.position()
        return .with { $0.position = position }
    }

    @Sendable private func setPosition(
        _ request: RPCV1.SetPositionRequest, _ context: CallContext
    ) async throws -> RPCV1.SetPositionResponse {
        let feed = try feed(request.feed)
        try Self.check(reason: request.reason, for: "it is set")
        return try await feed.setPosition(
            request.position, because: request.reason, anyway: request.anyway)
    }

    private static func check(reason: String, for what: String) throws {
        guard (1...reasonMax).contains(reason.count) else {
            throw RPCError.invalid(
                field: "reason", "invalid", "1 to \(reasonMax) characters: why \(what)")
        }
    }

    private func feed(_ name: String) throws -> OperatedFeed {
        guard let feed = feeds.first(where: { $0.entries.feed == name }) else {
            let known = feeds.map(\.entries.feed).joined(separator: ", ")
            throw RPCError.notFound(
                "feed_unknown", "no feed \"\(name)\" is followed here; there are: \(known)")
        }
        return feed
    }

    private static func notParked(_ position: UInt64, _ feed: String) -> RPCError {
        .notFound("entry_not_parked", "entry \(position) of \(feed) is not parked")
    }

    /// Where a page begins: after this entry.
    private struct PageStart {
        var feed = ""
        var position: Int64 = 0

        init(_ token: String) throws {
            guard !token.isEmpty else {
                return
            }
            let parts = token.split(separator: ":").map(String.init)
            guard parts.count == 2, let position = Int64(parts[1]) else {
                throw RPCError.invalid(
                    field: "pageToken", "invalid", "send the nextPageToken of the page before")
            }
            (feed, self.position) = (parts[0], position)
        }
    }
}
