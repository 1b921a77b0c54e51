package import Wire

extension RPCV1 {
    /// What a server answers, and what its messages look like. Answered by every server, without
    /// credentials.
    package enum Reflection: ServiceContract {
        package static let name = "usher.rpc.v1.Reflection"
        /// The services of this server with their methods.
        package static let listServices = Method<ListServicesRequest, ListServicesResponse>(
            name, "ListServices", isIdempotent: true, access: .byHandler)
        /// The contracts as a serialized google.protobuf.FileDescriptorSet, in parts.
        package static let getDescriptorSet = Method<
            GetDescriptorSetRequest, GetDescriptorSetResponse
        >(name, "GetDescriptorSet", isIdempotent: true, access: .byHandler)

        package static let methods: [any AnyMethod] = [listServices, getDescriptorSet]
    }

    /// Asks for the services.
    package struct ListServicesRequest: Message {
        package static let protoName = "usher.rpc.v1.ListServicesRequest"
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {}
    }

    /// Answer of `Reflection.listServices`.
    package struct ListServicesResponse: Message {
        package static let protoName = "usher.rpc.v1.ListServicesResponse"
        /// In the order in which the server knows them, its own (Health, Reflection) last.
        package var services: [ServiceInfo] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "services", &services)
        }
    }

    /// A service of a server.
    package struct ServiceInfo: Message {
        package static let protoName = "usher.rpc.v1.ServiceInfo"
        /// Full name: `usher.auth.v1.AuthService`.
        package var name = ""
        /// Those that the server answers.
        package var methods: [MethodInfo] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "name", &name)
            v.field(2, "methods", &methods)
        }
    }

    /// A method of a service.
    package struct MethodInfo: Message {
        package static let protoName = "usher.rpc.v1.MethodInfo"
        /// Bare name: `GetMe`.
        package var name = ""
        /// Full name of the message that it takes.
        package var requestType = ""
        /// Full name of the message that it gives.
        package var responseType = ""
        /// The client sends any number of messages.
        package var clientStreaming = false
        /// The server sends any number of messages.
        package var serverStreaming = false
        /// Calling it again does no harm.
        package var idempotent = false
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "name", &name)
            v.field(2, "request_type", &requestType)
            v.field(3, "response_type", &responseType)
            v.field(4, "client_streaming", &clientStreaming)
            v.field(5, "server_streaming", &serverStreaming)
            v.field(6, "idempotent", &idempotent)
        }
    }

    /// Asks for a part of the contracts.
    package struct GetDescriptorSetRequest: Message {
        package static let protoName = "usher.rpc.v1.GetDescriptorSetRequest"
        /// Bytes of the set to leave out: 0, then the size of the parts that are there already.
        package var offset: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "offset", &offset)
        }
    }

    /// A part of the contracts.
    package struct GetDescriptorSetResponse: Message {
        package static let protoName = "usher.rpc.v1.GetDescriptorSetResponse"
        /// The bytes from the offset on, at most 1 MiB; empty at the end of the set.
        package var part: [UInt8] = []
        /// Bytes of the whole set. It is all there when the parts have that size.
        package var totalSize: UInt32 = 0
        /// The same for the same set: parts of different revisions (the server was replaced in
        /// between) do not fit together.
        package var revision: UInt64 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "part", &part)
            v.field(2, "total_size", &totalSize)
            v.field(3, "revision", &revision, as: Fixed64.self)
        }
    }
}
