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

/// A method of a service, without its types.
package protocol AnyMethod: Sendable {
    /// Full name of the service, e.g. `usher.event.v1.EventService`.
    var service: String { get }
    /// Bare name, e.g. `HoldSeats`.
    var name: String { get }
    var kind: MethodKind { get }
    /// Calling it again does no harm: only such calls are sent again after a failure.
    var isIdempotent: Bool { get }
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

    /// A method as the .proto declares it.
    package init(
        _ service: String, _ name: String, kind: MethodKind = .unary, isIdempotent: Bool = false
    ) {
        self.service = service
        self.name = name
        self.kind = kind
        self.isIdempotent = isIdempotent
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
