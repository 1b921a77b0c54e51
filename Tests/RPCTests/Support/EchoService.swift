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
    /// The trace id that the handler finds.
    static let trace = method("Trace")

    private static func method(
        _ name: String, isIdempotent: Bool = false
    ) -> Method<StringValue, StringValue> {
        Method(Self.name, name, isIdempotent: isIdempotent)
    }
}
