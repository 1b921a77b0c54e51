package import Wire

/// Making, publishing and finding events.
extension EventV1 {
    /// Asks for a draft.
    package struct CreateEventRequest: Message {
        package static let protoName = "usher.event.v1.CreateEventRequest"
        /// 1 to 200 characters.
        package var title = ""
        /// Plain text, at most 10,000 characters.
        package var description = ""
        /// 1 to 200 characters.
        package var venue = ""
        /// When it begins.
        package var startsAt: Timestamp?
        /// IANA name.
        package var timeZone = ""
        /// ISO 4217.
        package var currency = ""
        /// `pln_…`
        package var planID = ""
        /// Prices; a category left out has the plan's price.
        package var categories: [PriceCategory] = []
        /// Absent = at once.
        package var saleOpensAt: Timestamp?
        /// Absent = when the event starts.
        package var saleClosesAt: Timestamp?
        /// 0 = 600.
        package var holdSeconds: UInt32 = 0
        /// 0 = 900.
        package var paySeconds: UInt32 = 0
        /// 0 = 10.
        package var maxPlacesPerHold: UInt32 = 0
        /// Absent = buyers may not cancel.
        package var cancellation: CancellationPolicy?
        /// 0 = no limit.
        package var maxPlacesPerBuyer: UInt32 = 0
        /// 0 = holds are not extended.
        package var holdExtendSeconds: UInt32 = 0
        /// See `Event`.
        package var refusesSingleSeats = false
        /// As for `Event`; 0 = 3,600.
        package var offerSeconds: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "title", &title)
            v.field(2, "description", &description)
            v.field(3, "venue", &venue)
            v.field(4, "starts_at", &startsAt)
            v.field(5, "time_zone", &timeZone)
            v.field(6, "currency", &currency)
            v.field(7, "plan_id", &planID)
            v.field(8, "categories", &categories)
            v.field(9, "sale_opens_at", &saleOpensAt)
            v.field(10, "sale_closes_at", &saleClosesAt)
            v.field(11, "hold_seconds", &holdSeconds)
            v.field(12, "pay_seconds", &paySeconds)
            v.field(13, "max_places_per_hold", &maxPlacesPerHold)
            v.field(14, "cancellation", &cancellation)
            v.field(15, "max_places_per_buyer", &maxPlacesPerBuyer)
            v.field(16, "hold_extend_seconds", &holdExtendSeconds)
            v.field(17, "refuses_single_seats", &refusesSingleSeats)
            v.field(18, "offer_seconds", &offerSeconds)
        }
    }

    /// The draft made.
    package struct CreateEventResponse: Message {
        package static let protoName = "usher.event.v1.CreateEventResponse"
        /// A draft.
        package var event: Event?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event", &event)
        }
    }

    /// Puts a draft on sale.
    package struct PublishEventRequest: Message {
        package static let protoName = "usher.event.v1.PublishEventRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// The event on sale.
    package struct PublishEventResponse: Message {
        package static let protoName = "usher.event.v1.PublishEventResponse"
        /// As it is now.
        package var event: Event?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event", &event)
        }
    }

    /// Asks for published events.
    package struct ListEventsRequest: Message {
        package static let protoName = "usher.event.v1.ListEventsRequest"
        /// 1 to 100; 0 = 20.
        package var pageSize: UInt32 = 0
        /// From the page before; empty = the first.
        package var pageToken = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "page_size", &pageSize)
            v.field(2, "page_token", &pageToken)
        }
    }

    /// A page of published events.
    package struct ListEventsResponse: Message {
        package static let protoName = "usher.event.v1.ListEventsResponse"
        /// Soonest first.
        package var events: [Event] = []
        /// Empty = that was the last page.
        package var nextPageToken = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "events", &events)
            v.field(2, "next_page_token", &nextPageToken)
        }
    }

    /// Asks for an event.
    package struct GetEventRequest: Message {
        package static let protoName = "usher.event.v1.GetEventRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// The event asked for.
    package struct GetEventResponse: Message {
        package static let protoName = "usher.event.v1.GetEventResponse"
        /// As it is now.
        package var event: Event?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event", &event)
        }
    }

    /// Asks for what happened after a position.
    package struct ReadFeedRequest: Message {
        package static let protoName = "usher.event.v1.ReadFeedRequest"
        /// Position of the last entry that the reader has; 0 = from the start.
        package var after: UInt64 = 0
        /// At most this many entries, 1 to 1,000; 0 = 100.
        package var limit: UInt32 = 0
        /// How long to wait for a first entry, milliseconds, at most 30,000.
        package var waitMs: UInt32 = 0
        /// `recordedAt` of the entry at `after`, by which it is known again; absent = unchecked.
        package var afterRecordedAt: Timestamp?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "after", &after)
            v.field(2, "limit", &limit)
            v.field(3, "wait_ms", &waitMs)
            v.field(4, "after_recorded_at", &afterRecordedAt)
        }
    }

    /// What happened, in order.
    package struct ReadFeedResponse: Message {
        package static let protoName = "usher.event.v1.ReadFeedResponse"
        /// Oldest first.
        package var entries: [FeedEntry] = []
        /// Position of the newest entry when this was read.
        package var lastPosition: UInt64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entries", &entries)
            v.field(2, "last_position", &lastPosition)
        }
    }

    /// One fact and its place in the feed.
    package struct FeedEntry: Message {
        /// The facts that this service tells.
        package enum Fact: Equatable, Sendable {
            /// The event is new, or anything about it has changed.
            case eventChanged(EventChanged)
            /// Places are held for somebody of the waiting list.
            case waitingOffered(WaitingOffered)
            /// Somebody is on the waiting list no longer, and not by their own doing.
            case waitingEnded(WaitingEnded)
        }

        package static let protoName = "usher.event.v1.FeedEntry"
        /// 1, 2, 3 … without gaps.
        package var position: UInt64 = 0
        /// What the fact is about (an event id); facts of one key are applied in order.
        package var key = ""
        /// When it was recorded.
        package var recordedAt: Timestamp?
        /// What happened; nil where this version does not know the fact.
        package var fact: Fact?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "position", &position)
            v.field(2, "key", &key)
            v.field(3, "recorded_at", &recordedAt)
            v.member(10, "event_changed", of: "fact", &fact, Fact.eventChanged) {
                if case .eventChanged(let value) = $0 { value } else { nil }
            }
            v.member(11, "waiting_offered", of: "fact", &fact, Fact.waitingOffered) {
                if case .waitingOffered(let value) = $0 { value } else { nil }
            }
            v.member(12, "waiting_ended", of: "fact", &fact, Fact.waitingEnded) {
                if case .waitingEnded(let value) = $0 { value } else { nil }
            }
        }
    }

    /// The event is new, or anything about it has changed.
    package struct EventChanged: Message {
        package static let protoName = "usher.event.v1.EventChanged"
        /// As it is now.
        package var event: Event?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event", &event)
        }
    }
}
