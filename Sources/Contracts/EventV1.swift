package import Wire

/// proto/usher/event/v1: events, seating plans, and who holds which seat right now.
package enum EventV1 {
    static let messages: [any Message.Type] = [
        Event.self, CancellationPolicy.self, PriceCategory.self, PriceType.self, Area.self,
        StartPlanUploadRequest.self, StartPlanUploadResponse.self,
        UploadPlanPartRequest.self, UploadPlanPartResponse.self,
        CommitPlanUploadRequest.self, CommitPlanUploadResponse.self, Plan.self,
        ReadPlanRequest.self, ReadPlanResponse.self,
        CreateEventRequest.self, CreateEventResponse.self,
        PublishEventRequest.self, PublishEventResponse.self,
        UpdateEventRequest.self, UpdateEventResponse.self,
        PauseEventRequest.self, PauseEventResponse.self,
        ResumeEventRequest.self, ResumeEventResponse.self,
        CancelEventRequest.self, CancelEventResponse.self,
        ListEventsRequest.self, ListEventsResponse.self,
        GetEventRequest.self, GetEventResponse.self,
        GetSeatStateRequest.self, GetSeatStateResponse.self, SeatVersion.self,
        WatchSeatsRequest.self, WatchSeatsResponse.self, SeatSnapshot.self, SeatChanges.self,
        SeatHeartbeat.self,
        HoldSeatsRequest.self, SeatChoice.self, AreaChoice.self, HoldSeatsResponse.self,
        HoldBestAvailableRequest.self, PriceQuantity.self, HoldBestAvailableResponse.self,
        ChangeHoldRequest.self, ChangeHoldResponse.self,
        ExtendHoldRequest.self, ExtendHoldResponse.self,
        Hold.self, HeldPlace.self,
        GetHoldRequest.self, GetHoldResponse.self,
        ListHoldsRequest.self, ListHoldsResponse.self,
        ReleaseHoldRequest.self, ReleaseHoldResponse.self,
        RedeemRequest.self, RedeemResponse.self, HoldTerms.self,
        JoinWaitingListRequest.self, JoinWaitingListResponse.self,
        LeaveWaitingListRequest.self, LeaveWaitingListResponse.self,
        GetWaitingEntryRequest.self, GetWaitingEntryResponse.self, WaitingEntry.self,
        GetWaitingCountsRequest.self, GetWaitingCountsResponse.self, WaitingCounts.self,
        WaitingOffered.self, WaitingEnded.self,
        GetSeatTimelineRequest.self, GetSeatTimelineResponse.self, SeatTimelineEntry.self,
        ReadFeedRequest.self, ReadFeedResponse.self, FollowFeedRequest.self,
        FollowFeedResponse.self, FeedEntry.self, EventChanged.self,
    ]

    /// Places of an event have dense indexes, 0, 1, 2 …: the plan's seats in document order, then
    /// the places of each general-admission area in document order. An index is never reused.
    package enum EventService: ServiceContract {
        package static let name = "usher.event.v1.EventService"
        /// Organiser. Starts a seating-plan upload (format: docs/seating-plan.md).
        package static let startPlanUpload = Method<
            StartPlanUploadRequest, StartPlanUploadResponse
        >(name, "StartPlanUpload", access: .byHandler)
        /// Organiser, the one who started it. Parts in any order; sending one again is harmless.
        package static let uploadPlanPart = Method<
            UploadPlanPartRequest, UploadPlanPartResponse
        >(name, "UploadPlanPart", access: .byHandler)
        /// Organiser, the one who started it. Checks the digest and the plan; INVALID_ARGUMENT
        /// with code `plan_invalid` and a reason per fault, by its path.
        package static let commitPlanUpload = Method<
            CommitPlanUploadRequest, CommitPlanUploadResponse
        >(name, "CommitPlanUpload", isIdempotent: true, access: .byHandler)
        /// Anyone for plans of events that are not drafts; else its organiser. One part of the
        /// plan's JSON.
        package static let readPlan = Method<ReadPlanRequest, ReadPlanResponse>(
            name, "ReadPlan", isIdempotent: true, access: .byHandler)
        /// Organiser. Makes a draft.
        package static let createEvent = Method<CreateEventRequest, CreateEventResponse>(
            name, "CreateEvent", access: .byHandler)
        /// Organiser of the event. Puts the draft on sale within its sale window.
        package static let publishEvent = Method<PublishEventRequest, PublishEventResponse>(
            name, "PublishEvent", isIdempotent: true, access: .byHandler)
        /// Organiser of the event. Changes texts, prices and the sale window; holds that were made
        /// before keep their prices. FAILED_PRECONDITION with code `event_cancelled`.
        package static let updateEvent = Method<UpdateEventRequest, UpdateEventResponse>(
            name, "UpdateEvent", isIdempotent: true, access: .byHandler)
        /// Organiser of the event. Nothing is held any more; holds there are may be booked.
        package static let pauseEvent = Method<PauseEventRequest, PauseEventResponse>(
            name, "PauseEvent", isIdempotent: true, access: .byHandler)
        /// Organiser of the event. The sale goes on.
        package static let resumeEvent = Method<ResumeEventRequest, ResumeEventResponse>(
            name, "ResumeEvent", isIdempotent: true, access: .byHandler)
        /// Organiser of the event. Final: bookings are cancelled and refunded by `booking`.
        package static let cancelEvent = Method<CancelEventRequest, CancelEventResponse>(
            name, "CancelEvent", isIdempotent: true, access: .byHandler)
        /// Anyone. Published events, soonest first.
        package static let listEvents = Method<ListEventsRequest, ListEventsResponse>(
            name, "ListEvents", isIdempotent: true, access: .byHandler)
        /// Anyone; a draft: its organiser.
        package static let getEvent = Method<GetEventRequest, GetEventResponse>(
            name, "GetEvent", isIdempotent: true, access: .byHandler)
        /// Anyone. The state of every place at one version.
        package static let getSeatState = Method<GetSeatStateRequest, GetSeatStateResponse>(
            name, "GetSeatState", isIdempotent: true, access: .byHandler)
        /// Anyone. The state of every place and then each change, as it happens, until the caller
        /// or this service stops. A caller that reads slowly gets several changes as one, or the
        /// whole state again; one that comes back with the version it has gets what it missed.
        /// RESOURCE_EXHAUSTED with code `too_many_watchers` over this service's limit.
        package static let watchSeats = Method<WatchSeatsRequest, WatchSeatsResponse>(
            name, "WatchSeats", kind: .serverStream, isIdempotent: true, access: .byHandler)
        /// User. Holds all the places asked for or none: ABORTED with code `seats_unavailable` and
        /// a reason per seat; UNAVAILABLE `rebuilding` while the seat state is being restored.
        package static let holdSeats = Method<HoldSeatsRequest, HoldSeatsResponse>(
            name, "HoldSeats", access: .byHandler)
        /// User. Holds seats side by side, the best that are free in the plan's order; the choice is
        /// made where holds are made, so that nobody takes them in between. ABORTED with code
        /// `seats_unavailable` where there are not as many side by side.
        package static let holdBestAvailable = Method<
            HoldBestAvailableRequest, HoldBestAvailableResponse
        >(name, "HoldBestAvailable", access: .byHandler)
        /// The holder. Other places instead of those held, all or none; id and deadline stay. The
        /// token is new, and the one before worth nothing. As `holdSeats`; ABORTED with code
        /// `hold_ended`.
        package static let changeHold = Method<ChangeHoldRequest, ChangeHoldResponse>(
            name, "ChangeHold", access: .byHandler)
        /// The holder. More time: as much again as the event gives a hold, up to the event's
        /// limit. ABORTED with code `extension_limit` or `hold_ended`.
        package static let extendHold = Method<ExtendHoldRequest, ExtendHoldResponse>(
            name, "ExtendHold", isIdempotent: true, access: .byHandler)
        /// The holder. The same hold and the same deadline for each of the holder's devices;
        /// ABORTED with code `hold_lost` where the seat state was lost since.
        package static let getHold = Method<GetHoldRequest, GetHoldResponse>(
            name, "GetHold", isIdempotent: true, access: .byHandler)
        /// User. The caller's live holds of an event.
        package static let listHolds = Method<ListHoldsRequest, ListHoldsResponse>(
            name, "ListHolds", isIdempotent: true, access: .byHandler)
        /// The holder. Frees the places at once.
        package static let releaseHold = Method<ReleaseHoldRequest, ReleaseHoldResponse>(
            name, "ReleaseHold", isIdempotent: true, access: .byHandler)
        /// Service (booking). Mine and alive → claimed until `claimMs` from now. Redeeming again
        /// for the same hold gives the same answer.
        package static let redeem = Method<RedeemRequest, RedeemResponse>(
            name, "Redeem", access: .services(["booking"]))
        /// User. Waits for places that come back; joining again with the same wish is joining once.
        /// ABORTED with code `places_free` where such places are to be had now, `already_waiting`
        /// with another wish, `waiting_list_full`, `sale_not_open`, `sale_closed`,
        /// `event_not_on_sale`.
        package static let joinWaitingList = Method<
            JoinWaitingListRequest, JoinWaitingListResponse
        >(name, "JoinWaitingList", isIdempotent: true, access: .byHandler)
        /// User. Leaves the line; what is offered goes to the next.
        package static let leaveWaitingList = Method<
            LeaveWaitingListRequest, LeaveWaitingListResponse
        >(name, "LeaveWaitingList", isIdempotent: true, access: .byHandler)
        /// User. The caller's newest entry. NOT_FOUND with code `not_waiting` where there never was
        /// one.
        package static let getWaitingEntry = Method<
            GetWaitingEntryRequest, GetWaitingEntryResponse
        >(name, "GetWaitingEntry", isIdempotent: true, access: .byHandler)
        /// Organiser of the event, admin. How many wait, have an offer, and what became of offers.
        package static let getWaitingCounts = Method<
            GetWaitingCountsRequest, GetWaitingCountsResponse
        >(name, "GetWaitingCounts", isIdempotent: true, access: .byHandler)
        /// Organiser of the event, admin. What has happened to a seat: holds, refusals and what
        /// came of them, by the seat state, and bookings, payments and refunds, by `booking`.
        package static let getSeatTimeline = Method<
            GetSeatTimelineRequest, GetSeatTimelineResponse
        >(name, "GetSeatTimeline", isIdempotent: true, access: .byHandler)
        /// Service. The facts of this service in order.
        package static let readFeed = Method<ReadFeedRequest, ReadFeedResponse>(
            name, "ReadFeed", isIdempotent: true, access: .services(["booking", "notification"]))
        /// Service (booking, notification). The facts of this service in order, and each new
        /// one as it comes.
        package static let followFeed = Method<FollowFeedRequest, FollowFeedResponse>(
            name, "FollowFeed", kind: .serverStream, isIdempotent: true,
            access: .services(["booking", "notification"]))

        package static let methods: [any AnyMethod] = [
            startPlanUpload, uploadPlanPart, commitPlanUpload, readPlan, createEvent, publishEvent,
            updateEvent, pauseEvent, resumeEvent, cancelEvent, listEvents, getEvent, getSeatState,
            watchSeats, holdSeats, holdBestAvailable, changeHold, extendHold, getHold, listHolds,
            releaseHold, redeem, joinWaitingList, leaveWaitingList, getWaitingEntry,
            getWaitingCounts, getSeatTimeline, readFeed, followFeed,
        ]
    }

    /// Whether an event is for sale.
    package struct EventState: ProtoEnum {
        package static let protoName = "usher.event.v1.EventState"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = EventState(rawValue: 0)
        /// Seen by its organiser alone.
        package static let draft = EventState(rawValue: 1)
        /// For sale within the sale window.
        package static let onSale = EventState(rawValue: 2)
        /// Shown, not sold.
        package static let paused = EventState(rawValue: 3)
        /// Does not take place.
        package static let cancelled = EventState(rawValue: 4)

        package static let cases: [(name: String, value: Int32)] = [
            ("EVENT_STATE_UNSPECIFIED", 0),
            ("EVENT_STATE_DRAFT", 1),
            ("EVENT_STATE_ON_SALE", 2),
            ("EVENT_STATE_PAUSED", 3),
            ("EVENT_STATE_CANCELLED", 4),
        ]
    }

    /// Why a place is, or is not, to be had. On the wire of `getSeatState` a letter per place.
    package struct PlaceState: ProtoEnum {
        package static let protoName = "usher.event.v1.PlaceState"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = PlaceState(rawValue: 0)
        /// `f`
        package static let free = PlaceState(rawValue: 1)
        /// `h`: somebody chooses or is about to pay.
        package static let held = PlaceState(rawValue: 2)
        /// `c`: in a booking that waits for its payment.
        package static let claimed = PlaceState(rawValue: 3)
        /// `s`: sold.
        package static let sold = PlaceState(rawValue: 4)
        /// `b`: kept back by the organiser.
        package static let blocked = PlaceState(rawValue: 5)
        /// `x`: no longer part of the plan.
        package static let removed = PlaceState(rawValue: 6)

        package static let cases: [(name: String, value: Int32)] = [
            ("PLACE_STATE_UNSPECIFIED", 0),
            ("PLACE_STATE_FREE", 1),
            ("PLACE_STATE_HELD", 2),
            ("PLACE_STATE_CLAIMED", 3),
            ("PLACE_STATE_SOLD", 4),
            ("PLACE_STATE_BLOCKED", 5),
            ("PLACE_STATE_REMOVED", 6),
        ]
    }

    /// Where a hold stands.
    package struct HoldState: ProtoEnum {
        package static let protoName = "usher.event.v1.HoldState"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = HoldState(rawValue: 0)
        /// Until its deadline.
        package static let active = HoldState(rawValue: 1)
        /// A booking was made of it.
        package static let redeemed = HoldState(rawValue: 2)

        package static let cases: [(name: String, value: Int32)] = [
            ("HOLD_STATE_UNSPECIFIED", 0),
            ("HOLD_STATE_ACTIVE", 1),
            ("HOLD_STATE_REDEEMED", 2),
        ]
    }

    /// Something people take seats for.
    package struct Event: Message {
        package static let protoName = "usher.event.v1.Event"
        /// `evt_…`
        package var eventID = ""
        /// `usr_…`
        package var organiserID = ""
        /// 1 to 200 characters.
        package var title = ""
        /// Plain text, at most 10,000 characters.
        package var description = ""
        /// 1 to 200 characters.
        package var venue = ""
        /// When it begins.
        package var startsAt: Timestamp?
        /// IANA name, e.g. `Europe/Berlin`.
        package var timeZone = ""
        /// Whether it is for sale.
        package var state = EventState.unspecified
        /// ISO 4217, e.g. `EUR`.
        package var currency = ""
        /// `pln_…`
        package var planID = ""
        /// Grows when places are added, blocked or removed.
        package var planVersion: UInt32 = 0
        /// What places cost.
        package var categories: [PriceCategory] = []
        /// General admission.
        package var areas: [Area] = []
        /// Places in all, general admission included.
        package var placeCount: UInt32 = 0
        /// Absent = at once.
        package var saleOpensAt: Timestamp?
        /// Absent = when the event starts.
        package var saleClosesAt: Timestamp?
        /// Seconds a hold lives, 10 to 3,600.
        package var holdSeconds: UInt32 = 0
        /// Seconds to pay a booking, 10 to 86,400.
        package var paySeconds: UInt32 = 0
        /// Places in one hold, 1 to 100.
        package var maxPlacesPerHold: UInt32 = 0
        /// When it was made.
        package var createdAt: Timestamp?
        /// Until when, and for what, buyers may cancel; absent = they may not.
        package var cancellation: CancellationPolicy?
        /// Places that one buyer may have in bookings of the event; 0 = no limit.
        package var maxPlacesPerBuyer: UInt32 = 0
        /// Seconds that may be added to a hold in all, 0 to 3,600; 0 = holds are not extended.
        package var holdExtendSeconds: UInt32 = 0
        /// Holds that leave a single seat alone, though it was possible to do better, are refused.
        package var refusesSingleSeats = false
        /// Seconds an offer of the waiting list lives, 10 to 86,400; 0 = 3,600.
        package var offerSeconds: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "organiser_id", &organiserID)
            v.field(3, "title", &title)
            v.field(4, "description", &description)
            v.field(5, "venue", &venue)
            v.field(6, "starts_at", &startsAt)
            v.field(7, "time_zone", &timeZone)
            v.field(8, "state", &state)
            v.field(9, "currency", &currency)
            v.field(10, "plan_id", &planID)
            v.field(11, "plan_version", &planVersion)
            v.field(12, "categories", &categories)
            v.field(13, "areas", &areas)
            v.field(14, "place_count", &placeCount)
            v.field(15, "sale_opens_at", &saleOpensAt)
            v.field(16, "sale_closes_at", &saleClosesAt)
            v.field(17, "hold_seconds", &holdSeconds)
            v.field(18, "pay_seconds", &paySeconds)
            v.field(19, "max_places_per_hold", &maxPlacesPerHold)
            v.field(20, "created_at", &createdAt)
            v.field(21, "cancellation", &cancellation)
            v.field(22, "max_places_per_buyer", &maxPlacesPerBuyer)
            v.field(23, "hold_extend_seconds", &holdExtendSeconds)
            v.field(24, "refuses_single_seats", &refusesSingleSeats)
            v.field(25, "offer_seconds", &offerSeconds)
        }
    }

    /// Until when, and for what, buyers may cancel.
    package struct CancellationPolicy: Message {
        package static let protoName = "usher.event.v1.CancellationPolicy"
        /// A buyer may cancel until so many seconds before the event starts.
        package var untilSecondsBeforeStart: UInt32 = 0
        /// Kept of the price when a buyer cancels, thousandths, 0 to 1,000.
        package var feePermille: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "until_seconds_before_start", &untilSecondsBeforeStart)
            v.field(2, "fee_permille", &feePermille)
        }
    }

    /// What the places of one category cost.
    package struct PriceCategory: Message {
        package static let protoName = "usher.event.v1.PriceCategory"
        /// The plan's category of that name; unique within the event.
        package var name = ""
        /// `#rrggbb`, or empty.
        package var color = ""
        /// Price of a place, minor units of the event's currency, 0 to 100,000,000.
        package var priceMinor: Int64 = 0
        /// Reduced prices by name (`child`); at most 20.
        package var priceTypes: [PriceType] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "name", &name)
            v.field(2, "color", &color)
            v.field(3, "price_minor", &priceMinor)
            v.field(4, "price_types", &priceTypes)
        }
    }

    /// A reduced price.
    package struct PriceType: Message {
        package static let protoName = "usher.event.v1.PriceType"
        /// 1 to 50 characters, unique within its category.
        package var name = ""
        /// Minor units.
        package var priceMinor: Int64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "name", &name)
            v.field(2, "price_minor", &priceMinor)
        }
    }

    /// A general-admission area: `capacity` places without numbers.
    package struct Area: Message {
        package static let protoName = "usher.event.v1.Area"
        /// As in the plan.
        package var areaID = ""
        /// For people.
        package var name = ""
        /// Name of its price category.
        package var category = ""
        /// Places.
        package var capacity: UInt32 = 0
        /// Index of its first place; the others follow.
        package var firstPlace: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "area_id", &areaID)
            v.field(2, "name", &name)
            v.field(3, "category", &category)
            v.field(4, "capacity", &capacity)
            v.field(5, "first_place", &firstPlace)
        }
    }
}
