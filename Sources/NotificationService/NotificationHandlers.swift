import Contracts
import Foundation
import RPC
import ServiceKit
import Wire

/// The methods of `usher.notification.v1.NotificationService`.
struct NotificationHandlers: Sendable {
    let store: NotificationStore
    let authenticator: Authenticator

    func register(on router: inout CallRouter) {
        typealias Methods = NotificationV1.NotificationService
        router.handle(Methods.listTickets, list)
        router.handle(Methods.getTicket, get)
        router.handle(Methods.getTicketQr, qrCode)
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
        let svg = try QRCode(ticket.secret).svg(title: "\(ticket.eventTitle), \(ticket.label)")
        return .with {
            $0.mediaType = "image/svg+xml"
            $0.data = Array(svg.utf8)
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
