import Synchronization
import Wire

/// `usher.rpc.v1.Reflection`, which every server answers, without credentials.
enum ReflectionService {
    static let name = "usher.rpc.v1.Reflection"
    static let listServices = Method<ListServicesRequest, ListServicesResponse>(
        name, "ListServices", isIdempotent: true)
    static let getDescriptorSet = Method<GetDescriptorSetRequest, GetDescriptorSetResponse>(
        name, "GetDescriptorSet", isIdempotent: true)
    static let methods: [any AnyMethod] = [listServices, getDescriptorSet]

    /// Bytes of one part of the descriptor set, at most.
    static let partSizeMax = 1 << 20
}

extension CallRouter {
    /// Tells about the methods that this router has now, and about reflection itself.
    ///
    /// - Parameter partSizeMax: bytes of one part of the descriptor set.
    mutating func addReflection(_ contracts: ContractSet, partSizeMax: Int) {
        let reflector = Reflector(
            methods: routes.map(\.declaration) + ReflectionService.methods, contracts: contracts)
        handle(ReflectionService.listServices, isIntercepted: false) { _, _ in
            reflector.services
        }
        handle(ReflectionService.getDescriptorSet, isIntercepted: false) { request, _ in
            let (bytes, revision) = try await reflector.descriptorSet()
            var response = GetDescriptorSetResponse()
            response.part = Array(bytes.dropFirst(Int(request.offset)).prefix(partSizeMax))
            response.totalSize = UInt32(bytes.count)
            response.revision = revision
            return response
        }
    }
}

/// What a server says of itself.
private final class Reflector: Sendable {
    private typealias Serialized = (bytes: [UInt8], revision: UInt64)

    let services: ListServicesResponse
    private let methods: [any AnyMethod]
    private let contracts: ContractSet
    private let made = Mutex<Serialized?>(nil)

    init(methods: [any AnyMethod], contracts: ContractSet) {
        self.methods = methods
        self.contracts = contracts
        var services = ListServicesResponse()
        for (name, methods) in Self.byService(methods) {
            var service = ServiceInfo()
            service.name = name
            service.methods = methods.map(MethodInfo.init)
            services.services.append(service)
        }
        self.services = services
    }

    /// Made when somebody asks for it, which few do.
    func descriptorSet() async throws -> (bytes: [UInt8], revision: UInt64) {
        if let made = made.withLock({ $0 }) { return made }
        // Takes milliseconds, and so not the event loop.
        let new = try await runOffLoop { make() }
        made.withLock { $0 = new }
        return new
    }

    private func make() -> Serialized {
        var builder = DescriptorSetBuilder()
        builder.add(contracts)
        for (name, methods) in Self.byService(methods) { builder.add(name, methods) }
        let bytes = builder.set.serialized()
        // FNV-1a, 64 bits.
        let revision = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        return (bytes, revision)
    }

    /// In the order in which the services come first.
    private static func byService(
        _ methods: [any AnyMethod]
    ) -> [(name: String, methods: [any AnyMethod])] {
        var services: [(name: String, methods: [any AnyMethod])] = []
        for method in methods {
            if let index = services.firstIndex(where: { $0.name == method.service }) {
                services[index].methods.append(method)
            } else {
                services.append((method.service, [method]))
            }
        }
        return services
    }
}

extension MethodInfo {
    fileprivate init(_ method: any AnyMethod) {
        name = method.name
        requestType = method.requestType.protoName
        responseType = method.responseType.protoName
        clientStreaming = method.kind.clientStreams
        serverStreaming = method.kind.serverStreams
        idempotent = method.isIdempotent
    }
}
