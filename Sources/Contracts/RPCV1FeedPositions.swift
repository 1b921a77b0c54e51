package import Wire

/// The positions of feeds that a service follows, for operators.
extension RPCV1 {
    /// How far a feed was read, beside what its service has.
    package struct FeedPosition: Message {
        package static let protoName = "usher.rpc.v1.FeedPosition"
        /// The service whose feed it is: `booking`.
        package var feed = ""
        /// Of the last entry that was applied, or parked; 0 = none.
        package var position: UInt64 = 0
        /// When that entry was recorded, by which it is known again; nil = it is not checked.
        package var recordedAt: Timestamp?
        /// Of the feed's newest entry; 0 = it has none.
        package var head: UInt64 = 0
        /// The feed does not have what was read of it. Nothing is read on until the position is set.
        package var lost = false
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "feed", &feed)
            v.field(2, "position", &position)
            v.field(3, "recorded_at", &recordedAt)
            v.field(4, "head", &head)
            v.field(5, "lost", &lost)
        }
    }

    /// Asks how far a feed was read.
    package struct GetPositionRequest: Message {
        package static let protoName = "usher.rpc.v1.GetPositionRequest"
        /// The service whose feed it is.
        package var feed = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "feed", &feed)
        }
    }

    /// Answer of `getPosition`.
    package struct GetPositionResponse: Message {
        package static let protoName = "usher.rpc.v1.GetPositionResponse"
        /// As it is.
        package var position: FeedPosition?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "position", &position)
        }
    }

    /// Names the entry of a feed to go on from.
    package struct SetPositionRequest: Message {
        package static let protoName = "usher.rpc.v1.SetPositionRequest"
        /// The service whose feed it is.
        package var feed = ""
        /// The last entry that the follower is to have had; 0 = none.
        package var position: UInt64 = 0
        /// Why; 1 to 500 characters.
        package var reason = ""
        /// Sets it though the feed has what was read of it.
        package var anyway = false
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "feed", &feed)
            v.field(2, "position", &position)
            v.field(3, "reason", &reason)
            v.field(4, "anyway", &anyway)
        }
    }

    /// Answer of `setPosition`.
    package struct SetPositionResponse: Message {
        package static let protoName = "usher.rpc.v1.SetPositionResponse"
        /// As it was.
        package var before: FeedPosition?
        /// As it is.
        package var after: FeedPosition?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "before", &before)
            v.field(2, "after", &after)
        }
    }
}
