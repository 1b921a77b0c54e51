import Foundation
import JSON
import NIOHTTP1
import RPC

/// Every route of the gateway and the line of `AccessTable` that says who may call it.
enum GatewayTable {
    /// A route as gateway/openapi.yaml has it.
    struct Route: Hashable, Sendable, CustomStringConvertible {
        let method: String
        let path: String

        var description: String { "\(method) \(path)" }
    }

    /// The routes that the gateway's description has, by its lines: paths stand at two spaces,
    /// methods at four. A test of the gateway holds it to the routes that there are.
    static func described() throws -> Set<Route> {
        let file = Platform.projectFolder.appendingPathComponent("gateway/openapi.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        var routes: Set<Route> = []
        var path: String?
        for line in text.split(separator: "\n").map(String.init) {
            if !line.hasPrefix(" ") { path = nil }
            if line.hasPrefix("  /"), line.hasSuffix(":") {
                path = String(line.dropFirst(2).dropLast())
            } else if let path,
                let match = line.wholeMatch(of: #/ {4}(get|put|post|delete|patch):/#)
            {
                routes.insert(Route(method: match.output.1.uppercased(), path: path))
            }
        }
        return routes
    }

    /// What is asked, with the line that counts. Parts in braces are fields of the line's request.
    static let lines: [(route: Route, query: String, line: String)] = [
        route("POST /api/auth/register", "AuthService/Register"),
        route("POST /api/auth/login", "AuthService/LogIn, with a wrong password"),
        route("POST /api/auth/refresh", "AuthService/RefreshSession"),
        route("POST /api/auth/logout", "AuthService/LogOut"),
        route("GET /api/auth/me", "AuthService/GetMe"),
        route("POST /api/auth/users", "AuthService/CreateAccount"),
        route("PUT /api/auth/users/{userId}/roles", "AuthService/SetRoles"),

        route("POST /api/events/plans", "EventService/StartPlanUpload"),
        route("GET /api/events/plans/{planId}", "EventService/ReadPlan, of a draft"),
        route("GET /api/events/{eventId}/plan", "EventService/ReadPlan"),
        route("POST /api/events", "EventService/CreateEvent"),
        route("GET /api/events", "EventService/ListEvents"),
        route("GET /api/events/{eventId}", "EventService/GetEvent, a draft"),
        route("POST /api/events/{eventId}/publish", "EventService/PublishEvent"),
        route("PATCH /api/events/{eventId}", "EventService/UpdateEvent"),
        route("POST /api/events/{eventId}/pause", "EventService/PauseEvent"),
        route("POST /api/events/{eventId}/resume", "EventService/ResumeEvent"),
        route("POST /api/events/{eventId}/cancel", "EventService/CancelEvent"),

        route("GET /api/events/{eventId}/seats", "EventService/GetSeatState, of a draft"),
        route("GET /api/events/{eventId}/seats/live", "EventService/WatchSeats, of a draft"),
        route("POST /api/events/{eventId}/holds", "EventService/HoldSeats"),
        route("POST /api/events/{eventId}/holds/best", "EventService/HoldBestAvailable"),
        route("GET /api/events/{eventId}/holds", "EventService/ListHolds"),
        route("GET /api/events/{eventId}/holds/{holdId}", "EventService/GetHold"),
        route("PUT /api/events/{eventId}/holds/{holdId}", "EventService/ChangeHold"),
        route("POST /api/events/{eventId}/holds/{holdId}/extend", "EventService/ExtendHold"),
        route("DELETE /api/events/{eventId}/holds/{holdId}", "EventService/ReleaseHold"),

        route("GET /api/events/{eventId}/waiting-list", "EventService/GetWaitingEntry"),
        route(
            "GET /api/events/{eventId}/waiting-list/counts", "EventService/GetWaitingCounts"),
        route("POST /api/events/{eventId}/waiting-list", "EventService/JoinWaitingList"),
        route("DELETE /api/events/{eventId}/waiting-list", "EventService/LeaveWaitingList"),

        route(
            "GET /api/events/{eventId}/timeline", query: "placeIndex=4",
            "EventService/GetSeatTimeline"),

        route("POST /api/bookings", "BookingService/CreateBooking"),
        route("GET /api/bookings", "BookingService/ListBookings"),
        route("GET /api/bookings/{bookingId}", "BookingService/GetBooking"),
        route("POST /api/bookings/{bookingId}/cancel", "BookingService/CancelBooking"),
        route("GET /api/bookings/{bookingId}/timeline", "BookingService/GetBookingTimeline"),
        route("POST /api/bookings/organiser", "BookingService/CreateOrganiserBooking"),
        route("GET /api/bookings/events/{eventId}", "BookingService/ListEventBookings"),
        route("GET /api/bookings/events/{eventId}/sales", "BookingService/GetSales"),
        route(
            "GET /api/bookings/events/{eventId}/timeline", query: "place={place}",
            "BookingService/GetPlaceTimeline"),
        route(
            "GET /api/bookings/events/{eventId}/cancellation",
            "BookingService/GetEventCancellation"),
        route("POST /api/bookings/events/{eventId}/block", "BookingService/BlockPlaces"),
        route("POST /api/bookings/events/{eventId}/unblock", "BookingService/UnblockPlaces"),

        route("POST /api/payments", "PaymentService/CreatePayment"),
        route("GET /api/payments", query: "bookingId={bookingId}", "PaymentService/ListPayments"),
        route("GET /api/payments/{paymentId}", "PaymentService/GetPayment"),
        route("GET /api/payments/{paymentId}/refunds", "PaymentService/ListRefunds"),
        route("GET /api/payments/refunds/owed", "PaymentService/ListOwedRefunds"),
        route("POST /api/payments/webhooks/{provider}", "PaymentService/HandleWebhook"),

        route(
            "GET /api/notifications/tickets", query: "bookingId={bookingId}",
            "NotificationService/ListTickets"),
        route("GET /api/notifications/tickets/{ticketId}", "NotificationService/GetTicket"),
        route("GET /api/notifications/tickets/{ticketId}/qr", "NotificationService/GetTicketQr"),
        route(
            "POST /api/notifications/bookings/{bookingId}/resend",
            "NotificationService/ResendTickets"),
    ]

    private static func route(
        _ text: String, query: String = "", _ line: String
    ) -> (route: Route, query: String, line: String) {
        let parts = text.split(separator: " ").map(String.init)
        return (Route(method: parts[0], path: parts[1]), query, line)
    }

    /// Calls a route as somebody, from an address of its own.
    static func call(
        _ route: Route, query: String, _ line: AccessLine, _ scene: AccessScene, as caller: Caller
    ) async throws -> APIClient.Answer {
        let body = try line.json(scene, caller)
        let template = route.path + (query.isEmpty ? "" : "?" + query)
        let path = filled(template, from: body)
        let hasBody = ["POST", "PUT", "PATCH"].contains(route.method)
        return try await eventually("an answer of \(route) to \(caller)", seconds: 120) {
            let client = APIClient(scene.platform, token: scene.token(of: caller))
            let answer = try await client.send(
                HTTPMethod(rawValue: route.method), path, bytes: hasBody ? body.bytes : nil)
            return [429, 503, 504].contains(answer.status) ? nil : answer
        }
    }

    private static func filled(_ template: String, from request: JSONValue) -> String {
        var text = template
        for member in request.object ?? [] {
            let value = member.value.string ?? member.value.number?.int64.map { "\($0)" } ?? ""
            text = text.replacing("{\(member.name)}", with: value)
        }
        return text
    }

    /// What is wrong with an answer; nil where it is as the line has it.
    static func fault(
        _ answer: APIClient.Answer, _ route: Route, _ line: AccessLine, _ scene: AccessScene,
        as caller: Caller
    ) -> String? {
        let what = "\(route) as \(caller): \(answer.text)"
        if let expected = line.who.refusals[caller] {
            let status =
                switch expected.code {
                case .unauthenticated: 401
                case .permissionDenied: 403
                case .notFound: 404
                default: 400
                }
            // The gateway asks for a token before anybody looks at the request.
            let isEarly = answer.status == 401 && caller == .anonymous
            let isRight = answer.status == status && answer.code == expected.reason
            return isRight || (isEarly && status == 401) ? nil : "\(what) instead of \(expected)"
        }
        let secret = line.secret(scene)
        let shows = String(decoding: answer.bytes, as: UTF8.self).contains(secret)
        if answer.status == 200, !secret.isEmpty, shows == line.who.seeNothing.contains(caller) {
            return "\(what): \(secret) is \(shows ? "" : "not ")in it"
        }
        let turnedAway = line.who.allRefusals.contains { $0.reason == answer.code }
        return turnedAway || answer.status >= 500 ? "\(what), and they may" : nil
    }
}
