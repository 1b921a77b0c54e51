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

    /// Reasons of refunds that come of giving back.
    static let cancellations: Set<String> = [
        "cancelled_by_buyer", "cancelled_by_organiser", "event_cancelled",
    ]

    /// A booking, or some of its places, was given back.
    static func cancelled(_ fact: BookingV1.BookingCancelled) -> Text {
        let booking = fact.booking ?? .init()
        let who =
            switch fact.reason {
            case "event_cancelled": "The event has been cancelled, and with it your booking"
            case "cancelled_by_organiser": "The organiser has cancelled your booking"
            default: "You have cancelled your booking"
            }
        let part =
            booking.state == .cancelled ? "" : "\n\nThe other places of the booking stay yours."
        let fee =
            fact.feeMinor > 0
            ? " \(money(fact.feeMinor, booking.currency)) are kept under the event's conditions."
            : ""
        let refund =
            fact.refundMinor > 0
            ? "We are returning \(money(fact.refundMinor, booking.currency)) to you.\(fee) You need "
                + "not do anything."
            : "There is nothing to return."
        return (
            "Cancelled: \(booking.eventTitle)",
            """
            \(who) \(booking.bookingID):

            \(fact.places.map { "  \($0.label), \($0.category)" }.joined(separator: "\n"))

            The tickets of these places are no longer valid.\(part)

            \(refund)
            """
        )
    }

    /// Money went back.
    static func refunded(
        _ fact: PaymentV1.PaymentRefunded, _ payment: PaymentV1.Payment
    ) -> Text {
        let amount = fact.amountMinor > 0 ? fact.amountMinor : payment.refundedMinor
        return (
            subject("Your refund", fact.eventTitle),
            """
            We have returned \(money(amount, payment.currency)) of your payment for the booking
            \(payment.bookingID).\(why(fact.reason))\(list(fact.eventTitle, fact.places))

            It depends on your bank when you see it.
            """
        )
    }

    /// The provider does not take the refund; it is tried again.
    static func refundOwed(_ fact: PaymentV1.PaymentRefundOwed) -> Text {
        let refund = fact.refund ?? .init()
        return (
            subject("Your refund is delayed", fact.eventTitle),
            """
            We owe you \(money(refund.amountMinor, refund.currency)) for the booking
            \(refund.bookingID).\(why(refund.reason))\(list(fact.eventTitle, fact.places))

            Your bank has not taken it so far. We go on trying, and somebody is looking into it. You
            need not do anything.
            """
        )
    }

    private static func subject(_ text: String, _ event: String) -> String {
        event.isEmpty ? text : "\(text): \(event)"
    }

    /// Why money goes back, as a sentence behind another.
    private static func why(_ reason: String) -> String {
        switch reason {
        case "event_cancelled": " The event was cancelled."
        case "cancelled_by_organiser": " The organiser has cancelled it."
        case "cancelled_by_buyer": " You have cancelled it."
        default: ""
        }
    }

    /// The event and the places, where they are known, as a paragraph behind another.
    private static func list(_ event: String, _ places: [String]) -> String {
        guard !event.isEmpty else {
            return ""
        }
        return "\n\n" + ([event] + places.map { "  \($0)" }).joined(separator: "\n")
    }

    /// Tickets once more.
    static func resent(_ tickets: [NotificationV1.Ticket]) -> Text {
        let first = tickets.first ?? .init()
        return (
            "Your tickets: \(first.eventTitle)",
            """
            Here are your tickets of the booking \(first.bookingID) once more.

            \(first.eventTitle)
            \(first.venue)
            \(time(first.startsAt, in: first.timeZone))

            \(tickets.map { "  \($0.label), \($0.category)" }.joined(separator: "\n"))
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
        let list = list(fact.eventTitle, fact.places)
        return (
            subject("Your payment is being refunded", fact.eventTitle),
            """
            We have received your payment for the booking \(fact.bookingID), but \(why).\(list)

            We are returning \(money(fact.amountMinor, fact.currency)) to you. You need not do
            anything.
            """
        )
    }

    /// Places are held for somebody of a waiting list.
    static func offered(_ fact: EventV1.WaitingOffered) -> Text {
        let places = fact.places.map { place in
            "  \(place.label), \(place.category): \(money(place.priceMinor, fact.currency))"
        }
        return (
            "Places for you: \(fact.eventTitle)",
            """
            You are on the waiting list of \(fact.eventTitle). These places have come back and are
            held for you:

            \(places.joined(separator: "\n"))

            Total: \(money(fact.totalMinor, fact.currency))

            Book them on the event's page until \(time(fact.expiresAt, in: fact.timeZone)).
            After that they go to the next on the list. If you do not want them, give them back there:
            somebody else is waiting.
            """
        )
    }

    /// Somebody is on a waiting list no longer.
    static func waitingEnded(_ fact: EventV1.WaitingEnded) -> Text {
        let why =
            switch fact.reason {
            case "event_cancelled": "The event has been cancelled, and with it its waiting list."
            case "sale_closed": "The sale has closed, and no places have come back for you."
            default:
                "The time of our offer is over, and the places have gone to the next on the list. "
                    + "If you still want to come, join the list again on the event's page."
            }
        return (
            "Waiting list: \(fact.eventTitle)",
            """
            You were on the waiting list of \(fact.eventTitle).

            \(why)
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
