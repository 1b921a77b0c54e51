package import Wire

/// The waiting list of an event as its organiser sees it.
extension EventV1 {
    /// Asks for the counts of a waiting list.
    package struct GetWaitingCountsRequest: Message {
        package static let protoName = "usher.event.v1.GetWaitingCountsRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// Answer of `EventService.getWaitingCounts`.
    package struct GetWaitingCountsResponse: Message {
        package static let protoName = "usher.event.v1.GetWaitingCountsResponse"
        /// All wishes together.
        package var total: WaitingCounts?
        /// By the category that is wished for, in the event's order, wishes for any category last;
        /// those that nobody has wished for are left out.
        package var categories: [WaitingCounts] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "total", &total)
            v.field(2, "categories", &categories)
        }
    }

    /// Entries of a waiting list. Those that are over are counted for 90 days.
    package struct WaitingCounts: Message {
        package static let protoName = "usher.event.v1.WaitingCounts"
        /// As of the wish; empty = any, and of the total.
        package var category = ""
        /// People who wait for an offer.
        package var waiting: UInt32 = 0
        /// Places that they wish for, in sum.
        package var placesWanted: UInt32 = 0
        /// Offers that are open.
        package var offered: UInt32 = 0
        /// Places that are offered, in sum.
        package var placesOffered: UInt32 = 0
        /// Offers that were booked.
        package var accepted: UInt32 = 0
        /// Offers whose time ran out.
        package var expired: UInt32 = 0
        /// Offers that were given back.
        package var declined: UInt32 = 0
        /// People who left before an offer.
        package var left: UInt32 = 0
        /// People who were left when the list ended, with the sale or the event.
        package var ended: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "category", &category)
            v.field(2, "waiting", &waiting)
            v.field(3, "places_wanted", &placesWanted)
            v.field(4, "offered", &offered)
            v.field(5, "places_offered", &placesOffered)
            v.field(6, "accepted", &accepted)
            v.field(7, "expired", &expired)
            v.field(8, "declined", &declined)
            v.field(9, "left", &left)
            v.field(10, "ended", &ended)
        }
    }
}
