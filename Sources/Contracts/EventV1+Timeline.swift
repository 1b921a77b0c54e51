package import Wire

/// What has happened to a seat.
extension EventV1 {
    /// Asks for one seat's history.
    package struct GetSeatTimelineRequest: Message {
        package static let protoName = "usher.event.v1.GetSeatTimelineRequest"
        /// `evt_…`
        package var eventID = ""
        /// Index within the event.
        package var place: UInt32 = 0
        /// The plan's `seat_guid`, instead of `place`.
        package var seatGUID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "place", &place)
            v.field(3, "seat_guid", &seatGUID)
        }
    }

    /// Answer of `EventService.getSeatTimeline`.
    package struct GetSeatTimelineResponse: Message {
        package static let protoName = "usher.event.v1.GetSeatTimelineResponse"
        /// Oldest first; of more than 1,000, the newest.
        package var entries: [SeatTimelineEntry] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entries", &entries)
        }
    }

    /// One thing that has happened to a seat.
    package struct SeatTimelineEntry: Message {
        package static let protoName = "usher.event.v1.SeatTimelineEntry"
        /// By the seat state's clock, or the booking database's for what begins with `booking_`.
        package var at: Timestamp?
        /// Stable code.
        package var what = ""
        /// `hld_…`; empty where there is none.
        package var holdID = ""
        /// `bkg_…`; empty where there is none.
        package var bookingID = ""
        /// `usr_…`; who did it, empty where it was the platform.
        package var actorID = ""
        /// `usr_…`; whose hold it is, or would have been; empty where there is none.
        package var holderID = ""
        /// Stable code of why; empty where there is none.
        package var reason = ""
        /// The hold's deadline from then on.
        package var expiresAt: Timestamp?
        /// Of an extension: the deadline of before.
        package var previousExpiresAt: Timestamp?
        /// Money that it was about, minor units.
        package var amountMinor: Int64 = 0
        /// `pay_…`; empty where there is none.
        package var paymentID = ""
        /// `rfd_…`; empty where there is none.
        package var refundID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "at", &at)
            v.field(2, "what", &what)
            v.field(3, "hold_id", &holdID)
            v.field(4, "booking_id", &bookingID)
            v.field(5, "actor_id", &actorID)
            v.field(6, "holder_id", &holderID)
            v.field(7, "reason", &reason)
            v.field(8, "expires_at", &expiresAt)
            v.field(9, "previous_expires_at", &previousExpiresAt)
            v.field(10, "amount_minor", &amountMinor)
            v.field(11, "payment_id", &paymentID)
            v.field(12, "refund_id", &refundID)
        }
    }
}
