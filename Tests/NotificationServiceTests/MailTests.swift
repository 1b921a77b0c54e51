import Contracts
import Foundation
import Testing
import Wire

@testable import NotificationService

@Suite("Mails")
struct MailTests {
    private func mail(
        name: String = "Ada", subject: String = "Hello", body: String = "Hi"
    ) -> MailMessage {
        MailMessage(
            id: "confirmed.bkg_1@usher", from: .init(name: "Usher", address: "t@usher.example"),
            to: .init(name: name, address: "ada@example.org"), subject: subject,
            date: Date(timeIntervalSince1970: 0), body: body,
            attachments: [
                .init(name: "ticket-1.svg", mediaType: "image/svg+xml", data: Data("<svg/>".utf8))
            ])
    }

    @Test("headers, text and attachment are where a mail program looks for them")
    func format() {
        let text = String(decoding: mail(body: "Grüße").formatted(), as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        #expect(!text.replacing("\r\n", with: "").contains("\n"))
        #expect(lines.contains("To: Ada <ada@example.org>"))
        #expect(lines.contains("Subject: Hello"))
        #expect(lines.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000"))
        #expect(lines.contains("Message-ID: <confirmed.bkg_1@usher>"))
        #expect(lines.contains(Data("Grüße".utf8).base64EncodedString()))
        #expect(lines.contains("Content-Disposition: attachment; filename=\"ticket-1.svg\""))
        #expect(lines.contains(Data("<svg/>".utf8).base64EncodedString()))
    }

    @Test("names and subjects from outside stay in their header")
    func injection() throws {
        let text = String(
            decoding: mail(name: "x\r\nBcc: spy@example.org", subject: "a\nb").formatted(),
            as: UTF8.self)
        let head = try #require(text.range(of: "\r\n\r\n"))
        let names = text[..<head.lowerBound].components(separatedBy: "\r\n")
            .filter { !$0.hasPrefix(" ") }
            .map { $0.prefix { $0 != ":" } }
        #expect(!names.contains("Bcc"))
        #expect(names.filter { $0 == "Subject" }.count == 1)
    }

    @Test("other letters travel as encoded words of at most 75 bytes, each whole")
    func encodedWords() throws {
        let subject = "Ihre Karten für „Die Zauberflöte“ am Samstag in der Riethsporthalle 🎟️"
        let header = MailMessage.encodedWord(subject)
        var decoded = ""
        for word in header.components(separatedBy: "\r\n ") {
            #expect(word.utf8.count <= 75)
            let payload = word.dropFirst("=?utf-8?B?".count).dropLast(2)
            let data = try #require(Data(base64Encoded: String(payload)))
            decoded += try #require(String(data: data, encoding: .utf8))
        }
        #expect(decoded == subject)
    }

    @Test(
        "money has the digits of its currency",
        arguments: [
            (Int64(3_200), "EUR", "32.00 EUR"), (5, "EUR", "0.05 EUR"), (0, "EUR", "0.00 EUR"),
            (3_200, "JPY", "3200 JPY"), (3_200, "KWD", "3.200 KWD"), (-150, "EUR", "-1.50 EUR"),
        ])
    func money(_ minor: Int64, _ currency: String, _ text: String) {
        #expect(MailTexts.money(minor, currency) == text)
    }

    @Test("times are told as they are where the event is")
    func time() {
        let moment = Timestamp(Date(timeIntervalSince1970: 1_796_495_400))
        #expect(
            MailTexts.time(moment, in: "Europe/Berlin")
                == "Saturday, 5 December 2026, 19:30 (Europe/Berlin)")
    }

    @Test("who gave back is told what goes back, and what is kept")
    func cancelled() {
        let fact = BookingV1.BookingCancelled.with {
            $0.booking = .with {
                $0.bookingID = "bkg_1"
                $0.currency = "EUR"
                $0.state = .confirmed
                $0.eventTitle = "Aida"
            }
            $0.places = [.with { ($0.label, $0.category) = ("Seat 2", "Parkett") }]
            $0.reason = "cancelled_by_buyer"
            $0.refundMinor = 1_800
            $0.feeMinor = 200
        }
        let text = MailTexts.cancelled(fact)
        #expect(text.subject == "Cancelled: Aida")
        for part in ["Seat 2, Parkett", "18.00 EUR", "2.00 EUR are kept", "stay yours"] {
            #expect(text.body.contains(part), "\(part)")
        }
        var whole = fact
        whole.booking?.state = .cancelled
        (whole.reason, whole.refundMinor, whole.feeMinor) = ("event_cancelled", 0, 0)
        let all = MailTexts.cancelled(whole).body
        #expect(all.contains("The event has been cancelled") && all.contains("nothing to return"))
        #expect(!all.contains("stay yours"))
    }

    @Test("people of a waiting list are told what is held for them, until when, and of its end")
    func waiting() {
        let offer = EventV1.WaitingOffered.with {
            $0.eventTitle = "Aida"
            $0.timeZone = "Europe/Berlin"
            $0.currency = "EUR"
            $0.totalMinor = 2_000
            $0.places = [
                .with { ($0.label, $0.category, $0.priceMinor) = ("Seat 2", "Parkett", 2_000) }
            ]
            $0.expiresAt = Timestamp(Date(timeIntervalSince1970: 1_796_495_400))
        }
        let text = MailTexts.offered(offer)
        #expect(text.subject == "Places for you: Aida")
        for part in ["Seat 2, Parkett: 20.00 EUR", "until Saturday, 5 December 2026, 19:30"] {
            #expect(text.body.contains(part), "\(part)")
        }
        for (reason, part) in [
            ("offer_expired", "The time of our offer is over"),
            ("event_cancelled", "has been cancelled"), ("sale_closed", "The sale has closed"),
        ] {
            let end = MailTexts.waitingEnded(
                .with {
                    $0.eventTitle = "Aida"
                    $0.reason = reason
                })
            #expect(end.subject == "Waiting list: Aida" && end.body.contains(part))
        }
    }

    @Test("mails about refunds name the event, the seats, the amount and why")
    func refunds() {
        let payment = PaymentV1.Payment.with {
            $0.bookingID = "bkg_1"
            $0.currency = "EUR"
        }
        var fact = PaymentV1.PaymentRefunded.with {
            $0.reason = "event_cancelled"
            $0.amountMinor = 4_000
            $0.eventTitle = "Aida"
            $0.places = ["Row 1, Seat 2", "Row 1, Seat 3"]
        }
        let text = MailTexts.refunded(fact, payment)
        #expect(text.subject == "Your refund: Aida")
        for part in [
            "40.00 EUR", "bkg_1", "The event was cancelled.", "\nAida\n  Row 1, Seat 2\n  Row 1, S",
        ] {
            #expect(text.body.contains(part), "\(part): \(text.body)")
        }
        // Facts of before there were names.
        (fact.eventTitle, fact.places, fact.reason) = ("", [], "paid_twice")
        let plain = MailTexts.refunded(fact, payment)
        #expect(plain.subject == "Your refund")
        #expect(!plain.body.contains("cancelled"))
        let owed = MailTexts.refundOwed(
            .with {
                $0.refund = .with {
                    $0.amountMinor = 1_800
                    $0.currency = "EUR"
                    $0.reason = "cancelled_by_buyer"
                }
                $0.eventTitle = "Aida"
                $0.places = ["Row 1, Seat 2"]
            })
        #expect(owed.subject == "Your refund is delayed: Aida")
        for part in ["18.00 EUR", "You have cancelled it.", "Row 1, Seat 2"] {
            #expect(owed.body.contains(part), "\(part): \(owed.body)")
        }
        let due = MailTexts.refundDue(
            .with {
                $0.reason = "paid_twice"
                $0.amountMinor = 2_000
                $0.currency = "EUR"
                $0.eventTitle = "Aida"
                $0.places = ["Row 1, Seat 2"]
            })
        #expect(due.subject == "Your payment is being refunded: Aida")
        #expect(due.body.contains("Row 1, Seat 2") && due.body.contains("20.00 EUR"))
    }
}
