import Foundation
import JSON

/// Somebody who wants one seat, and goes on trying while machines fail.
struct PatientBuyer: Sendable {
    /// How it ended.
    enum Outcome: Sendable, Equatable {
        case confirmed
        case declined(String)
    }

    let client: APIClient
    let booking: String
    let card: String

    /// Somebody who has booked.
    init(client: APIClient, booking: String, card: String) {
        self.client = client
        self.booking = booking
        self.card = card
    }

    /// Books a seat.
    init(_ event: TestEvent, place: Int, card: String) async throws {
        try await self.init(event, places: [place], card: card)
    }

    /// Books seats.
    init(_ event: TestEvent, places: [Int], card: String) async throws {
        let client = try await People.buyer(event.platform)
        let booking: String = try await eventually("a booking of places \(places)") {
            let hold = try await event.hold(places, as: client)
            guard hold.status == 201 else { return nil }
            let booking = try await client.book(hold.holdToken)
            return booking.status == 201 ? booking.bookingID : nil
        }
        self.init(client: client, booking: booking, card: card)
    }

    /// Pays until the booking is confirmed or the card is declined. Answers may get lost: then the
    /// buyer looks what has become of it, and pays again only where there is no attempt that may
    /// still succeed.
    func pay(seconds: Int = 300) async throws -> Outcome {
        try await eventually("an end of \(booking) with \(card)", seconds: seconds) {
            do {
                return try await look()
            } catch {
                // Whoever was asked is not there now.
                return nil
            }
        }
    }

    /// Nil where it has not ended.
    private func look() async throws -> Outcome? {
        let answer = try await client.get("/api/bookings/\(booking)")
        if answer.json["booking"]?["state"]?.string == "BOOKING_STATE_CONFIRMED" {
            return .confirmed
        }
        let payments = try await client.get("/api/payments?bookingId=\(booking)")
        guard payments.status == 200, let all = payments.json["payments"]?.array else {
            return nil
        }
        let last = all.last
        switch last?["state"]?.string {
        case nil:
            break
        case "PAYMENT_STATE_DECLINED":
            let code = last?["declineCode"]?.string ?? ""
            // Called off because the provider had not heard of it: the card is not to blame.
            guard ["provider_not_reached", "charge_cancelled"].contains(code) else {
                return .declined(code)
            }
        default:
            return nil
        }
        _ = try await client.pay(booking, card: card)
        return nil
    }
}
