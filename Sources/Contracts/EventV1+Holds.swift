package import Wire

/// Seat state and holds.
extension EventV1 {
    /// Asks for the state of every place.
    package struct GetSeatStateRequest: Message {
        package static let protoName = "usher.event.v1.GetSeatStateRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// The state of every place at one version.
    package struct GetSeatStateResponse: Message {
        package static let protoName = "usher.event.v1.GetSeatStateResponse"
        /// Which state this is.
        package var version: SeatVersion?
        /// A letter per place, in the order of their indexes; see `PlaceState`.
        package var states = ""
        /// Milliseconds that this answer may be old (0 = read just now).
        package var ageMs: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "version", &version)
            v.field(2, "states", &states)
            v.field(3, "age_ms", &ageMs)
        }
    }

    /// Orders states of one event's places: `number` grows by one a change; a new `generation`
    /// means that everything must be read again.
    package struct SeatVersion: Message {
        package static let protoName = "usher.event.v1.SeatVersion"
        /// Opaque; compared for equality.
        package var generation = ""
        /// Within the generation.
        package var number: UInt64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "generation", &generation)
            v.field(2, "number", &number)
        }
    }

    /// Asks for places, all or none.
    package struct HoldSeatsRequest: Message {
        package static let protoName = "usher.event.v1.HoldSeatsRequest"
        /// `evt_…`
        package var eventID = ""
        /// Numbered seats.
        package var seats: [SeatChoice] = []
        /// General admission.
        package var areas: [AreaChoice] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "seats", &seats)
            v.field(3, "areas", &areas)
        }
    }

    /// A numbered seat and its price.
    package struct SeatChoice: Message {
        package static let protoName = "usher.event.v1.SeatChoice"
        /// The plan's `seat_guid`.
        package var seatGUID = ""
        /// A price type of the seat's category; empty = the category's price.
        package var priceType = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "seat_guid", &seatGUID)
            v.field(2, "price_type", &priceType)
        }
    }

    /// Places of a general-admission area and their price.
    package struct AreaChoice: Message {
        package static let protoName = "usher.event.v1.AreaChoice"
        /// As in the plan.
        package var areaID = ""
        /// At least 1.
        package var quantity: UInt32 = 0
        /// A price type of the area's category; empty = the category's price.
        package var priceType = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "area_id", &areaID)
            v.field(2, "quantity", &quantity)
            v.field(3, "price_type", &priceType)
        }
    }

    /// The hold made.
    package struct HoldSeatsResponse: Message {
        package static let protoName = "usher.event.v1.HoldSeatsResponse"
        /// Active.
        package var hold: Hold?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "hold", &hold)
        }
    }

    /// Places kept for one buyer until a deadline.
    package struct Hold: Message {
        package static let protoName = "usher.event.v1.Hold"
        /// `hld_…`
        package var holdID = ""
        /// `evt_…`
        package var eventID = ""
        /// Where it stands.
        package var state = HoldState.unspecified
        /// What is held.
        package var places: [HeldPlace] = []
        /// Minor units.
        package var totalMinor: Int64 = 0
        /// ISO 4217.
        package var currency = ""
        /// Absolute; decided by the seat state's clock. Another only after `extendHold`.
        package var expiresAt: Timestamp?
        /// What `booking` takes; opaque, at most 64 KiB.
        package var token = ""
        /// Grows with every hold of the event within one generation.
        package var fence: UInt64 = 0
        /// Seat state right after this hold.
        package var version: SeatVersion?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "hold_id", &holdID)
            v.field(2, "event_id", &eventID)
            v.field(3, "state", &state)
            v.field(4, "places", &places)
            v.field(5, "total_minor", &totalMinor)
            v.field(6, "currency", &currency)
            v.field(7, "expires_at", &expiresAt)
            v.field(8, "token", &token)
            v.field(9, "fence", &fence)
            v.field(10, "version", &version)
        }
    }

    /// A place as it is held.
    package struct HeldPlace: Message {
        package static let protoName = "usher.event.v1.HeldPlace"
        /// Index within the event.
        package var place: UInt32 = 0
        /// Empty in a general-admission area.
        package var seatGUID = ""
        /// Empty for a numbered seat.
        package var areaID = ""
        /// For people: `Block D, row 14, seat 3`.
        package var label = ""
        /// Name of its price category.
        package var category = ""
        /// Name of the reduced price; empty = the category's price.
        package var priceType = ""
        /// Minor units.
        package var priceMinor: Int64 = 0
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
        }
    }

    /// Asks for a hold.
    package struct GetHoldRequest: Message {
        package static let protoName = "usher.event.v1.GetHoldRequest"
        /// `evt_…`
        package var eventID = ""
        /// `hld_…`
        package var holdID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "hold_id", &holdID)
        }
    }

    /// The hold asked for.
    package struct GetHoldResponse: Message {
        package static let protoName = "usher.event.v1.GetHoldResponse"
        /// As it is now.
        package var hold: Hold?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "hold", &hold)
        }
    }

    /// Asks for the caller's live holds of an event.
    package struct ListHoldsRequest: Message {
        package static let protoName = "usher.event.v1.ListHoldsRequest"
        /// `evt_…`
        package var eventID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
        }
    }

    /// The caller's live holds of an event.
    package struct ListHoldsResponse: Message {
        package static let protoName = "usher.event.v1.ListHoldsResponse"
        /// Live ones alone.
        package var holds: [Hold] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "holds", &holds)
        }
    }

    /// Gives a hold back.
    package struct ReleaseHoldRequest: Message {
        package static let protoName = "usher.event.v1.ReleaseHoldRequest"
        /// `evt_…`
        package var eventID = ""
        /// `hld_…`
        package var holdID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "hold_id", &holdID)
        }
    }

    /// Answer of `EventService.releaseHold`.
    package struct ReleaseHoldResponse: Message {
        package static let protoName = "usher.event.v1.ReleaseHoldResponse"
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {}
    }

    /// Turns a hold into a claim.
    package struct RedeemRequest: Message {
        package static let protoName = "usher.event.v1.RedeemRequest"
        /// `Hold.token`.
        package var token = ""
        /// Who books; must be the holder.
        package var buyerID = ""
        /// How long the places stay claimed without a word from the booking feed, milliseconds.
        package var claimMs: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "token", &token)
            v.field(2, "buyer_id", &buyerID)
            v.field(3, "claim_ms", &claimMs)
        }
    }

    /// What the hold promised.
    package struct RedeemResponse: Message {
        package static let protoName = "usher.event.v1.RedeemResponse"
        /// Places and prices.
        package var terms: HoldTerms?
        /// The seat state that knew the hold is gone; the signed token alone vouches for it.
        package var byTokenAlone = false
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "terms", &terms)
            v.field(2, "by_token_alone", &byTokenAlone)
        }
    }

    /// What a hold token says, signed by this service.
    package struct HoldTerms: Message {
        package static let protoName = "usher.event.v1.HoldTerms"
        /// `hld_…`
        package var holdID = ""
        /// `evt_…`
        package var eventID = ""
        /// `usr_…`
        package var buyerID = ""
        /// What is held.
        package var places: [HeldPlace] = []
        /// Minor units.
        package var totalMinor: Int64 = 0
        /// ISO 4217.
        package var currency = ""
        /// By the seat state's clock.
        package var expiresAt: Timestamp?
        /// Of the seat state that made the hold.
        package var generation = ""
        /// Grows with every hold of the event within one generation.
        package var fence: UInt64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "hold_id", &holdID)
            v.field(2, "event_id", &eventID)
            v.field(3, "buyer_id", &buyerID)
            v.field(4, "places", &places)
            v.field(5, "total_minor", &totalMinor)
            v.field(6, "currency", &currency)
            v.field(7, "expires_at", &expiresAt)
            v.field(8, "generation", &generation)
            v.field(9, "fence", &fence)
        }
    }
}
