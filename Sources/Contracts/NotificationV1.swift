package import Wire

/// proto/usher/notification/v1: tickets, and the mails that tell people.
package enum NotificationV1 {
    static let messages: [any Message.Type] = [
        Ticket.self,
        ListTicketsRequest.self, ListTicketsResponse.self,
        GetTicketRequest.self, GetTicketResponse.self,
        GetTicketQrRequest.self, GetTicketQrResponse.self,
        ResendTicketsRequest.self, ResendTicketsResponse.self,
    ]

    /// Tickets.
    package enum NotificationService: ServiceContract {
        package static let name = "usher.notification.v1.NotificationService"
        /// The buyer. The tickets of a booking; empty until it is confirmed and they are issued.
        package static let listTickets = Method<ListTicketsRequest, ListTicketsResponse>(
            name, "ListTickets", isIdempotent: true, access: .byHandler)
        /// The buyer.
        package static let getTicket = Method<GetTicketRequest, GetTicketResponse>(
            name, "GetTicket", isIdempotent: true, access: .byHandler)
        /// The buyer. The ticket's QR code as a picture.
        package static let getTicketQr = Method<GetTicketQrRequest, GetTicketQrResponse>(
            name, "GetTicketQr", isIdempotent: true, access: .byHandler)

        /// The buyer, or the event's organiser. Mails the booking's valid tickets to its buyer once
        /// more. RESOURCE_EXHAUSTED with code `too_many_mails` after ten a day.
        package static let resendTickets = Method<ResendTicketsRequest, ResendTicketsResponse>(
            name, "ResendTickets", access: .byHandler)

        package static let methods: [any AnyMethod] = [
            listTickets, getTicket, getTicketQr, resendTickets,
        ]
    }

    /// Whether a ticket opens the door.
    package struct TicketState: ProtoEnum {
        package static let protoName = "usher.notification.v1.TicketState"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = TicketState(rawValue: 0)
        /// It does.
        package static let valid = TicketState(rawValue: 1)
        /// It does not any more.
        package static let void = TicketState(rawValue: 2)

        package static let cases: [(name: String, value: Int32)] = [
            ("TICKET_STATE_UNSPECIFIED", 0),
            ("TICKET_STATE_VALID", 1),
            ("TICKET_STATE_VOID", 2),
        ]
    }

    /// A ticket for one place.
    package struct Ticket: Message {
        package static let protoName = "usher.notification.v1.Ticket"
        /// `tkt_…`; names the ticket, opens no door.
        package var ticketID = ""
        /// `bkg_…`
        package var bookingID = ""
        /// `evt_…`
        package var eventID = ""
        /// `usr_…`
        package var buyerID = ""
        /// Whether it opens the door.
        package var state = TicketState.unspecified
        /// Index within the event.
        package var place: UInt32 = 0
        /// For people.
        package var label = ""
        /// Name of the place's price category.
        package var category = ""
        /// Name of the reduced price; empty = the category's price.
        package var priceType = ""
        /// Minor units.
        package var priceMinor: Int64 = 0
        /// ISO 4217.
        package var currency = ""
        /// As it was when the booking was made.
        package var eventTitle = ""
        /// As it was when the booking was made.
        package var venue = ""
        /// As it was when the booking was made.
        package var startsAt: Timestamp?
        /// As it was when the booking was made; IANA name.
        package var timeZone = ""
        /// When it was issued.
        package var issuedAt: Timestamp?
        /// What the QR code says: `USHER1:` and 128 bits of chance in base32. Opens the door.
        package var secret = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "ticket_id", &ticketID)
            v.field(2, "booking_id", &bookingID)
            v.field(3, "event_id", &eventID)
            v.field(4, "buyer_id", &buyerID)
            v.field(5, "state", &state)
            v.field(6, "place", &place)
            v.field(7, "label", &label)
            v.field(8, "category", &category)
            v.field(9, "price_type", &priceType)
            v.field(10, "price_minor", &priceMinor)
            v.field(11, "currency", &currency)
            v.field(12, "event_title", &eventTitle)
            v.field(13, "venue", &venue)
            v.field(14, "starts_at", &startsAt)
            v.field(15, "time_zone", &timeZone)
            v.field(16, "issued_at", &issuedAt)
            v.field(17, "secret", &secret)
        }
    }

    /// Asks for the tickets of a booking.
    package struct ListTicketsRequest: Message {
        package static let protoName = "usher.notification.v1.ListTicketsRequest"
        /// `bkg_…`
        package var bookingID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking_id", &bookingID)
        }
    }

    /// The tickets of a booking.
    package struct ListTicketsResponse: Message {
        package static let protoName = "usher.notification.v1.ListTicketsResponse"
        /// In the order of their places.
        package var tickets: [Ticket] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "tickets", &tickets)
        }
    }

    /// Asks for a ticket.
    package struct GetTicketRequest: Message {
        package static let protoName = "usher.notification.v1.GetTicketRequest"
        /// `tkt_…`
        package var ticketID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "ticket_id", &ticketID)
        }
    }

    /// The ticket asked for.
    package struct GetTicketResponse: Message {
        package static let protoName = "usher.notification.v1.GetTicketResponse"
        /// As it is now.
        package var ticket: Ticket?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "ticket", &ticket)
        }
    }

    /// Asks for a ticket's QR code.
    package struct GetTicketQrRequest: Message {
        package static let protoName = "usher.notification.v1.GetTicketQrRequest"
        /// `tkt_…`
        package var ticketID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "ticket_id", &ticketID)
        }
    }

    /// A ticket's QR code.
    package struct GetTicketQrResponse: Message {
        package static let protoName = "usher.notification.v1.GetTicketQrResponse"
        /// `image/svg+xml`
        package var mediaType = ""
        /// The picture.
        package var data: [UInt8] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "media_type", &mediaType)
            v.field(2, "data", &data)
        }
    }

    /// Sends the tickets of a booking once more.
    package struct ResendTicketsRequest: Message {
        package static let protoName = "usher.notification.v1.ResendTicketsRequest"
        /// `bkg_…`
        package var bookingID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "booking_id", &bookingID)
        }
    }

    /// They are on their way.
    package struct ResendTicketsResponse: Message {
        package static let protoName = "usher.notification.v1.ResendTicketsResponse"
        /// Valid tickets that the mail brings.
        package var tickets: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "tickets", &tickets)
        }
    }
}
