import RPC
import Wire

/// google.protobuf.StringValue.
struct StringValue: Message {
    static let protoName = "google.protobuf.StringValue"
    var value = ""
    var unknownFields = UnknownFields()

    init() {}

    init(_ value: String) {
        self.value = value
    }

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "value", &value)
    }
}

/// The service of the golden exchanges, unary methods, and some more.
enum EchoService {
    static let name = "bench.Echo"
    static let unary = method("Unary", isIdempotent: true)
    /// Suspends before it answers.
    static let yielding = method("Yielding")
    /// Waits until it is cancelled.
    static let sleep = method("Sleep")
    /// As many bytes as the request says.
    static let large = method("Large")
    /// Throws what the request says.
    static let fail = method("Fail")
    /// The values of the metadata keys that the request names.
    static let metadata = method("Metadata")
    /// Who calls, as a certificate proves it.
    static let identity = method("Identity")
    /// The trace id that the handler finds.
    static let trace = method("Trace")

    /// Its request three times.
    static let down = method("Down", .serverStream)
    /// The number of messages.
    static let up = method("Up", .clientStream)
    /// Each message as it comes.
    static let bidi = method("Bidi", .bidirectional)
    /// Messages of as many bytes as the request says, until nobody wants them.
    static let flood = method("Flood", .serverStream)
    /// Reads nothing until it is cancelled.
    static let deaf = method("Deaf", .clientStream)
    /// Two messages, then an error.
    static let breakOff = method("BreakOff", .bidirectional)

    private static func method(
        _ name: String, _ kind: MethodKind = .unary, isIdempotent: Bool = false
    ) -> Method<StringValue, StringValue> {
        Method(Self.name, name, kind: kind, isIdempotent: isIdempotent)
    }
}
