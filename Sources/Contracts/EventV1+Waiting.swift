package import Wire

/// The waiting list of an event.
extension EventV1 {
    /// Where somebody on the list stands.
    package struct WaitingState: ProtoEnum {
        package static let protoName = "usher.event.v1.WaitingState"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = WaitingState(rawValue: 0)
        /// In the line.
        package static let waiting = WaitingState(rawValue: 1)
        /// Places are held for them until the offer's deadline.
        package static let offered = WaitingState(rawValue: 2)
        /// They booked what they were offered.
        package static let accepted = WaitingState(rawValue: 3)
        /// The offer's time was over.
        package static let expired = WaitingState(rawValue: 4)
        /// They gave the offer back.
        package static let declined = WaitingState(rawValue: 5)
        /// They left the line.
        package static let left = WaitingState(rawValue: 6)
        /// The list ended with the event or its sale.
        package static let ended = WaitingState(rawValue: 7)

        package static let cases: [(name: String, value: Int32)] = [
            ("WAITING_STATE_UNSPECIFIED", 0),
            ("WAITING_STATE_WAITING", 1),
            ("WAITING_STATE_OFFERED", 2),
            ("WAITING_STATE_ACCEPTED", 3),
            ("WAITING_STATE_EXPIRED", 4),
            ("WAITING_STATE_DECLINED", 5),
            ("WAITING_STATE_LEFT", 6),
            ("WAITING_STATE_ENDED", 7),
        ]
    }

    /// Asks to be told of places that come back.
    package struct JoinWaitingListRequest: Message {
        package static let protoName = "usher.event.v1.JoinWaitingListRequest"
        /// `evt_…`
        package var eventID = ""
        /// One of the event's; empty = any.
        package var category = ""
        /// Places, 1 to the event's most for a hold; 0 where wheelchair places are wanted.
        package var quantity: UInt32 = 0
        /// Only places side by side.
        package var together = false
        /// Wheelchair places, instead of `quantity`.
        package var wheelchairPlaces: UInt32 = 0
        /// Seats for companions, at most as many as wheelchair places.
        package var companionPlaces: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "category", &category)
            v.field(3, "quantity", &quantity)
            v.field(4, "together", &together)
            v.field(5, "wheelchair_places", &wheelchairPlaces)
            v.field(6, "companion_places", &companionPlaces)
        }
    }

    /// Answer of `EventService.joinWaitingList`.
    package struct JoinWaitingListResponse: Message {
        package static let protoName = "usher.event.v1.JoinWaitingListResponse"
        /// As it is now.
        package var entry: WaitingEntry?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entry", &entry)
        }
    }

    /// Leaves the line, or gives back what was offered.
    package struct LeaveWaitingListRequest: Message {
        package static let protoName = "usher.event.v1.LeaveWaitingListRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// Answer of `EventService.leaveWaitingList`.
    package struct LeaveWaitingListResponse: Message {
        package static let protoName = "usher.event.v1.LeaveWaitingListResponse"
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {}
    }

    /// Asks where the caller stands.
    package struct GetWaitingEntryRequest: Message {
        package static let protoName = "usher.event.v1.GetWaitingEntryRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// Answer of `EventService.getWaitingEntry`.
    package struct GetWaitingEntryResponse: Message {
        package static let protoName = "usher.event.v1.GetWaitingEntryResponse"
        /// The caller's newest.
        package var entry: WaitingEntry?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entry", &entry)
        }
    }

    /// Somebody's place on the list of an event.
    package struct WaitingEntry: Message {
        package static let protoName = "usher.event.v1.WaitingEntry"
        /// `wtl_…`
        package var entryID = ""
        /// `evt_…`
        package var eventID = ""
        /// Where it stands.
        package var state = WaitingState.unspecified
        /// The wish, as of `JoinWaitingListRequest`.
        package var category = ""
        /// Places; 0 where wheelchair places are wanted.
        package var quantity: UInt32 = 0
        /// Only places side by side.
        package var together = false
        /// Wheelchair places.
        package var wheelchairPlaces: UInt32 = 0
        /// Seats for companions.
        package var companionPlaces: UInt32 = 0
        /// 1 = nobody is before them; 0 where they do not wait any more.
        package var position: UInt32 = 0
        /// When they joined.
        package var joinedAt: Timestamp?
        /// What is held for them, with the token that books it; absent where nothing is.
        package var offer: Hold?
        /// When the offer ends or ended; absent where there was none.
        package var offerExpiresAt: Timestamp?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entry_id", &entryID)
            v.field(2, "event_id", &eventID)
            v.field(3, "state", &state)
            v.field(4, "category", &category)
            v.field(5, "quantity", &quantity)
            v.field(6, "together", &together)
            v.field(7, "wheelchair_places", &wheelchairPlaces)
            v.field(8, "companion_places", &companionPlaces)
            v.field(9, "position", &position)
            v.field(10, "joined_at", &joinedAt)
            v.field(11, "offer", &offer)
            v.field(12, "offer_expires_at", &offerExpiresAt)
        }
    }

    /// Places are held for somebody of the waiting list.
    package struct WaitingOffered: Message {
        package static let protoName = "usher.event.v1.WaitingOffered"
        /// `wtl_…`
        package var entryID = ""
        /// `evt_…`
        package var eventID = ""
        /// As it is then.
        package var eventTitle = ""
        /// IANA name.
        package var timeZone = ""
        /// `usr_…`
        package var buyerID = ""
        /// What is offered, priced.
        package var places: [HeldPlace] = []
        /// Minor units.
        package var totalMinor: Int64 = 0
        /// ISO 4217.
        package var currency = ""
        /// By the seat state's clock.
        package var expiresAt: Timestamp?
        /// `hld_…`
        package var holdID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entry_id", &entryID)
            v.field(2, "event_id", &eventID)
            v.field(3, "event_title", &eventTitle)
            v.field(4, "time_zone", &timeZone)
            v.field(5, "buyer_id", &buyerID)
            v.field(6, "places", &places)
            v.field(7, "total_minor", &totalMinor)
            v.field(8, "currency", &currency)
            v.field(9, "expires_at", &expiresAt)
            v.field(10, "hold_id", &holdID)
        }
    }

    /// Somebody is on the waiting list no longer, and not by their own doing.
    package struct WaitingEnded: Message {
        package static let protoName = "usher.event.v1.WaitingEnded"
        /// `wtl_…`
        package var entryID = ""
        /// `evt_…`
        package var eventID = ""
        /// As it is then.
        package var eventTitle = ""
        /// `usr_…`
        package var buyerID = ""
        /// Stable code: `offer_expired`, `event_cancelled`, `sale_closed`.
        package var reason = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entry_id", &entryID)
            v.field(2, "event_id", &eventID)
            v.field(3, "event_title", &eventTitle)
            v.field(4, "buyer_id", &buyerID)
            v.field(5, "reason", &reason)
        }
    }
}
