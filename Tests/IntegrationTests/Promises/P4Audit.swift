import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import Postgres
import ServiceKit

/// The provider's own books, read over its API.
struct ProviderBooks: Sendable {
    struct Charge: Sendable, Equatable {
        var reference: String
        var status: String
        var amountMinor: Int64
        var currency: String
        /// Given back by refunds that have succeeded, by their references.
        var refunds: [String: Int64] = [:]
        /// Refunds that are pending.
        var pending: Set<String> = []

        var refundedMinor: Int64 { refunds.values.reduce(0, +) }
    }

    /// By the provider's id.
    var charges: [String: Charge] = [:]
    private var chargesByRefund: [String: String] = [:]
    private var amounts: [String: (reference: String, amountMinor: Int64)] = [:]

    static func read(_ platform: Platform) async throws -> ProviderBooks {
        let ready = try Data(
            contentsOf: URL(fileURLWithPath: platform.ready.runFolder + "/ready.json"))
        let url = try JSONValue(parsing: Array(ready))["providerURL"]?.string ?? ""
        let key = try Secrets(folder: platform.ready.secretsFolder).hexadecimal(.provider)
        var books = ProviderBooks()
        var position = 0
        while true {
            var request = HTTPClientRequest(url: "\(url)/v1/ledger?limit=1000&after=\(position)")
            request.headers.add(name: "authorization", value: "Bearer \(key)")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
            let body = try await response.body.collect(upTo: 64 << 20)
            let page = try JSONValue(parsing: Array(body.readableBytesView))
            let entries = page["entries"]?.array ?? []
            for entry in entries { books.apply(entry) }
            position += entries.count
            if entries.isEmpty { return books }
        }
    }

    private mutating func apply(_ entry: JSONValue) {
        let id = entry["id"]?.string ?? ""
        switch entry["type"]?.string {
        case "charge":
            guard let charge = entry["charge"] else { return }
            charges[charge["id"]?.string ?? ""] = Charge(
                reference: charge["reference"]?.string ?? "",
                status: charge["status"]?.string ?? "",
                amountMinor: charge["amountMinor"]?.number?.int64 ?? 0,
                currency: charge["currency"]?.string ?? "")
        case "charge_settled":
            charges[id]?.status = entry["status"]?.string ?? ""
        case "refund":
            guard let refund = entry["refund"], let id = refund["id"]?.string else { return }
            chargesByRefund[id] = refund["chargeId"]?.string
            amounts[id] = (
                refund["reference"]?.string ?? "", refund["amountMinor"]?.number?.int64 ?? 0
            )
            settle(refund: id, refund["status"]?.string ?? "")
        case "refund_settled":
            settle(refund: id, entry["status"]?.string ?? "")
        default:
            break
        }
    }

    private mutating func settle(refund id: String, _ status: String) {
        guard let charge = chargesByRefund[id], let refund = amounts[id] else { return }
        charges[charge]?.pending.remove(refund.reference)
        if status == "succeeded" {
            charges[charge]?.refunds[refund.reference, default: 0] += refund.amountMinor
        } else if status == "pending" {
            charges[charge]?.pending.insert(refund.reference)
        }
    }
}

/// Promise P4 over everything that a platform has sold: bookings, payments, tickets and the
/// provider's books, read from each one's own place.
struct P4Audit: Sendable {
    private struct Booking {
        var state: String
        /// Price of the seats that it has; 0 where its money never came here.
        var priceMinor: Int64
        /// Kept under the policy shown to the buyer.
        var feeMinor: Int64
        var places: [Int32]
        var validTickets: [Int32] = []
        var keptMinor: Int64 = 0
        var isOwed = false
    }

    private struct Payment {
        var booking: UUID
        var reference: String
        var state: String
        var amountMinor: Int64
        var refundedMinor: Int64
        var providerID: String
        var currency: String
        /// Refunds that have succeeded, by id.
        var refunds: [String: Int64] = [:]
        var unsettledRefunds = 0
    }

    let platform: Platform

    /// Everything that is not as P4 has it, in words; empty where all is.
    ///
    /// - Parameter comparesSeats: money must agree with seats; without it, with the provider's
    ///   books alone.
    func faults(comparesSeats: Bool = true) async throws -> [String] {
        let payments = try await payments()
        var faults = Self.compare(payments, try await ProviderBooks.read(platform))
        guard comparesSeats else { return faults }
        var bookings = try await bookings()
        for payment in payments {
            guard bookings[payment.booking] != nil else {
                faults.append("\(payment.reference) pays a booking that is not there")
                continue
            }
            if !["open", "declined"].contains(payment.state) {
                bookings[payment.booking]?.keptMinor +=
                    payment.amountMinor - payment.refundedMinor
            }
            if payment.state == "refund_owed" { bookings[payment.booking]?.isOwed = true }
        }
        try await readTickets(into: &bookings)
        for (id, booking) in bookings where !booking.isOwed {
            let name = "\(BookingID(uuid: id)) (\(booking.state))"
            let isConfirmed = booking.state == "confirmed"
            if booking.keptMinor != (isConfirmed ? booking.priceMinor : 0) + booking.feeMinor {
                faults.append(
                    "\(name) has paid \(booking.keptMinor), fees \(booking.feeMinor)")
            }
            if booking.validTickets.sorted() != (isConfirmed ? booking.places.sorted() : []) {
                faults.append("\(name) has tickets for \(booking.validTickets)")
            }
        }
        return faults
    }

    /// Waits until nothing is at fault.
    func waitUntilKept(comparesSeats: Bool = true, seconds: Int = 240) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var faults: [String] = ["not looked yet"]
        while ContinuousClock.now < deadline {
            faults = try await self.faults(comparesSeats: comparesSeats)
            if faults.isEmpty { return }
            try await Task.sleep(for: .milliseconds(500))
        }
        throw Platform.NotReady(
            description: "P4 is not kept after \(seconds) s:\n" + faults.joined(separator: "\n"))
    }

    private static func compare(_ payments: [Payment], _ books: ProviderBooks) -> [String] {
        var faults: [String] = []
        var unseen = books.charges
        let byReference = Dictionary(grouping: books.charges, by: \.value.reference)
        for payment in payments {
            let name = "\(payment.reference) (\(payment.state))"
            if payment.state == "open" || payment.unsettledRefunds > 0 {
                faults.append("\(name) is not settled")
            }
            let charges = byReference[payment.reference] ?? []
            if charges.count > 1 { faults.append("\(name) was charged \(charges.count) times") }
            for charge in charges { unseen[charge.key] = nil }
            let charge = charges.first?.value
            if payment.state == "declined" || payment.state == "open" {
                if charge?.status == "captured" || charge?.status == "pending" {
                    faults.append("\(name) is \(charge?.status ?? "") at the provider")
                }
                continue
            }
            guard let charge, charge.status == "captured",
                charges.first?.key == payment.providerID
            else {
                faults.append("\(name) is not captured at the provider")
                continue
            }
            if charge.amountMinor != payment.amountMinor || charge.currency != payment.currency {
                faults.append("\(name): \(payment.amountMinor) here, \(charge.amountMinor) there")
            }
            // The provider knows a refund as `id.refusals`.
            let there = Dictionary(
                charge.refunds.map { (String($0.key.split(separator: ".")[0]), $0.value) },
                uniquingKeysWith: +)
            if there != payment.refunds || charge.refundedMinor != payment.refundedMinor {
                faults.append("\(name): refunds \(payment.refunds) here, \(there) there")
            }
            if !charge.pending.isEmpty { faults.append("\(name) has pending refunds") }
        }
        faults += unseen.map { "\($0.key) of \($0.value.reference) is not known here" }
        return faults
    }

    private func payments() async throws -> [Payment] {
        try await Databases.with(platform, "payment") { pool in
            let refunds = try await pool.query("SELECT * FROM refunds")
            var succeeded: [UUID: [String: Int64]] = [:]
            var pending: [UUID: Int] = [:]
            for row in refunds {
                let payment = try row.decode("payment_id", as: UUID.self)
                switch try row.decode("state", as: String.self) {
                case "succeeded":
                    succeeded[payment, default: [:]][try row.decode("id")] =
                        try row.decode("amount_minor")
                case "pending":
                    pending[payment, default: 0] += 1
                default:
                    break
                }
            }
            return try await pool.query("SELECT * FROM payments").map { row in
                let id = try row.decode("id", as: UUID.self)
                return Payment(
                    booking: try row.decode("booking_id"),
                    reference: PaymentID(uuid: id).description, state: try row.decode("state"),
                    amountMinor: try row.decode("amount_minor"),
                    refundedMinor: try row.decode("refunded_minor"),
                    providerID: try row.decode("provider_reference"),
                    currency: try row.decode("currency"), refunds: succeeded[id] ?? [:],
                    unsettledRefunds: pending[id] ?? 0)
            }
        }
    }

    private func bookings() async throws -> [UUID: Booking] {
        try await Databases.with(platform, "booking") { pool in
            let rows = try await pool.query(
                """
                SELECT b.id, b.state, b.fee_minor,
                 coalesce(sum(p.price_minor) FILTER (WHERE b.kind = 'sale'), 0)::bigint AS price,
                 coalesce(array_agg(p.place) FILTER (WHERE p.place IS NOT NULL), '{}') AS places
                FROM bookings b
                LEFT JOIN claims c ON c.booking_id = b.id AND c.released_at IS NULL
                LEFT JOIN booking_places p ON p.booking_id = b.id AND p.place = c.place
                GROUP BY b.id
                """)
            var bookings: [UUID: Booking] = [:]
            for row in rows {
                bookings[try row.decode("id")] = Booking(
                    state: try row.decode("state"), priceMinor: try row.decode("price"),
                    feeMinor: try row.decode("fee_minor"), places: try row.decode("places"))
            }
            return bookings
        }
    }

    private func readTickets(into bookings: inout [UUID: Booking]) async throws {
        let rows = try await Databases.with(platform, "notification") { pool in
            try await pool.query("SELECT booking_id, place FROM tickets WHERE state = 'valid'")
                .map {
                    (
                        try $0.decode("booking_id", as: UUID.self),
                        try $0.decode("place", as: Int32.self)
                    )
                }
        }
        for (booking, place) in rows { bookings[booking]?.validTickets.append(place) }
    }
}
