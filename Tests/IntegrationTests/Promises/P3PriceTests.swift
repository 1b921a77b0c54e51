import Contracts
import Foundation
import JSON
import NIOHTTP1
import Postgres
import ServiceKit
import Synchronization
import Testing
import Wire

/// Promise P3: the server computes every price, at the hold, and freezes it.
@Suite("P3: the server's price, frozen at the hold")
struct P3PriceTests {
    /// The token of a hold with prices of one's own choosing, and its signature of before.
    private func altered(_ token: String) throws -> String {
        let parts = token.split(separator: ".").map(String.init)
        let payload = try #require(Data(base64URLEncoded: parts.first ?? ""))
        var terms = try EventV1.HoldTerms(serialized: Array(payload))
        for index in terms.places.indices { terms.places[index].priceMinor = 1 }
        terms.totalMinor = Int64(terms.places.count)
        return Data(terms.serialized()).base64URLEncodedString() + "." + (parts.last ?? "")
    }

    @Test("with the signature not looked at, a buyer sets the price: the breach")
    func breach() async throws {
        let platform = try await Platform(environment: ["USHER_SABOTAGE": "unsigned-tokens"])
        let event = try await TestEvent(platform, seats: 2)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: buyer)
        let booking = try await buyer.book(try altered(hold.holdToken))
        #expect(booking.status == 201, "\(booking.text)")
        #expect(booking.json["booking"]?["totalMinor"]?.string == "2")
        // Two seats of 20.00, sold for two cents.
        _ = try await buyer.pay(booking.bookingID)
        try await buyer.waitForBooking(booking.bookingID, "BOOKING_STATE_CONFIRMED")
    }

    @Test("nobody else's price is taken: not in a token, not in any request")
    func refused() async throws {
        let platform = try await Platform.shared()
        let event = try await TestEvent(platform, seats: 4)
        let buyer = try await People.buyer(platform)
        let hold = try await event.hold([0, 1], as: buyer)
        let forged = try await buyer.book(try altered(hold.holdToken))
        #expect(forged.status == 400 && forged.code == "hold_token_invalid", "\(forged.text)")

        let requests: [(path: String, body: JSONValue)] = [
            (
                "/api/events/\(event.id)/holds",
                ["seats": [["seatGuid": .string(event.seats[2]), "priceMinor": "1"]]]
            ),
            (
                "/api/bookings", ["holdToken": .string(hold.holdToken), "totalMinor": "2"]
            ),
        ]
        for request in requests {
            let answer = try await buyer.post(request.path, request.body)
            #expect(answer.status == 400, "\(answer.text)")
        }
        let unknown = try await buyer.post(
            "/api/events/\(event.id)/holds",
            ["seats": [["seatGuid": .string(event.seats[2]), "priceType": "for free"]]])
        #expect(unknown.status == 400, "\(unknown.text)")

        let booking = try await buyer.book(hold.holdToken)
        #expect(booking.json["booking"]?["totalMinor"]?.string == "4000", "\(booking.text)")
        let cheap = try await buyer.post(
            "/api/payments",
            [
                "bookingId": .string(booking.bookingID), "paymentToken": "4242424242424242",
                "amountMinor": "2",
            ])
        #expect(cheap.status == 400, "\(cheap.text)")
        let paid = try await buyer.pay(booking.bookingID)
        #expect(paid.json["payment"]?["amountMinor"]?.string == "4000", "\(paid.text)")
    }

    /// Prices of a version of the price list.
    private struct Prices: Equatable {
        let full: Int64
        let child: Int64

        init(_ version: Int) {
            full = 2_000 + Int64(version) * 100
            child = 1_000 + Int64(version) * 10
        }

        var json: JSONValue {
            [
                "categories": [
                    [
                        "name": "Parkett", "priceMinor": .string("\(full)"),
                        "priceTypes": [["name": "child", "priceMinor": .string("\(child)")]],
                    ]
                ]
            ]
        }
    }

    /// The version that was answered last, while the sale goes on.
    private final class PriceList: Sendable {
        let version = Mutex(0)
        let isSelling = Mutex(true)

        var now: Int { version.withLock { $0 } }
    }

    @Test("prices change all the while: each sale has those of one moment, from hold to ledger")
    func changing() async throws {
        let platform = try await Platform()
        let sales = 40
        let event = try await TestEvent(platform, seats: 2 * sales)
        let path = "/api/events/\(event.id)"
        let first = try await event.organiser.send(.PATCH, path, bytes: Prices(0).json.bytes)
        #expect(first.status == 200, "\(first.text)")
        let list = PriceList()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var next = 1
                while list.isSelling.withLock({ $0 }) {
                    let organiser = APIClient(platform, token: event.organiser.token)
                    let answer = try await organiser.send(
                        .PATCH, path, bytes: Prices(next).json.bytes)
                    if answer.status == 200 {
                        list.version.withLock { $0 = next }
                        next += 1
                    }
                }
            }
            group.addTask {
                defer { list.isSelling.withLock { $0 = false } }
                let buyers = try await People.buyers(8, platform)
                try await withThrowingTaskGroup(of: Void.self) { sellers in
                    for (number, buyer) in buyers.enumerated() {
                        sellers.addTask {
                            for sale in stride(from: number, to: sales, by: buyers.count) {
                                try await sell(event, sale, buyer, list)
                            }
                        }
                    }
                    try await sellers.waitForAll()
                }
            }
            try await group.waitForAll()
        }
        print("prices: \(sales) sales while they changed \(list.now) times")
        #expect(list.now > 1)
        try await P4Audit(platform: platform).waitUntilKept()
        // What the database keeps is what was told.
        let wrong = try await Databases.with(platform, "booking") { pool in
            try await pool.query(
                """
                SELECT 1 FROM bookings b WHERE total_minor <>
                 (SELECT sum(price_minor) FROM booking_places p WHERE p.booking_id = b.id)
                """)
        }
        #expect(wrong.isEmpty)
    }

    /// One full price and one child's, from the hold to the provider's ledger.
    private func sell(
        _ event: TestEvent, _ sale: Int, _ buyer: APIClient, _ list: PriceList
    ) async throws {
        let before = list.now
        let hold = try await buyer.postPatiently(
            "/api/events/\(event.id)/holds",
            [
                "seats": [
                    ["seatGuid": .string(event.seats[2 * sale])],
                    ["seatGuid": .string(event.seats[2 * sale + 1]), "priceType": "child"],
                ]
            ])
        let after = list.now
        let held = (hold.json["hold"]?["places"]?.array ?? []).compactMap {
            $0["priceMinor"]?.string.flatMap { Int64($0) }
        }
        try #require(held.count == 2, "\(hold.text)")
        // Of one version, not older than the last that was answered before the hold was asked
        // for; the change under way when it was answered may count already.
        let found = try #require((0...after + 1).first { Prices($0).full == held[0] })
        #expect(held[1] == Prices(found).child)
        #expect(found >= before)

        let total = "\(held[0] + held[1])"
        #expect(hold.json["hold"]?["totalMinor"]?.string == total)
        let booking = try await eventually("a booking") {
            let answer = try await buyer.book(hold.holdToken)
            return answer.bookingID.isEmpty ? nil : answer
        }
        #expect(booking.json["booking"]?["totalMinor"]?.string == total)
        let prices = (booking.json["booking"]?["places"]?.array ?? []).compactMap {
            $0["priceMinor"]?.string.flatMap { Int64($0) }
        }
        #expect(prices == held)
        let payer = PatientBuyer(
            client: buyer, booking: booking.bookingID, card: "4242424242424242")
        #expect(try await payer.pay() == .confirmed)
        let payments = try await buyer.get("/api/payments?bookingId=\(booking.bookingID)")
        #expect(payments.json["payments"]?.array?.last?["amountMinor"]?.string == total)
    }
}
