/// google.protobuf.Duration. Not named `Duration`, which is Swift's own.
package struct ProtoDuration: Message {
    package static let protoName = "google.protobuf.Duration"
    /// Whole seconds, at most ±315,576,000,000 (10,000 years).
    package var seconds: Int64 = 0
    /// Nanoseconds with the sign of `seconds`, at most ±999,999,999.
    package var nanos: Int32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    /// A length of time from its parts.
    package init(seconds: Int64, nanos: Int32 = 0) {
        self.seconds = seconds
        self.nanos = nanos
    }

    /// A length of time; less than a nanosecond is dropped.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.seconds = seconds
        nanos = Int32(attoseconds / 1_000_000_000)
    }

    /// As Swift's type.
    package var duration: Duration { .seconds(seconds) + .nanoseconds(Int64(nanos)) }

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "seconds", &seconds)
        v.field(2, "nanos", &nanos)
    }
}
