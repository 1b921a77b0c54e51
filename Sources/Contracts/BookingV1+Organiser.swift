package import Wire

/// Giving back, and what organisers do with their events.
extension BookingV1 {
    /// Gives a booking back.
    package struct CancelBookingRequest: Message {
        package static let protoName = "usher.booking.v1.CancelBookingRequest"
        /// `bkg_…`
        package var bookingID = ""
        /// Indexes of the places to give back; none = all.
        package var places: [UInt32] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking_id", &bookingID)
            v.field(2, "places", &places)
        }
    }

    /// The booking, given back.
    package struct CancelBookingResponse: Message {
        package static let protoName = "usher.booking.v1.CancelBookingResponse"
        /// As it is now.
        package var booking: Booking?
        /// What goes back, minor units.
        package var refundMinor: Int64 = 0
        /// What is kept of the price under the event's policy, minor units.
        package var feeMinor: Int64 = 0
        /// `rfd_…`; empty where nothing goes back.
        package var refundID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking", &booking)
            v.field(2, "refund_minor", &refundMinor)
            v.field(3, "fee_minor", &feeMinor)
            v.field(4, "refund_id", &refundID)
        }
    }

    /// Asks how far a cancellation has come.
    package struct GetEventCancellationRequest: Message {
        package static let protoName = "usher.booking.v1.GetEventCancellationRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// How far a cancellation has come.
    package struct GetEventCancellationResponse: Message {
        package static let protoName = "usher.booking.v1.GetEventCancellationResponse"
        /// As it is now.
        package var cancellation: EventCancellation?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "cancellation", &cancellation)
        }
    }

    /// The cancellation of an event: every booking is given back.
    package struct EventCancellation: Message {
        package static let protoName = "usher.booking.v1.EventCancellation"
        /// `evt_…`
        package var eventID = ""
        /// When this service was told.
        package var cancelledAt: Timestamp?
        /// When the last booking was given back; absent before.
        package var finishedAt: Timestamp?
        /// Bookings given back.
        package var bookingsDone: UInt32 = 0
        /// Bookings still to be given back.
        package var bookingsLeft: UInt32 = 0
        /// Refunds that were asked for.
        package var refunds: UInt32 = 0
        /// What they come to, minor units.
        package var refundedMinor: Int64 = 0
        /// ISO 4217.
        package var currency = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "cancelled_at", &cancelledAt)
            v.field(3, "finished_at", &finishedAt)
            v.field(4, "bookings_done", &bookingsDone)
            v.field(5, "bookings_left", &bookingsLeft)
            v.field(6, "refunds", &refunds)
            v.field(7, "refunded_minor", &refundedMinor)
            v.field(8, "currency", &currency)
        }
    }

    /// Keeps places back.
    package struct BlockPlacesRequest: Message {
        package static let protoName = "usher.booking.v1.BlockPlacesRequest"
        /// `evt_…`
        package var eventID = ""
        /// Indexes within the event, 1 to 1,000.
        package var places: [UInt32] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "places", &places)
        }
    }

    /// Places are kept back.
    package struct BlockPlacesResponse: Message {
        package static let protoName = "usher.booking.v1.BlockPlacesResponse"
        /// Those that were not blocked before.
        package var places: [UInt32] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "places", &places)
        }
    }

    /// Gives places free that were kept back.
    package struct UnblockPlacesRequest: Message {
        package static let protoName = "usher.booking.v1.UnblockPlacesRequest"
        /// `evt_…`
        package var eventID = ""
        /// Indexes within the event, 1 to 1,000.
        package var places: [UInt32] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "places", &places)
        }
    }

    /// Places are free again.
    package struct UnblockPlacesResponse: Message {
        package static let protoName = "usher.booking.v1.UnblockPlacesResponse"
        /// Those that were blocked before.
        package var places: [UInt32] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "places", &places)
        }
    }

    /// Books the caller's hold without a payment here.
    package struct CreateOrganiserBookingRequest: Message {
        package static let protoName = "usher.booking.v1.CreateOrganiserBookingRequest"
        /// As of `CreateBooking`.
        package var holdToken = ""
        /// Complimentary: every place is free. Box office: paid elsewhere, at the prices of the
        /// hold.
        package var kind = BookingKind.unspecified
        /// `usr_…`; whose tickets they are; empty = the caller.
        package var buyerID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "hold_token", &holdToken)
            v.field(2, "kind", &kind)
            v.field(3, "buyer_id", &buyerID)
        }
    }

    /// The booking made.
    package struct CreateOrganiserBookingResponse: Message {
        package static let protoName = "usher.booking.v1.CreateOrganiserBookingResponse"
        /// It is confirmed.
        package var booking: Booking?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking", &booking)
        }
    }

    /// Asks for an event's bookings.
    package struct ListEventBookingsRequest: Message {
        package static let protoName = "usher.booking.v1.ListEventBookingsRequest"
        /// `evt_…`
        package var eventID = ""
        /// Unspecified = all.
        package var state = BookingState.unspecified
        /// 1 to 100; 0 = 20.
        package var pageSize: UInt32 = 0
        /// From the page before; empty = the first.
        package var pageToken = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "state", &state)
            v.field(3, "page_size", &pageSize)
            v.field(4, "page_token", &pageToken)
        }
    }

    /// A page of an event's bookings.
    package struct ListEventBookingsResponse: Message {
        package static let protoName = "usher.booking.v1.ListEventBookingsResponse"
        /// Newest first.
        package var bookings: [Booking] = []
        /// Empty = that was the last page.
        package var nextPageToken = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "bookings", &bookings)
            v.field(2, "next_page_token", &nextPageToken)
        }
    }

    /// Asks what an event has sold.
    package struct GetSalesRequest: Message {
        package static let protoName = "usher.booking.v1.GetSalesRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// What an event has sold.
    package struct GetSalesResponse: Message {
        package static let protoName = "usher.booking.v1.GetSalesResponse"
        /// `evt_…`
        package var eventID = ""
        /// ISO 4217.
        package var currency = ""
        /// By category, price type and kind.
        package var lines: [SalesLine] = []
        /// What went back or is about to, minor units.
        package var refundedMinor: Int64 = 0
        /// Kept of cancelled bookings, minor units.
        package var feesMinor: Int64 = 0
        /// Places kept back.
        package var blockedPlaces: UInt32 = 0
        /// Places in bookings that wait for their payment.
        package var pendingPlaces: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "currency", &currency)
            v.field(3, "lines", &lines)
            v.field(4, "refunded_minor", &refundedMinor)
            v.field(5, "fees_minor", &feesMinor)
            v.field(6, "blocked_places", &blockedPlaces)
            v.field(7, "pending_places", &pendingPlaces)
        }
    }

    /// Places sold of one category at one price type.
    package struct SalesLine: Message {
        package static let protoName = "usher.booking.v1.SalesLine"
        /// As in the plan.
        package var category = ""
        /// Empty = the category's price.
        package var priceType = ""
        /// How they were sold.
        package var kind = BookingKind.unspecified
        /// Sold and not given back.
        package var places: UInt32 = 0
        /// Their prices together, minor units.
        package var priceMinor: Int64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "category", &category)
            v.field(2, "price_type", &priceType)
            v.field(3, "kind", &kind)
            v.field(4, "places", &places)
            v.field(5, "price_minor", &priceMinor)
        }
    }

    /// Asks what has happened to a booking.
    package struct GetBookingTimelineRequest: Message {
        package static let protoName = "usher.booking.v1.GetBookingTimelineRequest"
        /// `bkg_…`
        package var bookingID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking_id", &bookingID)
        }
    }

    /// What has happened to a booking.
    package struct GetBookingTimelineResponse: Message {
        package static let protoName = "usher.booking.v1.GetBookingTimelineResponse"
        /// Oldest first, at most 1,000.
        package var entries: [TimelineEntry] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entries", &entries)
        }
    }

    /// Asks what has happened to a place.
    package struct GetPlaceTimelineRequest: Message {
        package static let protoName = "usher.booking.v1.GetPlaceTimelineRequest"
        /// `evt_…`
        package var eventID = ""
        /// Index within the event.
        package var place: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "place", &place)
        }
    }

    /// What has happened to a place.
    package struct GetPlaceTimelineResponse: Message {
        package static let protoName = "usher.booking.v1.GetPlaceTimelineResponse"
        /// Oldest first, at most 1,000.
        package var entries: [TimelineEntry] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "entries", &entries)
        }
    }

    /// Something that has happened.
    package struct TimelineEntry: Message {
        package static let protoName = "usher.booking.v1.TimelineEntry"
        /// By the booking database's clock.
        package var at: Timestamp?
        /// Stable code: `created`, `confirmed`, `reclaimed`, `expired`, `cancelled`, `refund_due`,
        /// `refund_owed` (the provider refuses it; it is asked again), `refunded` (the money has gone
        /// back), `refused`, `blocked`, `unblocked`.
        package var what = ""
        /// `bkg_…`; empty where there is none.
        package var bookingID = ""
        /// `usr_…`; who did it, empty where it was the platform.
        package var actorID = ""
        /// Stable code of why, as in the feed's fact; the provider's own of a `refund_owed`; empty where
        /// there is none.
        package var reason = ""
        /// Indexes within the event that it was about.
        package var places: [UInt32] = []
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
            v.field(3, "booking_id", &bookingID)
            v.field(4, "actor_id", &actorID)
            v.field(5, "reason", &reason)
            v.field(6, "places", &places)
            v.field(7, "amount_minor", &amountMinor)
            v.field(8, "payment_id", &paymentID)
            v.field(9, "refund_id", &refundID)
        }
    }
}
