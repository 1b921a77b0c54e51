import JSON

extension Timestamp {
    package static var hasJSONForm: Bool { true }

    /// RFC 3339 in UTC, with 0, 3, 6 or 9 digits of a second; nil outside of years 1 to 9999.
    package var rfc3339: String? {
        guard Self.secondsRange.contains(seconds), nanos >= 0, nanos < 1_000_000_000 else {
            return nil
        }
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let (year, month, day) = civil(fromDays: Int(days))
        let second = Int(seconds - days * 86_400)
        return digits(year, 4) + "-" + digits(month, 2) + "-" + digits(day, 2) + "T"
            + digits(second / 3600, 2) + ":" + digits(second / 60 % 60, 2) + ":"
            + digits(second % 60, 2) + fraction(nanos) + "Z"
    }

    /// Reads RFC 3339 with `Z` or an offset, and at most 9 digits of a second; nil for anything
    /// else, for days that are none and outside of years 1 to 9999.
    package init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2),
            scanner.skip("-"), let day = scanner.number(2), scanner.skip("T"),
            let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2),
            scanner.skip(":"), let second = scanner.number(2),
            let nanos = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        guard (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60 else {
            return nil
        }
        let days = daysFromCivil(year, month, day)
        guard civil(fromDays: days) == (year, month, day) else { return nil }
        let time = Int64(hour * 3600 + minute * 60 + second - offset)
        let seconds = Int64(days) * 86_400 + time
        guard Self.secondsRange.contains(seconds) else { return nil }
        self.init(seconds: seconds, nanos: nanos)
    }

    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
    private static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    package mutating func encodeJSON(to writer: inout JSONFieldWriter) {
        guard let text = rfc3339 else {
            return writer.fail("a timestamp outside of years 1 to 9999")
        }
        writer.json.string(text)
    }

    package mutating func decodeJSON(from reader: inout JSONFieldReader) {
        guard let text = reader.attempt({ json throws(JSONError) in try json.string() }) else {
            return
        }
        guard let read = Timestamp(rfc3339: text) else {
            return reader.fail("a time like 2026-01-31T20:00:00Z is wanted (RFC 3339)")
        }
        self = read
    }
}

extension ProtoDuration {
    package static var hasJSONForm: Bool { true }

    /// 10,000 years.
    private static let secondsMax: Int64 = 315_576_000_000

    package mutating func encodeJSON(to writer: inout JSONFieldWriter) {
        guard seconds.magnitude <= Self.secondsMax, nanos.magnitude < 1_000_000_000,
            (seconds <= 0 && nanos <= 0) || (seconds >= 0 && nanos >= 0)
        else { return writer.fail("a duration out of range, or with two signs") }
        let sign = seconds < 0 || nanos < 0 ? "-" : ""
        let parts = String(seconds.magnitude) + fraction(Int32(nanos.magnitude))
        writer.json.string(sign + parts + "s")
    }

    package mutating func decodeJSON(from reader: inout JSONFieldReader) {
        guard let text = reader.attempt({ json throws(JSONError) in try json.string() }) else {
            return
        }
        var scanner = DigitScanner(text)
        let isNegative = scanner.skip("-")
        guard let whole = scanner.number(), let nanos = scanner.fraction(), scanner.skip("s"),
            scanner.isAtEnd, whole <= Self.secondsMax
        else { return reader.fail("seconds like 1.5s are wanted, at most ±315576000000") }
        self.seconds = isNegative ? -Int64(whole) : Int64(whole)
        self.nanos = isNegative ? -nanos : nanos
    }
}

// MARK: The calendar

/// Days since 1970-01-01 of a day in the Gregorian calendar. Counts in years that begin in March,
/// so that a leap day is a year's last.
private func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

private func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
}

// MARK: Digits

private func digits(_ value: Int, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
}

/// Nothing, or a point and 3, 6 or 9 digits.
private func fraction(_ nanos: Int32) -> String {
    if nanos == 0 { return "" }
    if nanos % 1_000_000 == 0 { return "." + digits(Int(nanos) / 1_000_000, 3) }
    if nanos % 1000 == 0 { return "." + digits(Int(nanos) / 1000, 6) }
    return "." + digits(Int(nanos), 9)
}

private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// That many digits, or as many as there are (1 to 18).
    mutating func number(_ count: Int? = nil) -> Int? {
        let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            .prefix(count ?? 19)
        guard !digits.isEmpty, digits.count == count ?? min(digits.count, 18) else { return nil }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Nanoseconds after a point, if there is one; nil for more than 9 digits and for none.
    mutating func fraction() -> Int32? {
        guard skip(".") else { return 0 }
        let before = rest.count
        guard var value = number() else { return nil }
        let count = before - rest.count
        guard count <= 9 else { return nil }
        for _ in count..<9 { value *= 10 }
        return Int32(value)
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int? {
        if skip("Z") { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard skip("+") || skip("-"), let hours = number(2), hours < 24, skip(":"),
            let minutes = number(2), minutes < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
