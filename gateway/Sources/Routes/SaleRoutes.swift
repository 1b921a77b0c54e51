import Contracts
import HTTPTypes
import Hummingbird
import NIOCore
import RPC
import ServiceKit
import Wire

/// /api/bookings, /api/payments, /api/notifications: from hold to ticket.
extension Routes {
    static let bookings: [Route] = [
        Route(.post, "/api/bookings", .user, body: .json) { call in
            let message = try call.message(BookingV1.CreateBookingRequest.self)
            return try await call.create(
                \.booking, BookingV1.BookingService.createBooking, message
            ) {
                "/api/bookings/\(PercentCoding.encodedSegment($0.booking?.bookingID ?? ""))"
            }
        },
        Route(.get, "/api/bookings", .user, query: ["pageSize", "pageToken"]) { call in
            try await call.forward(\.booking, BookingV1.BookingService.listBookings) {
                $0.pageSize = try call.query.unsigned("pageSize") ?? 0
                $0.pageToken = call.query.text("pageToken") ?? ""
            }
        },
        Route(.get, "/api/bookings/{bookingId}", .user) { call in
            try await call.forward(\.booking, BookingV1.BookingService.getBooking) {
                $0.bookingID = call.path("bookingId")
            }
        },
        Route(.post, "/api/bookings/{bookingId}/cancel", .user, body: .json) { call in
            let message = try call.message(BookingV1.CancelBookingRequest.self)
            try call.requireSame("bookingId", message.bookingID)
            return try await call.forward(\.booking, BookingV1.BookingService.cancelBooking) {
                $0 = message
                $0.bookingID = call.path("bookingId")
            }
        },
    ]

    static let payments: [Route] = [
        Route(.post, "/api/payments", .user, body: .json, timeout: .seconds(30)) { call in
            let message = try call.message(PaymentV1.CreatePaymentRequest.self)
            return try await call.create(
                \.payment, PaymentV1.PaymentService.createPayment, message
            ) {
                "/api/payments/\(PercentCoding.encodedSegment($0.payment?.paymentID ?? ""))"
            }
        },
        Route(.get, "/api/payments", .user, query: ["bookingId"]) { call in
            try await call.forward(\.payment, PaymentV1.PaymentService.listPayments) {
                $0.bookingID = try call.query.required("bookingId")
            }
        },
        Route(.get, "/api/payments/{paymentId}", .user) { call in
            try await call.forward(\.payment, PaymentV1.PaymentService.getPayment) {
                $0.paymentID = call.path("paymentId")
            }
        },
        Route(.get, "/api/payments/{paymentId}/refunds", .user) { call in
            try await call.forward(\.payment, PaymentV1.PaymentService.listRefunds) {
                $0.paymentID = call.path("paymentId")
            }
        },
        Route(
            .get, "/api/payments/refunds/owed", .role(.admin), query: ["pageSize", "pageToken"]
        ) { call in
            try await call.forward(\.payment, PaymentV1.PaymentService.listOwedRefunds) {
                $0.pageSize = try call.query.unsigned("pageSize") ?? 0
                $0.pageToken = call.query.text("pageToken") ?? ""
            }
        },
        // The body goes on as it came, byte for byte: it is signed.
        Route(
            .post, "/api/payments/webhooks/{provider}", .anyone, limited: .webhook,
            body: .json(bytesMax: 64 * 1024)
        ) { call in
            try await call.forward(\.payment, PaymentV1.PaymentService.handleWebhook) {
                $0.provider = call.path("provider")
                $0.body = call.body
                $0.signature = call.request.headers[.providerSignature] ?? ""
            }
        },
    ]

    static let notifications: [Route] = [
        Route(.get, "/api/notifications/tickets", .user, query: ["bookingId"]) { call in
            try await call.forward(
                \.notification, NotificationV1.NotificationService.listTickets
            ) {
                $0.bookingID = try call.query.required("bookingId")
            }
        },
        Route(.get, "/api/notifications/tickets/{ticketId}", .user) { call in
            try await call.forward(\.notification, NotificationV1.NotificationService.getTicket) {
                $0.ticketID = call.path("ticketId")
            }
        },
        Route(.get, "/api/notifications/tickets/{ticketId}/qr", .user) { call in
            let reply = try await call.call(
                \.notification, NotificationV1.NotificationService.getTicketQr,
                .with { $0.ticketID = call.path("ticketId") })
            return Response(
                status: .ok, headers: [.contentType: reply.mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.data)))
        },
        Route(.post, "/api/notifications/bookings/{bookingId}/resend", .user) { call in
            try await call.forward(
                \.notification, NotificationV1.NotificationService.resendTickets
            ) {
                $0.bookingID = call.path("bookingId")
            }
        },
    ]
}
