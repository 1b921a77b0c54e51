package import Contracts
package import Wire

/// An entry of some service's feed: a fact with its place in the order.
package protocol FeedEntry: Message {
    /// 1, 2, 3 … without gaps.
    var position: UInt64 { get set }
    /// What the fact is about.
    var key: String { get set }
    /// When it was written.
    var recordedAt: Wire.Timestamp? { get set }
}

extension AuthV1.FeedEntry: FeedEntry {}
extension EventV1.FeedEntry: FeedEntry {}
extension BookingV1.FeedEntry: FeedEntry {}
extension PaymentV1.FeedEntry: FeedEntry {}

/// What a reader asks of a feed; every service's `ReadFeedRequest` is one.
package protocol FeedRequest: Message {
    /// Position of the last entry that the reader has.
    var after: UInt64 { get set }
    /// Entries at most, 1 to 1,000; 0 = 100.
    var limit: UInt32 { get set }
    /// How long to wait for a first entry, milliseconds, at most 30,000.
    var waitMs: UInt32 { get set }
    /// `recordedAt` of the entry at `after`; nil = unchecked.
    var afterRecordedAt: Wire.Timestamp? { get set }
}

extension AuthV1.ReadFeedRequest: FeedRequest {}
extension EventV1.ReadFeedRequest: FeedRequest {}
extension BookingV1.ReadFeedRequest: FeedRequest {}
extension PaymentV1.ReadFeedRequest: FeedRequest {}

/// Part of a feed; every service's `ReadFeedResponse` is one.
package protocol FeedPage: Message {
    associatedtype Entry: FeedEntry
    /// In the order of their positions.
    var entries: [Entry] { get set }
    /// Position of the newest entry when this was read.
    var lastPosition: UInt64 { get set }
}

extension AuthV1.ReadFeedResponse: FeedPage {}
extension EventV1.ReadFeedResponse: FeedPage {}
extension BookingV1.ReadFeedResponse: FeedPage {}
extension PaymentV1.ReadFeedResponse: FeedPage {}

/// What a follower asks of a feed; every service's `FollowFeedRequest` is one.
package protocol FeedFollowRequest: Message {
    /// Position of the last entry that the follower has.
    var after: UInt64 { get set }
    /// `recordedAt` of that entry; nil = unchecked.
    var afterRecordedAt: Wire.Timestamp? { get set }
    /// Entries in one message at most, 1 to 1,000; 0 = 500.
    var batchMax: UInt32 { get set }
}

extension AuthV1.FollowFeedRequest: FeedFollowRequest {}
extension EventV1.FollowFeedRequest: FeedFollowRequest {}
extension BookingV1.FollowFeedRequest: FeedFollowRequest {}
extension PaymentV1.FollowFeedRequest: FeedFollowRequest {}

/// A message of a followed feed; every service's `FollowFeedResponse` is one.
package protocol FeedBatch: Message {
    associatedtype Entry: FeedEntry
    /// In the order of their positions, without gaps; may be empty.
    var entries: [Entry] { get set }
    /// Position of the newest entry when this was read.
    var head: UInt64 { get set }
}

extension AuthV1.FollowFeedResponse: FeedBatch {}
extension EventV1.FollowFeedResponse: FeedBatch {}
extension BookingV1.FollowFeedResponse: FeedBatch {}
extension PaymentV1.FollowFeedResponse: FeedBatch {}

/// A fact of another service that names things in a way that this one cannot read.
package struct UnreadableFact: Error, CustomStringConvertible {
    package let description: String

    package init(_ what: String) {
        description = "unreadable fact about \(what)"
    }
}
