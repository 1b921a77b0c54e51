import Wire

// The messages of proto/usher/rpc/v1/reflection.proto, once more for the server's own use: this
// layer stands below the contracts.

struct ListServicesRequest: Message {
    static let protoName = "usher.rpc.v1.ListServicesRequest"
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {}
}

struct ListServicesResponse: Message {
    static let protoName = "usher.rpc.v1.ListServicesResponse"
    var services: [ServiceInfo] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "services", &services)
    }
}

struct ServiceInfo: Message {
    static let protoName = "usher.rpc.v1.ServiceInfo"
    var name = ""
    var methods: [MethodInfo] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "methods", &methods)
    }
}

struct MethodInfo: Message {
    static let protoName = "usher.rpc.v1.MethodInfo"
    var name = ""
    var requestType = ""
    var responseType = ""
    var clientStreaming = false
    var serverStreaming = false
    var idempotent = false
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "request_type", &requestType)
        v.field(3, "response_type", &responseType)
        v.field(4, "client_streaming", &clientStreaming)
        v.field(5, "server_streaming", &serverStreaming)
        v.field(6, "idempotent", &idempotent)
    }
}

struct GetDescriptorSetRequest: Message {
    static let protoName = "usher.rpc.v1.GetDescriptorSetRequest"
    var offset: UInt32 = 0
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "offset", &offset)
    }
}

struct GetDescriptorSetResponse: Message {
    static let protoName = "usher.rpc.v1.GetDescriptorSetResponse"
    var part: [UInt8] = []
    var totalSize: UInt32 = 0
    var revision: UInt64 = 0
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "part", &part)
        v.field(2, "total_size", &totalSize)
        v.field(3, "revision", &revision, as: Fixed64.self)
    }
}
