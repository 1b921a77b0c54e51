package import Wire

/// proto/usher/booking/v1: bookings and the claims that make a seat somebody's.
package enum BookingV1 {
    static let messages: [any Message.Type] = [
        Booking.self, BookedPlace.self,
        CreateBookingRequest.self, CreateBookingResponse.self,
        GetBookingRequest.self, GetBookingResponse.self,
        ListBookingsRequest.self, ListBookingsResponse.self,
        SnapshotClaimsRequest.self, SnapshotClaimsResponse.self,
        CancelBookingRequest.self, CancelBookingResponse.self,
        GetEventCancellationRequest.self, GetEventCancellationResponse.self,
        EventCancellation.self, BlockPlacesRequest.self, BlockPlacesResponse.self,
        UnblockPlacesRequest.self, UnblockPlacesResponse.self,
        CreateOrganiserBookingRequest.self, CreateOrganiserBookingResponse.self,
        ListEventBookingsRequest.self, ListEventBookingsResponse.self,
        GetSalesRequest.self, GetSalesResponse.self, SalesLine.self,
        GetBookingTimelineRequest.self, GetBookingTimelineResponse.self,
        GetPlaceTimelineRequest.self, GetPlaceTimelineResponse.self, TimelineEntry.self,
        ReadFeedRequest.self, ReadFeedResponse.self, FollowFeedRequest.self,
        FollowFeedResponse.self, FeedEntry.self,
        BookingCreated.self, BookingConfirmed.self, BookingExpired.self, RefundDue.self,
        PlacesBlocked.self, PlacesUnblocked.self, BookingCancelled.self,
        PlacesOffered.self, OfferEnded.self,
    ]

    /// Turns holds into bookings.
    package enum BookingService: ServiceContract {
        package static let name = "usher.booking.v1.BookingService"
        /// User. Turns the caller's hold into a booking that waits for its payment. The same token
        /// again gives the same booking. ABORTED with code `seats_unavailable`, `hold_lost` or
        /// `hold_expired`; PERMISSION_DENIED for somebody else's hold.
        package static let createBooking = Method<CreateBookingRequest, CreateBookingResponse>(
            name, "CreateBooking", access: .byHandler)
        /// The buyer, or the service `payment`.
        package static let getBooking = Method<GetBookingRequest, GetBookingResponse>(
            name, "GetBooking", isIdempotent: true, access: .byHandler)
        /// User. The caller's bookings, newest first.
        package static let listBookings = Method<ListBookingsRequest, ListBookingsResponse>(
            name, "ListBookings", isIdempotent: true, access: .byHandler)
        /// The buyer, within the event's cancellation policy, or the event's organiser, always.
        /// What was paid for the places goes back, less the policy's fee where the buyer cancels.
        /// ABORTED with code `booking_not_active`, `cancellation_closed` or `places_not_active`; a
        /// booking that waits for its payment is given back whole.
        package static let cancelBooking = Method<CancelBookingRequest, CancelBookingResponse>(
            name, "CancelBooking", access: .byHandler)
        /// Organiser of the event. How far the cancellation of the event has come.
        package static let getEventCancellation = Method<
            GetEventCancellationRequest, GetEventCancellationResponse
        >(
            name, "GetEventCancellation", isIdempotent: true, access: .byHandler)
        /// Organiser of the event. Keeps places back, all or none: ABORTED with code
        /// `seats_unavailable` and a reason per place that is booked. Holds on them are lost.
        package static let blockPlaces = Method<BlockPlacesRequest, BlockPlacesResponse>(
            name, "BlockPlaces", isIdempotent: true, access: .byHandler)
        /// Organiser of the event. Gives places free that were kept back.
        package static let unblockPlaces = Method<UnblockPlacesRequest, UnblockPlacesResponse>(
            name, "UnblockPlaces", isIdempotent: true, access: .byHandler)
        /// Organiser of the event. Turns the caller's hold into a confirmed booking without a
        /// payment here: complimentary, or paid at the box office. The same token again gives the
        /// same booking.
        package static let createOrganiserBooking = Method<
            CreateOrganiserBookingRequest, CreateOrganiserBookingResponse
        >(
            name, "CreateOrganiserBooking", access: .byHandler)
        /// Organiser of the event. Its bookings, newest first.
        package static let listEventBookings = Method<
            ListEventBookingsRequest, ListEventBookingsResponse
        >(
            name, "ListEventBookings", isIdempotent: true, access: .byHandler)
        /// Organiser of the event. What it has sold.
        package static let getSales = Method<GetSalesRequest, GetSalesResponse>(
            name, "GetSales", isIdempotent: true, access: .byHandler)
        /// Organiser of the event. What has happened to a booking: claims, payments, refunds, who
        /// and when.
        package static let getBookingTimeline = Method<
            GetBookingTimelineRequest, GetBookingTimelineResponse
        >(
            name, "GetBookingTimeline", isIdempotent: true, access: .byHandler)
        /// Organiser of the event. What has happened to a place: who claimed it, who was refused,
        /// who gave it back, and when.
        package static let getPlaceTimeline = Method<
            GetPlaceTimelineRequest, GetPlaceTimelineResponse
        >(
            name, "GetPlaceTimeline", isIdempotent: true, access: .byHandler)
        /// Service (event). Every active claim of an event and the feed position they belong to,
        /// read in one snapshot.
        package static let snapshotClaims = Method<
            SnapshotClaimsRequest, SnapshotClaimsResponse
        >(name, "SnapshotClaims", isIdempotent: true, access: .services(["event"]))
        /// Service. The facts of this service in order.
        package static let readFeed = Method<ReadFeedRequest, ReadFeedResponse>(
            name, "ReadFeed", isIdempotent: true,
            access: .services(["event", "payment", "notification"]))
        /// Service (event, payment, notification). The facts of this service in order, and each new
        /// one as it comes.
        package static let followFeed = Method<FollowFeedRequest, FollowFeedResponse>(
            name, "FollowFeed", kind: .serverStream, isIdempotent: true,
            access: .services(["event", "payment", "notification"]))

        package static let methods: [any AnyMethod] = [
            createBooking, getBooking, listBookings, cancelBooking, getEventCancellation,
            blockPlaces, unblockPlaces, createOrganiserBooking, listEventBookings, getSales,
            getBookingTimeline,
            getPlaceTimeline, snapshotClaims, readFeed, followFeed,
        ]
    }

    /// Where a booking stands.
    package struct BookingState: ProtoEnum {
        package static let protoName = "usher.booking.v1.BookingState"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = BookingState(rawValue: 0)
        /// Waits for its payment until `payBy`.
        package static let pending = BookingState(rawValue: 1)
        /// Paid.
        package static let confirmed = BookingState(rawValue: 2)
        /// Not paid in time; its places are free again.
        package static let expired = BookingState(rawValue: 3)
        /// Given back.
        package static let cancelled = BookingState(rawValue: 4)

        package static let cases: [(name: String, value: Int32)] = [
            ("BOOKING_STATE_UNSPECIFIED", 0),
            ("BOOKING_STATE_PENDING", 1),
            ("BOOKING_STATE_CONFIRMED", 2),
            ("BOOKING_STATE_EXPIRED", 3),
            ("BOOKING_STATE_CANCELLED", 4),
        ]
    }

    /// How a booking came about.
    package struct BookingKind: ProtoEnum {
        package static let protoName = "usher.booking.v1.BookingKind"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = BookingKind(rawValue: 0)
        /// Bought here.
        package static let sale = BookingKind(rawValue: 1)
        /// Given away by the organiser.
        package static let complimentary = BookingKind(rawValue: 2)
        /// Sold by the organiser, paid elsewhere; refunds are the organiser's affair too.
        package static let boxOffice = BookingKind(rawValue: 3)

        package static let cases: [(name: String, value: Int32)] = [
            ("BOOKING_KIND_UNSPECIFIED", 0),
            ("BOOKING_KIND_SALE", 1),
            ("BOOKING_KIND_COMPLIMENTARY", 2),
            ("BOOKING_KIND_BOX_OFFICE", 3),
        ]
    }

    /// Places of one event that one buyer has claimed.
    package struct Booking: Message {
        package static let protoName = "usher.booking.v1.Booking"
        /// `bkg_…`
        package var bookingID = ""
        /// `evt_…`
        package var eventID = ""
        /// `usr_…`
        package var buyerID = ""
        /// `hld_…`
        package var holdID = ""
        /// Where it stands.
        package var state = BookingState.unspecified
        /// What was booked.
        package var places: [BookedPlace] = []
        /// Frozen at the hold; minor units.
        package var totalMinor: Int64 = 0
        /// ISO 4217.
        package var currency = ""
        /// By the booking database's clock.
        package var payBy: Timestamp?
        /// When the places were claimed.
        package var createdAt: Timestamp?
        /// When it was paid; absent before.
        package var confirmedAt: Timestamp?
        /// As it was when the booking was made.
        package var eventTitle = ""
        /// As it was when the booking was made.
        package var venue = ""
        /// As it was when the booking was made.
        package var startsAt: Timestamp?
        /// As it was when the booking was made; IANA name.
        package var timeZone = ""
        /// When it was given back whole; absent before.
        package var cancelledAt: Timestamp?
        /// Gone back, or about to, for places that were given back; minor units.
        package var refundedMinor: Int64 = 0
        /// Kept of their price under the event's policy; minor units.
        package var feeMinor: Int64 = 0
        /// How it came about.
        package var kind = BookingKind.unspecified
        /// `usr_…`; the organiser who made it, empty for a sale.
        package var madeBy = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking_id", &bookingID)
            v.field(2, "event_id", &eventID)
            v.field(3, "buyer_id", &buyerID)
            v.field(4, "hold_id", &holdID)
            v.field(5, "state", &state)
            v.field(6, "places", &places)
            v.field(7, "total_minor", &totalMinor)
            v.field(8, "currency", &currency)
            v.field(9, "pay_by", &payBy)
            v.field(10, "created_at", &createdAt)
            v.field(11, "confirmed_at", &confirmedAt)
            v.field(12, "event_title", &eventTitle)
            v.field(13, "venue", &venue)
            v.field(14, "starts_at", &startsAt)
            v.field(15, "time_zone", &timeZone)
            v.field(16, "cancelled_at", &cancelledAt)
            v.field(17, "refunded_minor", &refundedMinor)
            v.field(18, "fee_minor", &feeMinor)
            v.field(19, "kind", &kind)
            v.field(20, "made_by", &madeBy)
        }
    }

    /// A place as it was sold.
    package struct BookedPlace: Message {
        package static let protoName = "usher.booking.v1.BookedPlace"
        /// Index within the event.
        package var place: UInt32 = 0
        /// Empty in a general-admission area.
        package var seatGUID = ""
        /// Empty for a numbered seat.
        package var areaID = ""
        /// For people.
        package var label = ""
        /// Name of its price category.
        package var category = ""
        /// Name of the reduced price; empty = the category's price.
        package var priceType = ""
        /// Minor units.
        package var priceMinor: Int64 = 0
        /// Given back; it is no longer part of the booking.
        package var cancelled = false
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "place", &place)
            v.field(2, "seat_guid", &seatGUID)
            v.field(3, "area_id", &areaID)
            v.field(4, "label", &label)
            v.field(5, "category", &category)
            v.field(6, "price_type", &priceType)
            v.field(7, "price_minor", &priceMinor)
            v.field(8, "cancelled", &cancelled)
        }
    }

    /// Asks to book what is held.
    package struct CreateBookingRequest: Message {
        package static let protoName = "usher.booking.v1.CreateBookingRequest"
        /// `EventV1.Hold.token`.
        package var holdToken = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "hold_token", &holdToken)
        }
    }

    /// The booking made.
    package struct CreateBookingResponse: Message {
        package static let protoName = "usher.booking.v1.CreateBookingResponse"
        /// Waits for its payment, or is confirmed where the total is zero.
        package var booking: Booking?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking", &booking)
        }
    }

    /// Asks for a booking.
    package struct GetBookingRequest: Message {
        package static let protoName = "usher.booking.v1.GetBookingRequest"
        /// `bkg_…`
        package var bookingID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking_id", &bookingID)
        }
    }

    /// The booking asked for.
    package struct GetBookingResponse: Message {
        package static let protoName = "usher.booking.v1.GetBookingResponse"
        /// As it is now.
        package var booking: Booking?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking", &booking)
        }
    }

    /// Asks for the caller's bookings.
    package struct ListBookingsRequest: Message {
        package static let protoName = "usher.booking.v1.ListBookingsRequest"
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

    /// A page of the caller's bookings.
    package struct ListBookingsResponse: Message {
        package static let protoName = "usher.booking.v1.ListBookingsResponse"
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

    /// Asks for the active claims of an event.
    package struct SnapshotClaimsRequest: Message {
        package static let protoName = "usher.booking.v1.SnapshotClaimsRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// The active claims of an event.
    package struct SnapshotClaimsResponse: Message {
        package static let protoName = "usher.booking.v1.SnapshotClaimsResponse"
        /// Feed position that the claims belong to.
        package var position: UInt64 = 0
        /// Places of bookings that wait for their payment.
        package var pendingPlaces: [UInt32] = []
        /// Places of confirmed bookings.
        package var confirmedPlaces: [UInt32] = []
        /// Places that the organiser keeps back.
        package var blockedPlaces: [UInt32] = []
        /// Places that are offered to the waiting list.
        package var offeredPlaces: [UInt32] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "position", &position)
            v.field(2, "pending_places", &pendingPlaces)
            v.field(3, "confirmed_places", &confirmedPlaces)
            v.field(4, "blocked_places", &blockedPlaces)
            v.field(5, "offered_places", &offeredPlaces)
        }
    }

    /// Asks for what happened after a position.
    package struct ReadFeedRequest: Message {
        package static let protoName = "usher.booking.v1.ReadFeedRequest"
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
        package static let protoName = "usher.booking.v1.ReadFeedResponse"
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
            /// Its places are claimed.
            case bookingCreated(BookingCreated)
            /// It is paid.
            case bookingConfirmed(BookingConfirmed)
            /// Its places are free again.
            case bookingExpired(BookingExpired)
            /// Money came that buys nothing any more; it must go back.
            case refundDue(RefundDue)
            /// Its places are to be had by nobody.
            case placesBlocked(PlacesBlocked)
            /// Its places are free again.
            case placesUnblocked(PlacesUnblocked)
            /// The booking, or some of its places, was given back.
            case bookingCancelled(BookingCancelled)
            /// Its places are kept for somebody of the waiting list.
            case placesOffered(PlacesOffered)
            /// An offer was declined or its time is over; its places are free again.
            case offerEnded(OfferEnded)
        }

        package static let protoName = "usher.booking.v1.FeedEntry"
        /// 1, 2, 3 … without gaps.
        package var position: UInt64 = 0
        /// What the fact is about (a booking, or an event where places are blocked, or an offer);
        /// facts of one key are applied in order.
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
            v.member(10, "booking_created", of: "fact", &fact, Fact.bookingCreated) {
                if case .bookingCreated(let value) = $0 { value } else { nil }
            }
            v.member(11, "booking_confirmed", of: "fact", &fact, Fact.bookingConfirmed) {
                if case .bookingConfirmed(let value) = $0 { value } else { nil }
            }
            v.member(12, "booking_expired", of: "fact", &fact, Fact.bookingExpired) {
                if case .bookingExpired(let value) = $0 { value } else { nil }
            }
            v.member(13, "refund_due", of: "fact", &fact, Fact.refundDue) {
                if case .refundDue(let value) = $0 { value } else { nil }
            }
            v.member(14, "places_blocked", of: "fact", &fact, Fact.placesBlocked) {
                if case .placesBlocked(let value) = $0 { value } else { nil }
            }
            v.member(15, "places_unblocked", of: "fact", &fact, Fact.placesUnblocked) {
                if case .placesUnblocked(let value) = $0 { value } else { nil }
            }
            v.member(16, "booking_cancelled", of: "fact", &fact, Fact.bookingCancelled) {
                if case .bookingCancelled(let value) = $0 { value } else { nil }
            }
            v.member(17, "places_offered", of: "fact", &fact, Fact.placesOffered) {
                if case .placesOffered(let value) = $0 { value } else { nil }
            }
            v.member(18, "offer_ended", of: "fact", &fact, Fact.offerEnded) {
                if case .offerEnded(let value) = $0 { value } else { nil }
            }
        }
    }

    /// The booking's places are claimed.
    package struct BookingCreated: Message {
        package static let protoName = "usher.booking.v1.BookingCreated"
        /// As it is then.
        package var booking: Booking?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking", &booking)
        }
    }

    /// The booking is paid.
    package struct BookingConfirmed: Message {
        package static let protoName = "usher.booking.v1.BookingConfirmed"
        /// As it is then.
        package var booking: Booking?
        /// `pay_…`; empty where the total is zero.
        package var paymentID = ""
        /// The booking had expired, and its places were free and are claimed anew.
        package var reclaimed = false
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking", &booking)
            v.field(2, "payment_id", &paymentID)
            v.field(3, "reclaimed", &reclaimed)
        }
    }

    /// The booking was not paid in time; its places are free again.
    package struct BookingExpired: Message {
        package static let protoName = "usher.booking.v1.BookingExpired"
        /// As it is then.
        package var booking: Booking?
        /// Those of its places that are offered to the waiting list at once; the others are free
        /// again.
        package var offeredPlaces: [UInt32] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking", &booking)
            v.field(2, "offered_places", &offeredPlaces)
        }
    }

    /// Money came that buys nothing any more; it must go back.
    package struct RefundDue: Message {
        package static let protoName = "usher.booking.v1.RefundDue"
        /// `bkg_…`
        package var bookingID = ""
        /// `pay_…`
        package var paymentID = ""
        /// Minor units.
        package var amountMinor: Int64 = 0
        /// ISO 4217.
        package var currency = ""
        /// Stable code: `booking_expired`, `booking_cancelled`, `booking_unknown`, `paid_twice`,
        /// `wrong_amount`, `cancelled_by_buyer`, `cancelled_by_organiser`, `event_cancelled`.
        package var reason = ""
        /// `usr_…`
        package var payerID = ""
        /// `rfd_…`: one refund, however often it is told.
        package var refundID = ""
        /// What it is for, for people; empty where the booking is not known.
        package var eventTitle = ""
        /// Labels of the places that the money was for, in their order, at most 1,000.
        package var places: [String] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking_id", &bookingID)
            v.field(2, "payment_id", &paymentID)
            v.field(3, "amount_minor", &amountMinor)
            v.field(4, "currency", &currency)
            v.field(5, "reason", &reason)
            v.field(6, "payer_id", &payerID)
            v.field(7, "refund_id", &refundID)
            v.field(8, "event_title", &eventTitle)
            v.field(9, "places", &places)
        }
    }

    /// Places are to be had by nobody.
    package struct PlacesBlocked: Message {
        package static let protoName = "usher.booking.v1.PlacesBlocked"
        /// `evt_…`
        package var eventID = ""
        /// Indexes within the event.
        package var places: [UInt32] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "places", &places)
        }
    }

    /// Places are free again.
    package struct PlacesUnblocked: Message {
        package static let protoName = "usher.booking.v1.PlacesUnblocked"
        /// `evt_…`
        package var eventID = ""
        /// Indexes within the event.
        package var places: [UInt32] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "places", &places)
        }
    }

    /// The booking, or some of its places, was given back.
    package struct BookingCancelled: Message {
        package static let protoName = "usher.booking.v1.BookingCancelled"
        /// As it is then: confirmed where some of its places stay, else cancelled.
        package var booking: Booking?
        /// What was given back; all of it is void.
        package var places: [BookedPlace] = []
        /// Those of `places` that are free again; others are offered to the waiting list at once.
        package var freedPlaces: [UInt32] = []
        /// Stable code: `cancelled_by_buyer`, `cancelled_by_organiser`, `event_cancelled`.
        package var reason = ""
        /// What goes back, minor units; 0 where nothing was paid.
        package var refundMinor: Int64 = 0
        /// What is kept of the price under the event's policy, minor units.
        package var feeMinor: Int64 = 0
        /// `usr_…`; who gave it back, empty where the event was cancelled.
        package var actorID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking", &booking)
            v.field(2, "places", &places)
            v.field(3, "freed_places", &freedPlaces)
            v.field(4, "reason", &reason)
            v.field(5, "refund_minor", &refundMinor)
            v.field(6, "fee_minor", &feeMinor)
            v.field(7, "actor_id", &actorID)
        }
    }

    /// Places are kept for somebody of the waiting list.
    package struct PlacesOffered: Message {
        package static let protoName = "usher.booking.v1.PlacesOffered"
        /// `evt_…`
        package var eventID = ""
        /// Indexes within the event.
        package var places: [UInt32] = []
        /// `off_…`
        package var offerID = ""
        /// `usr_…`; to whom.
        package var buyerID = ""
        /// When the offer ends, by the booking database's clock.
        package var until: Timestamp?
        /// As it was then.
        package var eventTitle = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "places", &places)
            v.field(3, "offer_id", &offerID)
            v.field(4, "buyer_id", &buyerID)
            v.field(5, "until", &until)
            v.field(6, "event_title", &eventTitle)
        }
    }

    /// An offer was declined or its time is over; its places are free again.
    package struct OfferEnded: Message {
        package static let protoName = "usher.booking.v1.OfferEnded"
        /// `evt_…`
        package var eventID = ""
        /// Indexes within the event that are free again; those offered on are left out.
        package var freedPlaces: [UInt32] = []
        /// `off_…`
        package var offerID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "freed_places", &freedPlaces)
            v.field(3, "offer_id", &offerID)
        }
    }
}
