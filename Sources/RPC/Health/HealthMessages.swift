import Wire

// The messages of proto/usher/rpc/v1/health.proto, once more for the server's own use: this layer
// stands below the contracts.

struct HealthCheckRequest: Message {
    static let protoName = "usher.rpc.v1.CheckRequest"
    var service = ""
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "service", &service)
    }
}

struct HealthCheckResponse: Message {
    static let protoName = "usher.rpc.v1.CheckResponse"
    var state = ServingState.unspecified
    var version = ""
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "state", &state)
        v.field(2, "version", &version)
    }
}

struct ServingState: ProtoEnum {
    static let protoName = "usher.rpc.v1.ServingState"
    let rawValue: Int32

    static let unspecified = ServingState(rawValue: 0)
    static let serving = ServingState(rawValue: 1)
    static let notServing = ServingState(rawValue: 2)
    static let unknown = ServingState(rawValue: 3)

    static let cases: [(name: String, value: Int32)] = [
        ("SERVING_STATE_UNSPECIFIED", 0), ("SERVING_STATE_SERVING", 1),
        ("SERVING_STATE_NOT_SERVING", 2), ("SERVING_STATE_UNKNOWN", 3),
    ]
}
