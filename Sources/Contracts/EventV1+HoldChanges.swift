package import Wire

/// Holds by other ways than naming new seats.
extension EventV1 {
    /// Asks for the best seats side by side.
    package struct HoldBestAvailableRequest: Message {
        package static let protoName = "usher.event.v1.HoldBestAvailableRequest"
        /// `evt_…`
        package var eventID = ""
        /// One of the event's; empty = any.
        package var category = ""
        /// How many at which price; at least one place in all.
        package var quantities: [PriceQuantity] = []
        /// Seats that are not side by side are taken where there are no others.
        package var mayBeApart = false
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "category", &category)
            v.field(3, "quantities", &quantities)
            v.field(4, "may_be_apart", &mayBeApart)
        }
    }

    /// How many places at a price.
    package struct PriceQuantity: Message {
        package static let protoName = "usher.event.v1.PriceQuantity"
        /// A price type of the seats' category; empty = the category's price.
        package var priceType = ""
        /// At least 1.
        package var quantity: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "price_type", &priceType)
            v.field(2, "quantity", &quantity)
        }
    }

    /// The hold made.
    package struct HoldBestAvailableResponse: Message {
        package static let protoName = "usher.event.v1.HoldBestAvailableResponse"
        /// Active.
        package var hold: Hold?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "hold", &hold)
        }
    }

    /// Asks for other places instead of those held.
    package struct ChangeHoldRequest: Message {
        package static let protoName = "usher.event.v1.ChangeHoldRequest"
        /// `evt_…`
        package var eventID = ""
        /// `hld_…`
        package var holdID = ""
        /// Numbered seats.
        package var seats: [SeatChoice] = []
        /// General admission.
        package var areas: [AreaChoice] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "hold_id", &holdID)
            v.field(3, "seats", &seats)
            v.field(4, "areas", &areas)
        }
    }

    /// The hold with its new places.
    package struct ChangeHoldResponse: Message {
        package static let protoName = "usher.event.v1.ChangeHoldResponse"
        /// Active.
        package var hold: Hold?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "hold", &hold)
        }
    }

    /// Asks for more time.
    package struct ExtendHoldRequest: Message {
        package static let protoName = "usher.event.v1.ExtendHoldRequest"
        /// `evt_…`
        package var eventID = ""
        /// `hld_…`
        package var holdID = ""
        /// The deadline that the caller knows; a hold with another one is answered as it is.
        package var expiresAt: Timestamp?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "event_id", &eventID)
            v.field(2, "hold_id", &holdID)
            v.field(3, "expires_at", &expiresAt)
        }
    }

    /// The hold with its deadline.
    package struct ExtendHoldResponse: Message {
        package static let protoName = "usher.event.v1.ExtendHoldResponse"
        /// Active.
        package var hold: Hold?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "hold", &hold)
        }
    }
}
