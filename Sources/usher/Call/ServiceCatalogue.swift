import Contracts
import Descriptors
import Wire

/// A method that can be called, as its server or a descriptor set tells it.
struct CallableMethod: Equatable, Sendable {
    /// Full name of the service.
    var service: String
    /// Bare name.
    var name: String
    /// Full names of its messages.
    var requestType: String
    var responseType: String
    var kind = MethodKind.unary
    var isIdempotent = false

    /// With its messages, on a line.
    var line: String {
        "\(service)/\(name)  \(requestType) → \(responseType)"
            + (kind == .unary ? "" : "  (\(kind.rawValue))")
    }
}

/// Services with their methods, as `usher call` finds them by name.
struct ServiceCatalogue: Sendable {
    /// A service.
    struct Service: Equatable, Sendable {
        /// Full name.
        var name: String
        var methods: [CallableMethod]
    }

    private(set) var services: [Service] = []

    init(_ services: [Service]) {
        self.services = services
    }

    /// What a server answers.
    init(_ response: RPCV1.ListServicesResponse) {
        services = response.services.map { service in
            Service(
                name: service.name,
                methods: service.methods.map { method in
                    CallableMethod(
                        service: service.name, name: method.name,
                        requestType: method.requestType, responseType: method.responseType,
                        kind: MethodKind(
                            clientStreams: method.clientStreaming,
                            serverStreams: method.serverStreaming),
                        isIdempotent: method.idempotent)
                })
        }
    }

    /// What a descriptor set declares.
    init(_ set: DescriptorSet) {
        services = set.services.map { service in
            Service(
                name: service.name,
                methods: service.methods.map { method in
                    CallableMethod(
                        service: service.name, name: method.name, requestType: method.input,
                        responseType: method.output,
                        kind: MethodKind(
                            clientStreams: method.isClientStreaming,
                            serverStreams: method.isServerStreaming))
                })
        }
    }

    /// The services of both, each once.
    func merged(with other: ServiceCatalogue) -> ServiceCatalogue {
        ServiceCatalogue(
            services + other.services.filter { new in !services.contains { $0.name == new.name } })
    }

    /// Finds a service by its full or bare name, or by its package's ("auth").
    ///
    /// - Throws: `StartError` that says what there is instead.
    func service(named name: String) throws -> Service {
        let found = services.first { service in
            let parts = service.name.split(separator: ".")
            return service.name == name || parts.last.map(String.init) == name
                || (parts.count > 2 && String(parts[1]) == name && parts[1] != "rpc")
        }
        guard let found else {
            let known = services.map(\.name).joined(separator: ", ")
            throw StartError("There is no service \(name).", advice: "There are: \(known).")
        }
        return found
    }

    /// Finds a method by "usher.auth.v1.AuthService/GetMe", "AuthService/GetMe" or "auth/GetMe".
    ///
    /// - Throws: `StartError` that says what there is instead.
    func method(named name: MethodName) throws -> CallableMethod {
        let service = try service(named: name.service)
        guard let method = service.methods.first(where: { $0.name == name.method }) else {
            let known = service.methods.map(\.name).joined(separator: ", ")
            throw StartError(
                "\(service.name) has no method \(name.method).", advice: "It has: \(known).")
        }
        return method
    }
}

/// SERVICE/METHOD.
struct MethodName: Equatable, Sendable {
    let service: String
    let method: String

    /// - Throws: `StartError` where it is not of that form.
    init(_ text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw StartError(
                "\(text) is not SERVICE/METHOD.", advice: "`usher call` lists what there is.")
        }
        service = parts[0]
        method = parts[1]
    }
}

extension MethodKind {
    init(clientStreams: Bool, serverStreams: Bool) {
        self =
            switch (clientStreams, serverStreams) {
            case (false, false): .unary
            case (false, true): .serverStream
            case (true, false): .clientStream
            case (true, true): .bidirectional
            }
    }
}
