package import Wire

/// The feeds that a service follows, for operators.
extension RPCV1 {
    /// Answered by every service that follows a feed.
    package enum Feeds: ServiceContract {
        package static let name = "usher.rpc.v1.Feeds"
        /// Operator. How far each feed has been applied, and what is parked.
        package static let listParked = Method<ListParkedRequest, ListParkedResponse>(
            name, "ListParked", isIdempotent: true, access: .services(["operator"]))
        /// Operator. Applies the parked entries of one key in order, until one fails again.
        package static let releaseParked = Method<ReleaseParkedRequest, ReleaseParkedResponse>(
            name, "ReleaseParked", isIdempotent: true, access: .services(["operator"]))
        /// Operator. Gives one parked entry up.
        package static let discardParked = Method<DiscardParkedRequest, DiscardParkedResponse>(
            name, "DiscardParked", access: .services(["operator"]))
        /// Operator. How far a feed was read, and whether the feed has that entry still.
        package static let getPosition = Method<GetPositionRequest, GetPositionResponse>(
            name, "GetPosition", isIdempotent: true, access: .services(["operator"]))
        /// Operator. Names the last entry of a feed that the follower is to have had.
        package static let setPosition = Method<SetPositionRequest, SetPositionResponse>(
            name, "SetPosition", access: .services(["operator"]))

        package static let methods: [any AnyMethod] = [
            listParked, releaseParked, discardParked, getPosition, setPosition,
        ]
    }

    /// A feed that this service follows.
    package struct FollowedFeed: Message {
        package static let protoName = "usher.rpc.v1.FollowedFeed"
        /// The service whose feed it is: `booking`.
        package var feed = ""
        /// Of the last entry that was applied, or parked.
        package var position: UInt64 = 0
        /// Entries that are parked.
        package var parked: UInt32 = 0
        /// Entries that were given up.
        package var discarded: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "feed", &feed)
            v.field(2, "position", &position)
            v.field(3, "parked", &parked)
            v.field(4, "discarded", &discarded)
        }
    }

    /// An entry that was not applied.
    package struct ParkedEntry: Message {
        package static let protoName = "usher.rpc.v1.ParkedEntry"
        /// The service whose feed it is from.
        package var feed = ""
        /// Its place there.
        package var position: UInt64 = 0
        /// What the fact is about.
        package var key = ""
        /// Why it was not applied, when it was tried last; at most 2,000 characters.
        package var reason = ""
        /// Since when.
        package var parkedAt: Timestamp?
        /// The serialized FeedEntry, where it was asked for. May hold personal data.
        package var entry: [UInt8] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "feed", &feed)
            v.field(2, "position", &position)
            v.field(3, "key", &key)
            v.field(4, "reason", &reason)
            v.field(5, "parked_at", &parkedAt)
            v.field(6, "entry", &entry)
        }
    }

    /// Asks for what is parked.
    package struct ListParkedRequest: Message {
        package static let protoName = "usher.rpc.v1.ListParkedRequest"
        /// Empty = every feed.
        package var feed = ""
        /// Empty = every key.
        package var key = ""
        /// 1 to 500; 0 = 100.
        package var pageSize: UInt32 = 0
        /// From the page before; empty = the first.
        package var pageToken = ""
        /// Whether the entries themselves are wanted.
        package var withEntries = false
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "feed", &feed)
            v.field(2, "key", &key)
            v.field(3, "page_size", &pageSize)
            v.field(4, "page_token", &pageToken)
            v.field(5, "with_entries", &withEntries)
        }
    }

    /// What is parked.
    package struct ListParkedResponse: Message {
        package static let protoName = "usher.rpc.v1.ListParkedResponse"
        /// By feed and position.
        package var entries: [ParkedEntry] = []
        /// Empty = that was the last page.
        package var nextPageToken = ""
        /// Every feed that is followed, or the one that was asked for.
        package var feeds: [FollowedFeed] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entries", &entries)
            v.field(2, "next_page_token", &nextPageToken)
            v.field(3, "feeds", &feeds)
        }
    }

    /// Asks to apply parked entries.
    package struct ReleaseParkedRequest: Message {
        /// Which.
        package enum Entries: Equatable, Sendable {
            /// All of this key.
            case key(String)
            /// Those of this entry's key up to this one.
            case position(UInt64)
        }

        package static let protoName = "usher.rpc.v1.ReleaseParkedRequest"
        /// The service whose feed they are from.
        package var feed = ""
        /// Which; nil is refused.
        package var entries: Entries?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "feed", &feed)
            v.member(2, "key", of: "entries", &entries, Entries.key) {
                if case .key(let value) = $0 { value } else { nil }
            }
            v.member(3, "position", of: "entries", &entries, Entries.position) {
                if case .position(let value) = $0 { value } else { nil }
            }
        }
    }

    /// What became of them.
    package struct ReleaseParkedResponse: Message {
        package static let protoName = "usher.rpc.v1.ReleaseParkedResponse"
        /// Whose they are.
        package var key = ""
        /// Positions of those that were applied.
        package var applied: [UInt64] = []
        /// The one that failed again, with why; absent where none did.
        package var failed: ParkedEntry?
        /// Entries of the key that are parked still.
        package var left: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "key", &key)
            v.field(2, "applied", &applied)
            v.field(3, "failed", &failed)
            v.field(4, "left", &left)
        }
    }

    /// Asks to give an entry up.
    package struct DiscardParkedRequest: Message {
        package static let protoName = "usher.rpc.v1.DiscardParkedRequest"
        /// The service whose feed it is from.
        package var feed = ""
        /// Its place there.
        package var position: UInt64 = 0
        /// Why it is given up; 1 to 500 characters.
        package var reason = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "feed", &feed)
            v.field(2, "position", &position)
            v.field(3, "reason", &reason)
        }
    }

    /// It is given up.
    package struct DiscardParkedResponse: Message {
        package static let protoName = "usher.rpc.v1.DiscardParkedResponse"
        /// As it was.
        package var entry: ParkedEntry?
        /// Later entries of its key that are parked still.
        package var left: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entry", &entry)
            v.field(2, "left", &left)
        }
    }
}
