import Contracts
import Foundation
import RPC
import ServiceKit
import Wire

/// The methods of `usher.notification.v1.NotificationService`.
struct NotificationHandlers: Sendable {
    let store: NotificationStore
    let authenticator: Authenticator
    let records: IdempotencyRecords

    /// Mails with tickets of one booking in a day.
    private static let mailsMax = 10

    func register(on router: inout CallRouter) {
        typealias Methods = NotificationV1.NotificationService
        router.handle(Methods.listTickets, list)
        router.handle(Methods.getTicket, get)
        router.handle(Methods.getTicketQr, qrCode)
        router.handle(Methods.resendTickets, resend)
    }

    @Sendable private func list(
        _ request: NotificationV1.ListTicketsRequest, _ context: CallContext
    ) async throws -> NotificationV1.ListTicketsResponse {
        let user = try await authenticator.user(context)
        guard let booking = BookingID(request.bookingID) else {
            throw RPCError.invalid(field: "bookingId", "invalid", "an id looks like bkg_…")
        }
        let tickets = try await store.tickets(of: booking, buyer: user.id)
        return .with { $0.tickets = tickets }
    }

    @Sendable private func get(
        _ request: NotificationV1.GetTicketRequest, _ context: CallContext
    ) async throws -> NotificationV1.GetTicketResponse {
        let ticket = try await ticket(request.ticketID, context)
        return .with { $0.ticket = ticket }
    }

    @Sendable private func qrCode(
        _ request: NotificationV1.GetTicketQrRequest, _ context: CallContext
    ) async throws -> NotificationV1.GetTicketQrResponse {
        let ticket = try await ticket(request.ticketID, context)
        let svg = try await runOffLoop {
            try QRCode(ticket.secret).svg(title: "\(ticket.eventTitle), \(ticket.label)")
        }
        return .with {
            $0.mediaType = "image/svg+xml"
            $0.data = Array(svg.utf8)
        }
    }

    @Sendable private func resend(
        _ request: NotificationV1.ResendTicketsRequest, _ context: CallContext
    ) async throws -> NotificationV1.ResendTicketsResponse {
        let user = try await authenticator.user(context)
        let key = try IdempotencyKey(context, user: user.id, request)
        return try await records.once(key) { transaction in
            guard let id = BookingID(request.bookingID),
                let found = try await store.resendable(id, in: transaction),
                let first = found.tickets.first, let buyer = UserID(first.buyerID),
                buyer == user.id || found.organiser == user.id || user.roles.contains(.admin)
            else {
                throw RPCError.notFound(
                    "tickets_unknown",
                    "there are no valid tickets of a booking \"\(request.bookingID)\" of yours")
            }
            guard found.mailsToday < Self.mailsMax else {
                throw RPCError.failure(
                    .resourceExhausted, "too_many_mails",
                    "these tickets have been mailed \(Self.mailsMax) times today",
                    retryAfter: .seconds(3_600))
            }
            try await store.queueMail(
                "tickets.\(TicketID())@usher", to: buyer, MailTexts.resent(found.tickets),
                tickets: id, in: transaction)
            return .with { $0.tickets = UInt32(clamping: found.tickets.count) }
        }
    }

    /// The ticket, if it is the caller's; whose it is else, nobody is told.
    private func ticket(
        _ text: String, _ context: CallContext
    ) async throws -> NotificationV1.Ticket {
        let user = try await authenticator.user(context)
        guard let id = TicketID(text), let ticket = try await store.ticket(id),
            ticket.buyerID == user.id.description
        else {
            throw RPCError.notFound("ticket_unknown", "there is no ticket \"\(text)\" of yours")
        }
        return ticket
    }
}
