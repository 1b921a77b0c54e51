package import Wire

/// The feed as a stream.
extension BookingV1 {
    /// Asks for what happened after a position, and for what happens from now on.
    package struct FollowFeedRequest: Message {
        package static let protoName = "usher.booking.v1.FollowFeedRequest"
        /// Position of the last entry that the reader has; 0 = from the start.
        package var after: UInt64 = 0
        /// `recordedAt` of that entry, by which it is known again; absent = unchecked.
        package var afterRecordedAt: Timestamp?
        /// Entries in one message at most, 1 to 1,000; 0 = 500.
        package var batchMax: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "after", &after)
            v.field(2, "after_recorded_at", &afterRecordedAt)
            v.field(3, "batch_max", &batchMax)
        }
    }

    /// One message of the stream. The first comes at once, then one where there are new entries, and
    /// an empty one when there were none for about 10 s.
    package struct FollowFeedResponse: Message {
        package static let protoName = "usher.booking.v1.FollowFeedResponse"
        /// Oldest first, without gaps; about 256 KiB, or one that is larger.
        package var entries: [FeedEntry] = []
        /// Position of the newest entry when this was read.
        package var head: UInt64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entries", &entries)
            v.field(2, "head", &head)
        }
    }
}
