import Contracts
import Foundation
import RPC
import Wire

/// Where a feed is read on from, for operators.
extension OperatedFeed {
    private var name: String { followed.entries.feed }

    /// How far the feed was read, beside what its service has.
    ///
    /// - Throws: UNAVAILABLE and its like where the feed's service cannot be asked.
    func position() async throws -> RPCV1.FeedPosition {
        let cursor = try await entries.cursor()
        return Self.told(name, cursor, try await look(cursor.number))
    }

    /// Names the last entry that the follower is to have had.
    ///
    /// - Throws: FAILED_PRECONDITION, OUT_OF_RANGE and ABORTED as `usher.rpc.v1.Feeds` says.
    func setPosition(
        _ number: UInt64, because reason: String, anyway: Bool
    ) async throws -> RPCV1.SetPositionResponse {
        let cursor = try await entries.cursor()
        let before = Self.told(name, cursor, try await look(cursor.number))
        let there = try await look(number)
        guard number <= there.head else {
            throw RPCError.failure(
                .outOfRange, "feed_position_unknown",
                "the feed of \(name) ends at \(there.head): name an entry up to that one")
        }
        guard before.lost || anyway else {
            throw RPCError.failedPrecondition(
                "feed_position_known",
                "the feed of \(name) has entry \(cursor.number), up to which it was read: nothing "
                    + "is lost. To leave out one that cannot be applied, give it up (usher feed "
                    + "discard); to leave out or apply again others, say --anyway")
        }
        let target = FeedPosition(number, recordedAt: there.recordedAt)
        try await entries.checkParked(after: number)
        try await followed.beforeMove()
        try await entries.move(from: cursor, to: target, because: reason)
        return .with {
            $0.before = before
            $0.after = Self.told(name, target, there)
        }
    }

    private static func told(
        _ name: String, _ cursor: FeedPosition, _ look: FeedLook
    ) -> RPCV1.FeedPosition {
        .with {
            $0.feed = name
            $0.position = cursor.number
            $0.recordedAt = cursor.recordedAt.map { Timestamp($0) }
            $0.head = look.head
            $0.lost = isLost(cursor, look)
        }
    }

    /// Whether the feed lacks what was read of it, as its service itself would say.
    static func isLost(_ cursor: FeedPosition, _ look: FeedLook) -> Bool {
        guard cursor.number <= look.head else {
            return true
        }
        guard let had = cursor.recordedAt, let has = look.recordedAt else {
            return false
        }
        return !FeedPosition.isSame(had, has)
    }
}
