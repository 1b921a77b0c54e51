/// Who may send how many messages in a call.
package enum MethodKind: String, Sendable {
    case unary, serverStream, clientStream, bidirectional

    // By `switch`: `==` compares the texts.

    /// One message each way.
    package var isUnary: Bool {
        switch self {
        case .unary: true
        case .serverStream, .clientStream, .bidirectional: false
        }
    }
    /// Whether the client sends any number of messages.
    package var clientStreams: Bool {
        switch self {
        case .unary, .serverStream: false
        case .clientStream, .bidirectional: true
        }
    }
    /// Whether the server sends any number of messages.
    package var serverStreams: Bool {
        switch self {
        case .unary, .clientStream: false
        case .serverStream, .bidirectional: true
        }
    }
}

/// Who may call a method. Declared with the method, so that it is looked at in one place, before any
/// handler runs (P10).
package enum MethodAccess: Equatable, Sendable {
    /// Those services alone, by the names on their credentials; nobody else, whoever they are. The
    /// platform's operator is "operator". With an empty list: nobody.
    case services(Set<String>)
    /// Whoever the handler lets in: people by their tokens, owners, everybody. Such a method has a
    /// line in the tests' table of P10.
    case byHandler
}

/// A method of a service, without its types.
package protocol AnyMethod: Sendable {
    /// Full name of the service, e.g. `usher.event.v1.EventService`.
    var service: String { get }
    /// Bare name, e.g. `HoldSeats`.
    var name: String { get }
    var kind: MethodKind { get }
    /// Calling it again does no harm: only such calls are sent again after a failure.
    var isIdempotent: Bool { get }
    /// Who may call it.
    var access: MethodAccess { get }
    var requestType: any Message.Type { get }
    var responseType: any Message.Type { get }
}

/// A method of a service with the messages that it takes and gives.
@usableFromInline
package struct Method<Request: Message, Response: Message>: AnyMethod {
    package let service: String
    package let name: String
    package let kind: MethodKind
    package let isIdempotent: Bool
    package let access: MethodAccess

    /// A method as the .proto declares it.
    ///
    /// - Parameter access: who may call it on a server of the platform. Where nothing is said,
    ///   nobody may.
    package init(
        _ service: String, _ name: String, kind: MethodKind = .unary, isIdempotent: Bool = false,
        access: MethodAccess = .services([])
    ) {
        self.service = service
        self.name = name
        self.kind = kind
        self.isIdempotent = isIdempotent
        self.access = access
    }

    package var requestType: any Message.Type { Request.self }
    package var responseType: any Message.Type { Response.self }
}

/// A service: a namespace of its methods.
package protocol ServiceContract: Sendable {
    /// Full name, e.g. `usher.event.v1.EventService`.
    static var name: String { get }
    /// In the order of the .proto.
    static var methods: [any AnyMethod] { get }
}
