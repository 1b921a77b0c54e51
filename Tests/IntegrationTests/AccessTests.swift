import Contracts
import Crypto
import Foundation
import JSON
import Logging
import RPC
import ServiceKit
import Testing
import Wire

/// Promise P10: what is somebody's is nobody else's, at the gateway and at every service.
@Suite("Who may do what")
struct AccessTests {
    @Test("another buyer's booking, payment and tickets do not exist for you")
    func strangers() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2)
        let owner = try await People.buyer(platform)
        let stranger = try await People.buyer(platform)
        let hold = try await event.hold([0], as: owner)
        let booking = try await owner.book(hold.holdToken).bookingID
        #expect(try await stranger.get("/api/bookings/\(booking)").status == 404)
        #expect(try await stranger.pay(booking).status == 404)
        let payment = try await owner.pay(booking)
        let paymentID = payment.json["payment"]?["paymentId"]?.string ?? ""
        #expect(try await owner.get("/api/payments/\(paymentID)").status == 200)
        #expect(try await stranger.get("/api/payments/\(paymentID)").status == 404)
        let tickets = try await eventually("the ticket") {
            let answer = try await owner.get("/api/notifications/tickets?bookingId=\(booking)")
            let tickets = answer.json["tickets"]?.array ?? []
            return tickets.isEmpty ? nil : tickets
        }
        let ticket = tickets[0]["ticketId"]?.string ?? ""
        #expect(try await owner.get("/api/notifications/tickets/\(ticket)/qr").status == 200)
        #expect(try await stranger.get("/api/notifications/tickets/\(ticket)").status == 404)
        #expect(try await stranger.get("/api/notifications/tickets/\(ticket)/qr").status == 404)
        let theirs = try await stranger.get("/api/notifications/tickets?bookingId=\(booking)")
        #expect(theirs.json["tickets"]?.array?.isEmpty == true)
        #expect(try await APIClient(platform).get("/api/bookings/\(booking)").status == 401)
    }

    @Test("a buyer organises nothing")
    func roles() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 2)
        let buyer = try await People.buyer(platform)
        #expect(try await buyer.post("/api/events", ["title": "x"]).status == 403)
        #expect(try await buyer.post("/api/events/plans", [:]).status == 403)
        #expect(try await buyer.post("/api/events/\(event.id)/publish", [:]).status == 403)
        let other = try await People.organiser(platform)
        #expect(try await other.post("/api/events/\(event.id)/publish", [:]).status == 404)
    }

    @Test("services ask for themselves: a socket alone opens nothing")
    func services() async throws {
        let platform = try await Platform.shared()
        try await People.withClient(platform, of: "booking") { client in
            await #expect(throws: RPCError.self, "no token") {
                _ = try await client.call(BookingV1.BookingService.listBookings, .init())
            }
            await #expect(throws: RPCError.self, "no credential") {
                _ = try await client.call(BookingV1.BookingService.readFeed, .init())
            }
            var forged = Metadata()
            forged.append(
                ServiceCredential(key: .init(size: .bits256)).issue(as: "event"),
                for: ServiceCredential.metadataKey)
            do {
                _ = try await client.call(
                    BookingV1.BookingService.readFeed, .init(), metadata: forged)
                Issue.record("a forged credential was taken")
            } catch let error as RPCError {
                #expect(error.code == .unauthenticated)
            }
        }
        try await People.withClient(platform, of: "event") { client in
            let key = try Secrets(folder: platform.ready.secretsFolder).key(.serviceCredential)
            var wrong = Metadata()
            wrong.append(
                ServiceCredential(key: key).issue(as: "payment"),
                for: ServiceCredential.metadataKey)
            do {
                _ = try await client.call(EventV1.EventService.redeem, .init(), metadata: wrong)
                Issue.record("payment redeemed a hold")
            } catch let error as RPCError {
                #expect(error.code == .permissionDenied)
            }
        }
    }
}
