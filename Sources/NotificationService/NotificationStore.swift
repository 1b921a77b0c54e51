import Contracts
import Foundation
import Postgres
import ServiceKit
import Wire

/// The SQL of this service.
struct NotificationStore: Sendable {
    /// A mail that waits to be written out.
    struct PendingMail: Sendable {
        var id: String
        var to: MailMessage.Mailbox
        var subject: String
        var body: String
        var booking: BookingID?
        var createdAt: Date
    }

    let pool: PostgresPool

    /// Keeps who is who.
    func upsert(_ user: AuthV1.User, in transaction: PostgresTransaction) async throws {
        guard let id = UserID(user.userID) else {
            throw UnreadableFact("user \(user.userID)")
        }
        try await transaction.query(
            """
            INSERT INTO contacts (user_id, email, display_name)
            VALUES (\(id.uuid), \(user.email), \(user.displayName))
            ON CONFLICT (user_id) DO UPDATE
            SET email = excluded.email, display_name = excluded.display_name
            """)
    }

    /// Issues the tickets of a confirmed booking: one for each of its places.
    func issueTickets(
        of booking: BookingV1.Booking, in transaction: PostgresTransaction
    ) async throws {
        guard let id = BookingID(booking.bookingID), let event = EventID(booking.eventID),
            let buyer = UserID(booking.buyerID), let startsAt = booking.startsAt?.date
        else {
            throw UnreadableFact("booking \(booking.bookingID)")
        }
        var generator = SystemRandomNumberGenerator()
        for place in booking.places {
            let secret = TicketSecret.make(using: &generator)
            try await transaction.query(
                """
                INSERT INTO tickets
                (id, booking_id, event_id, buyer_id, state, place, label, category, price_type,
                 price_minor, currency, event_title, venue, starts_at, time_zone, issued_at,
                 secret)
                VALUES (\(TicketID().uuid), \(id.uuid), \(event.uuid), \(buyer.uuid), 'valid',
                 \(Int32(clamping: place.place)), \(place.label), \(place.category),
                 \(place.priceType), \(place.priceMinor), \(booking.currency),
                 \(booking.eventTitle), \(booking.venue), \(startsAt), \(booking.timeZone),
                 clock_timestamp(), \(secret))
                """)
        }
    }

    /// Keeps who runs an event.
    func upsert(
        organiser: UserID, of event: EventID, in transaction: PostgresTransaction
    ) async throws {
        try await transaction.query(
            """
            INSERT INTO organisers (event_id, organiser_id)
            VALUES (\(event.uuid), \(organiser.uuid))
            ON CONFLICT (event_id) DO UPDATE SET organiser_id = excluded.organiser_id
            """)
    }

    /// The tickets of these places of a booking open no door any more.
    func voidTickets(
        of booking: BookingID, _ places: [UInt32], in transaction: PostgresTransaction
    ) async throws {
        try await transaction.query(
            """
            UPDATE tickets SET state = 'void'
            WHERE booking_id = \(booking.uuid) AND state = 'valid'
             AND place = ANY(\(places.map { Int32(clamping: $0) }))
            """)
    }

    /// Valid tickets of a booking: whose they are, who runs the event, what the mail says. Nil
    /// where there are none.
    func resendable(
        _ booking: BookingID, in transaction: PostgresTransaction
    ) async throws -> (tickets: [NotificationV1.Ticket], organiser: UserID?, mailsToday: Int)? {
        let rows = try await transaction.query(
            """
            SELECT t.*, o.organiser_id FROM tickets t
            LEFT JOIN organisers o ON o.event_id = t.event_id
            WHERE t.booking_id = \(booking.uuid) AND t.state = 'valid' ORDER BY place LIMIT 1000
            """)
        guard let first = rows.first else {
            return nil
        }
        let mails = try await transaction.query(
            """
            SELECT count(*) AS count FROM mails WHERE booking_id = \(booking.uuid)
             AND created_at > clock_timestamp() - interval '24 hours'
            """)
        return (
            try rows.map(Self.ticket),
            try first.decode("organiser_id", as: UUID?.self).map(UserID.init(uuid:)),
            Int(try mails.first?.decode("count", as: Int64.self) ?? 0)
        )
    }

    /// Queues a mail under an id made from its fact.
    func queueMail(
        _ id: String, to user: UserID, _ text: MailTexts.Text, tickets booking: BookingID?,
        in transaction: PostgresTransaction
    ) async throws {
        try await transaction.query(
            """
            INSERT INTO mails (id, user_id, subject, body, booking_id, created_at)
            VALUES (\(id), \(user.uuid), \(text.subject), \(text.body), \(booking?.uuid),
             clock_timestamp())
            ON CONFLICT (id) DO NOTHING
            """)
    }

    /// Mails that wait and whose addressee is known.
    func pendingMails(limit: Int) async throws -> [PendingMail] {
        let rows = try await pool.query(
            """
            SELECT m.id, m.subject, m.body, m.booking_id, m.created_at, c.email, c.display_name
            FROM mails m JOIN contacts c ON c.user_id = m.user_id
            WHERE m.written_at IS NULL ORDER BY m.created_at LIMIT \(Int64(limit))
            """)
        return try rows.map { row in
            PendingMail(
                id: try row.decode("id"),
                to: .init(name: try row.decode("display_name"), address: try row.decode("email")),
                subject: try row.decode("subject"),
                body: try row.decode("body"),
                booking: try row.decode("booking_id", as: UUID?.self).map(BookingID.init(uuid:)),
                createdAt: try row.decode("created_at"))
        }
    }

    /// These mails are out.
    func markWritten(_ ids: [String]) async throws {
        try await pool.query(
            "UPDATE mails SET written_at = clock_timestamp() WHERE id = ANY(\(ids))")
    }

    /// The tickets of a booking, in the order of their places.
    func tickets(of booking: BookingID, buyer: UserID?) async throws
        -> [NotificationV1.Ticket]
    {
        let rows = try await pool.query(
            """
            SELECT * FROM tickets WHERE booking_id = \(booking.uuid)
             AND (\(buyer?.uuid)::uuid IS NULL OR buyer_id = \(buyer?.uuid))
            ORDER BY place, id LIMIT 1000
            """)
        return try rows.map(Self.ticket)
    }

    /// The ticket of an id.
    func ticket(_ id: TicketID) async throws -> NotificationV1.Ticket? {
        let rows = try await pool.query("SELECT * FROM tickets WHERE id = \(id.uuid)")
        return try rows.first.map(Self.ticket)
    }

    private static func ticket(_ row: PostgresRow) throws -> NotificationV1.Ticket {
        var ticket = NotificationV1.Ticket()
        ticket.ticketID = TicketID(uuid: try row.decode("id")).description
        ticket.bookingID = BookingID(uuid: try row.decode("booking_id")).description
        ticket.eventID = EventID(uuid: try row.decode("event_id")).description
        ticket.buyerID = UserID(uuid: try row.decode("buyer_id")).description
        ticket.state = try row.decode("state", as: String.self) == "valid" ? .valid : .void
        ticket.place = UInt32(clamping: try row.decode("place", as: Int32.self))
        ticket.label = try row.decode("label")
        ticket.category = try row.decode("category")
        ticket.priceType = try row.decode("price_type")
        ticket.priceMinor = try row.decode("price_minor")
        ticket.currency = try row.decode("currency")
        ticket.eventTitle = try row.decode("event_title")
        ticket.venue = try row.decode("venue")
        ticket.startsAt = Timestamp(try row.decode("starts_at", as: Date.self))
        ticket.timeZone = try row.decode("time_zone")
        ticket.issuedAt = Timestamp(try row.decode("issued_at", as: Date.self))
        ticket.secret = try row.decode("secret")
        return ticket
    }
}
