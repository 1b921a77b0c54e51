package import Foundation

/// google.protobuf.Timestamp: an instant in UTC without leap seconds.
package struct Timestamp: Message {
    package static let protoName = "google.protobuf.Timestamp"
    /// Seconds since 1970-01-01T00:00:00Z; from year 1 to year 9999.
    package var seconds: Int64 = 0
    /// Nanoseconds forward from `seconds`, 0 to 999,999,999.
    package var nanos: Int32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    /// An instant from its parts.
    package init(seconds: Int64, nanos: Int32 = 0) {
        self.seconds = seconds
        self.nanos = nanos
    }

    /// An instant from a date, to the microsecond: `Date` keeps no more of today's instants. Dates
    /// outside of years 1 to 9999 become the nearest within.
    package init(_ date: Date) {
        let interval = date.timeIntervalSince1970
        let bounded = interval.isNaN ? 0 : min(max(interval, -62_135_596_800), 253_402_300_799)
        let whole = bounded.rounded(.down)
        let micros = Int64(((bounded - whole) * 1_000_000).rounded())
        seconds = Int64(whole) + micros / 1_000_000
        nanos = Int32(micros % 1_000_000) * 1000
    }

    /// As a date, to the microsecond.
    package var date: Date {
        Date(timeIntervalSince1970: Double(seconds) + Double(nanos) / 1_000_000_000)
    }

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "seconds", &seconds)
        v.field(2, "nanos", &nanos)
    }
}
