import Contracts
import Foundation
import Wire

/// What the mails say.
enum MailTexts {
    /// Subject and body.
    typealias Text = (subject: String, body: String)

    /// A booking is confirmed.
    static func confirmed(_ booking: BookingV1.Booking) -> Text {
        let places = booking.places.map { place in
            let type = place.priceType.isEmpty ? "" : " (\(place.priceType))"
            return "  \(place.label), \(place.category)\(type): "
                + money(place.priceMinor, booking.currency)
        }
        return (
            "Your tickets: \(booking.eventTitle)",
            """
            Your booking \(booking.bookingID) is confirmed.

            \(booking.eventTitle)
            \(booking.venue)
            \(time(booking.startsAt, in: booking.timeZone))

            \(places.joined(separator: "\n"))

            Total: \(money(booking.totalMinor, booking.currency))

            Your tickets are attached. Show the code of each at the door, on paper or on a screen.
            Whoever shows a code first is let in: keep it to yourself.
            """
        )
    }

    /// Money came too late, or twice, and goes back.
    static func refundDue(_ fact: BookingV1.RefundDue) -> Text {
        let why =
            switch fact.reason {
            case "paid_twice": "the booking had been paid already"
            case "wrong_amount": "it was not the amount of the booking"
            case "booking_expired":
                "it came after the booking had expired, and the places have been sold since"
            default: "the booking is no longer valid"
            }
        return (
            "Your payment is being refunded",
            """
            We have received your payment for the booking \(fact.bookingID), but \(why).

            We are returning \(money(fact.amountMinor, fact.currency)) to you. You need not do
            anything.
            """
        )
    }

    /// "32.00 EUR"; the digits after the point by ISO 4217.
    static func money(_ minor: Int64, _ currency: String) -> String {
        let digits =
            switch currency {
            case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX",
                "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
                0
            case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
            default: 2
            }
        guard digits > 0 else {
            return "\(minor) \(currency)"
        }
        let scale = digits == 2 ? Int64(100) : 1000
        let fraction = String(minor.magnitude % scale.magnitude)
        let padding = String(repeating: "0", count: digits - fraction.count)
        return "\(minor < 0 ? "-" : "")\(minor.magnitude / scale.magnitude).\(padding)\(fraction) "
            + currency
    }

    /// "Saturday, 5 December 2026, 19:30 (Europe/Berlin)"
    static func time(_ timestamp: Timestamp?, in zone: String) -> String {
        guard let date = timestamp?.date else {
            return ""
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_GB")
        formatter.timeZone = TimeZone(identifier: zone) ?? TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEEE, d MMMM yyyy, HH:mm"
        return "\(formatter.string(from: date)) (\(zone))"
    }
}
