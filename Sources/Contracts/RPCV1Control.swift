package import Wire

extension RPCV1 {
    /// Answered by every server, without credentials, as the first call of a connection.
    package enum Control: ServiceContract {
        package static let name = "usher.rpc.v1.Control"
        /// Agrees on the frames that ttrpc lacks, for the connection that it comes on.
        package static let hello = Method<HelloRequest, HelloResponse>(
            name, "Hello", access: .byHandler)
        package static let methods: [any AnyMethod] = [hello]
    }

    /// What a client can do beyond ttrpc.
    package struct HelloRequest: Message {
        package static let protoName = "usher.rpc.v1.HelloRequest"
        /// Version of the extra frames that the client knows, from 1.
        package var version: UInt32 = 0
        /// Bytes that the client takes on each stream before it grants more, at least 65,536;
        /// 0 = any number. A message counts 128 bytes more than it has.
        package var streamWindow: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "version", &version)
            v.field(2, "stream_window", &streamWindow)
        }
    }

    /// Answer of `Control.hello`.
    package struct HelloResponse: Message {
        package static let protoName = "usher.rpc.v1.HelloResponse"
        /// Version of the extra frames that both use, 1; 0 = none.
        package var version: UInt32 = 0
        /// Bytes that the server takes on each stream before it grants more; as in the request.
        package var streamWindow: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "version", &version)
            v.field(2, "stream_window", &streamWindow)
        }
    }
}
