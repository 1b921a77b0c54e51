package import Wire

extension RPCV1 {
    /// Answered by every server, without credentials.
    package enum Health: ServiceContract {
        package static let name = "usher.rpc.v1.Health"
        /// Tells whether this server takes calls.
        package static let check = Method<CheckRequest, CheckResponse>(
            name, "Check", isIdempotent: true, access: .byHandler)
        package static let methods: [any AnyMethod] = [check]
    }

    /// Whether a server, or one of its services, takes calls.
    package struct ServingState: ProtoEnum {
        package static let protoName = "usher.rpc.v1.ServingState"
        package var rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Not said.
        package static let unspecified = ServingState(rawValue: 0)
        /// Takes calls.
        package static let serving = ServingState(rawValue: 1)
        /// Draining, or something that the service owns (its database) does not answer.
        package static let notServing = ServingState(rawValue: 2)
        /// The server has no service of that name.
        package static let unknown = ServingState(rawValue: 3)

        package static let cases: [(name: String, value: Int32)] = [
            ("SERVING_STATE_UNSPECIFIED", 0),
            ("SERVING_STATE_SERVING", 1),
            ("SERVING_STATE_NOT_SERVING", 2),
            ("SERVING_STATE_UNKNOWN", 3),
        ]
    }

    /// Asks after a service.
    package struct CheckRequest: Message {
        package static let protoName = "usher.rpc.v1.CheckRequest"
        /// Full name of a service (`usher.auth.v1.AuthService`); empty = the server as a whole.
        package var service = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "service", &service)
        }
    }

    /// Answer of `Health.check`.
    package struct CheckResponse: Message {
        package static let protoName = "usher.rpc.v1.CheckResponse"
        /// Whether it takes calls.
        package var state = ServingState.unspecified
        /// Version of the running program, e.g. `0.1.0`.
        package var version = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "state", &state)
            v.field(2, "version", &version)
        }
    }
}
