import Foundation
import JSON
import Testing

/// Mails about refunds, from the cancellation through the real feeds to the outbox.
@Suite("Mails about refunds")
struct RefundMailTests {
    /// A buyer with a confirmed booking of places of an event.
    private func sold(
        _ event: TestEvent, _ places: [Int]
    ) async throws -> (buyer: APIClient, booking: String) {
        let buyer = try await People.buyer(event.platform)
        let booking = try await buyer.book(try await event.hold(places, as: buyer).holdToken)
            .bookingID
        _ = try await buyer.pay(booking)
        try await buyer.waitForBooking(booking, "BOOKING_STATE_CONFIRMED")
        return (buyer, booking)
    }

    /// The body of the mail about money that went back for a booking.
    private func refundMail(_ platform: Platform, of booking: String) async throws -> String {
        try await eventually("a mail about the refund of \(booking)") {
            for mail in try WalkTests.mails(platform) where mail.contains("Message-ID: <refunded.")
            {
                let text = Self.text(mail)
                if text.contains(booking) { return mail + text }
            }
            return nil
        }
    }

    /// What the first part of a mail says; it is base64.
    private static func text(_ mail: String) -> String {
        let paragraphs = mail.replacingOccurrences(of: "\r\n", with: "\n")
            .components(separatedBy: "\n\n")
        return paragraphs.compactMap { paragraph in
            let plain = paragraph.components(separatedBy: "\n--")[0]
                .replacingOccurrences(of: "\n", with: "")
            return Data(base64Encoded: plain).map { String(decoding: $0, as: UTF8.self) }
        }.joined(separator: "\n")
    }

    @Test("a seat given back, and a cancelled event: event, seats, amount and reason are named")
    func named() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 3)
        let part = try await sold(event, [0, 1])
        let whole = try await sold(event, [2])

        let given = try await event.organiser.post(
            "/api/bookings/\(part.booking)/cancel", ["places": [1]])
        #expect(given.status == 200, "\(given.text)")
        let first = try await refundMail(platform, of: part.booking)
        for text in [
            "20.00 EUR", "The organiser has cancelled it.",
            "\nA test\n", "row 1, seat 2",
        ] {
            #expect(first.contains(text), "\(text): \(first)")
        }
        #expect(!first.contains("row 1, seat 1"))

        let cancelled = try await event.organiser.post("/api/events/\(event.id)/cancel", [:])
        #expect(cancelled.status == 200, "\(cancelled.text)")
        let last = try await refundMail(platform, of: whole.booking)
        for text in ["The event was cancelled.", "\nA test\n", "row 1, seat 3", "20.00 EUR"] {
            #expect(last.contains(text), "\(text): \(last)")
        }
        // The seat that was left of the first booking goes back too, and only that.
        _ = try await eventually("the mail about the seat that was left") {
            try WalkTests.mails(platform).contains { mail in
                let text = Self.text(mail)
                return mail.contains("Message-ID: <refunded.") && text.contains(part.booking)
                    && text.contains("The event was cancelled.") && text.contains("row 1, seat 1")
                    && !text.contains("row 1, seat 2")
            } ? true : nil
        }
    }
}
