import Wire

// The messages of proto/usher/rpc/v1/control.proto, once more for both sides' own use: this layer
// stands below the contracts.

/// `usher.rpc.v1.Control`, which every server answers, without credentials.
enum ControlService {
    static let hello = Method<HelloRequest, HelloResponse>("usher.rpc.v1.Control", "Hello")
    /// The version of the extra frames that is spoken here.
    static let version: UInt32 = 1
}

struct HelloRequest: Message {
    static let protoName = "usher.rpc.v1.HelloRequest"
    var version: UInt32 = 0
    var streamWindow: UInt32 = 0
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "version", &version)
        v.field(2, "stream_window", &streamWindow)
    }
}

struct HelloResponse: Message {
    static let protoName = "usher.rpc.v1.HelloResponse"
    var version: UInt32 = 0
    var streamWindow: UInt32 = 0
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "version", &version)
        v.field(2, "stream_window", &streamWindow)
    }
}
