package import NIOCore
package import RPC
package import Wire

/// Refuses calls of methods that are for services, unless such a service calls: what the contracts
/// declare (`MethodAccess`), looked at before any handler runs. A method that is in none of them, or
/// that says nothing of its callers, is for nobody. Other methods' handlers ask for themselves.
package struct DeclaredAccess: ServerInterceptor {
    private struct Key: Hashable {
        let service: String
        let method: String
    }

    private let access: [Key: MethodAccess]
    private let credential: ServiceCredential

    /// - Parameters:
    ///   - services: the contracts.
    ///   - credential: the installation's.
    package init(_ services: [any ServiceContract.Type], credential: ServiceCredential) {
        let methods = services.flatMap { $0.methods }
        access = Dictionary(
            methods.map { (Key(service: $0.service, method: $0.name), $0.access) },
            uniquingKeysWith: { first, _ in first })
        self.credential = credential
    }

    /// - Throws: UNAUTHENTICATED without a valid credential, PERMISSION_DENIED for another; what the
    ///   handler throws.
    package func intercept(
        _ request: ByteBuffer, context: CallContext, next: CallHandler
    ) async throws -> [UInt8] {
        switch access[Key(service: context.service, method: context.method)] {
        case .byHandler: break
        case .services(let names): try credential.service(context, among: names)
        case nil: try credential.service(context, among: [])
        }
        return try await next(request, context)
    }
}
