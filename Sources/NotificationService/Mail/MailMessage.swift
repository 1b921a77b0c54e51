import Foundation

/// A mail as a file (RFC 5322, MIME by RFC 2045 and 2047).
struct MailMessage: Sendable {
    /// Something that comes with the mail.
    struct Attachment: Sendable {
        var name: String
        var mediaType: String
        var data: Data
    }

    /// Without angle brackets.
    var id: String
    var from: Mailbox
    var to: Mailbox
    var subject: String
    var date: Date
    /// Plain text.
    var body: String
    var attachments: [Attachment] = []

    /// A person's name and address.
    struct Mailbox: Sendable {
        var name: String
        var address: String

        fileprivate var header: String {
            MailMessage.encodedWord(name) + " <\(MailMessage.oneLine(address))>"
        }
    }

    /// The mail, with CRLF line ends.
    func formatted() -> Data {
        let boundary = "=_usher_\(id.filter { $0.isASCII && ($0.isLetter || $0.isNumber) })"
        var lines = [
            "From: \(from.header)",
            "To: \(to.header)",
            "Subject: \(Self.encodedWord(subject))",
            "Date: \(Self.date(date))",
            "Message-ID: <\(Self.oneLine(id))>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed; boundary=\"\(boundary)\"",
            "",
            "--\(boundary)",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "",
            Self.base64(Data(body.utf8)),
        ]
        for attachment in attachments {
            lines += [
                "--\(boundary)",
                "Content-Type: \(attachment.mediaType)",
                "Content-Transfer-Encoding: base64",
                "Content-Disposition: attachment; filename=\"\(attachment.name)\"",
                "",
                Self.base64(attachment.data),
            ]
        }
        lines += ["--\(boundary)--", ""]
        return Data(lines.joined(separator: "\r\n").utf8)
    }

    /// Text in a header: as it is where it is plain ASCII, else encoded words of at most 75
    /// bytes (RFC 2047, section 2).
    static func encodedWord(_ text: String) -> String {
        let text = oneLine(text)
        let plain = text.utf8.allSatisfy { byte in
            byte >= 0x20 && byte < 0x7f && !"\"<>,;:@()[]\\=?".utf8.contains(byte)
        }
        if plain, text.utf8.count <= 60 {
            return text
        }
        var words: [String] = []
        var part = ""
        for character in text {
            if (part + String(character)).utf8.count > 42, !part.isEmpty {
                words.append(part)
                part = ""
            }
            part.append(character)
        }
        words.append(part)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\r\n ")
    }

    /// Keeps what came from outside from ending a header line.
    private static func oneLine(_ text: String) -> String {
        String(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.map(Character.init))
    }

    private static func base64(_ data: Data) -> String {
        data.base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
    }

    private static func date(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        return formatter.string(from: date)
    }
}
