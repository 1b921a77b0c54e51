package import Foundation

/// An identifier that says what it names: a prefix and a UUIDv7 in Crockford's base32, e.g.
/// `evt_01h455vb4pex5vsknk084sn02q`.
///
/// The text form is TypeID 0.3 (github.com/jetify-com/typeid, spec); databases keep the UUID.
package protocol TypeID: Hashable, Sendable, CustomStringConvertible {
    /// Lower-case letters before the underscore, at most 63.
    static var prefix: String { get }
    /// The identifier itself, RFC 9562 version 7 when made here.
    var uuid: UUID { get }
    /// Wraps a UUID that is known to name such a thing.
    init(uuid: UUID)
}

extension TypeID {
    /// A new identifier: 48 bits of milliseconds since 1970, the rest chance (RFC 9562, 5.7).
    ///
    /// - Parameter date: the time that goes into it.
    package init(at date: Date = Date()) {
        var generator = SystemRandomNumberGenerator()
        self.init(uuid: UUIDv7.make(at: date, using: &generator))
    }

    /// Reads the text form; nil where it is not one of this kind.
    package init?(_ text: String) {
        let utf8 = text.utf8
        guard utf8.count == Self.prefix.utf8.count + 27, text.hasPrefix(Self.prefix) else {
            return nil
        }
        let rest = utf8.dropFirst(Self.prefix.utf8.count)
        guard rest.first == UInt8(ascii: "_"), let uuid = Base32.uuid(rest.dropFirst()) else {
            return nil
        }
        self.init(uuid: uuid)
    }

    /// The text form.
    package var description: String {
        Self.prefix + "_" + Base32.text(uuid)
    }

    /// When it was made, to the millisecond.
    package var madeAt: Date {
        let bytes = uuid.uuid
        let head = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5]
        let milliseconds = head.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

private enum UUIDv7 {
    static func make(at date: Date, using generator: inout some RandomNumberGenerator) -> UUID {
        let milliseconds = UInt64(max(0, date.timeIntervalSince1970 * 1000))
        let high = milliseconds << 16 | 0x7000 | UInt64.random(in: 0...0xfff, using: &generator)
        let low = 1 << 63 | UInt64.random(in: 0..<(1 << 62), using: &generator)
        return UUID(high: high, low: low)
    }
}

extension UUID {
    fileprivate init(high: UInt64, low: UInt64) {
        func byte(_ word: UInt64, _ index: Int) -> UInt8 {
            UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * index))
        }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
                byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }

    fileprivate var words: (high: UInt64, low: UInt64) {
        let bytes = uuid
        let high = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5, bytes.6, bytes.7]
        let low = [bytes.8, bytes.9, bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15]
        return (
            high.reduce(0) { $0 << 8 | UInt64($1) }, low.reduce(0) { $0 << 8 | UInt64($1) }
        )
    }
}

/// Crockford's alphabet, lower case, 26 digits for 128 bits.
private enum Base32 {
    static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    static let values: [UInt8: UInt64] = Dictionary(
        uniqueKeysWithValues: digits.enumerated().map { ($1, UInt64($0)) })

    static func text(_ uuid: UUID) -> String {
        var (high, low) = uuid.words
        var reversed: [UInt8] = []
        for _ in 0..<26 {
            reversed.append(digits[Int(low & 31)])
            low = low >> 5 | high << 59
            high >>= 5
        }
        return String(decoding: reversed.reversed(), as: UTF8.self)
    }

    static func uuid(_ text: some Collection<UInt8>) -> UUID? {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, digit) in text.enumerated() {
            guard let value = values[digit], index > 0 || value < 8 else {
                return nil
            }
            high = high << 5 | low >> 59
            low = low << 5 | value
        }
        return UUID(high: high, low: low)
    }
}

/// `usr_…`: somebody with an account.
package struct UserID: TypeID {
    package static let prefix = "usr"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}

/// `ses_…`: one log-in of a user.
package struct SessionID: TypeID {
    package static let prefix = "ses"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}

/// `evt_…`: an event.
package struct EventID: TypeID {
    package static let prefix = "evt"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}

/// `pln_…`: a seating plan.
package struct PlanID: TypeID {
    package static let prefix = "pln"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}

/// `upl_…`: a seating plan on its way in.
package struct UploadID: TypeID {
    package static let prefix = "upl"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}

/// `hld_…`: a hold.
package struct HoldID: TypeID {
    package static let prefix = "hld"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}

/// `wtl_…`: somebody's place on a waiting list.
package struct WaitingEntryID: TypeID {
    package static let prefix = "wtl"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}

/// `bkg_…`: a booking.
package struct BookingID: TypeID {
    package static let prefix = "bkg"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}

/// `pay_…`: one attempt to pay.
package struct PaymentID: TypeID {
    package static let prefix = "pay"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}

/// `tkt_…`: a ticket.
package struct TicketID: TypeID {
    package static let prefix = "tkt"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}

/// `rfd_…`: money that goes back, once.
package struct RefundID: TypeID {
    package static let prefix = "rfd"
    package let uuid: UUID
    package init(uuid: UUID) { self.uuid = uuid }
}
