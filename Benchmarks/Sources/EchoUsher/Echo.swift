import Wire

struct EchoMessage: Message {
    static let protoName = "bench.EchoMessage"
    var payload: [UInt8] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "payload", &payload)
    }
}

/// The service that Tests/GoPeer serves too.
enum Echo {
    static let service = "bench.Echo"
    static let unary = Method<EchoMessage, EchoMessage>(service, "Unary")
    static let suspending = Method<EchoMessage, EchoMessage>(service, "Suspending")
    static let woken = Method<EchoMessage, EchoMessage>(service, "Woken")
    static let all = [unary, suspending, woken]
}
