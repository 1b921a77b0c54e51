import Contracts
import RPC
import ServiceKit
import Wire

/// Calls services in the operator's name, or in that of somebody who has logged in.
struct Operations: Sendable {
    let auth: ServiceCaller
    let event: ServiceCaller
    let booking: ServiceCaller

    /// Longest wait for one answer. Big plans take their time in debug builds, on a busy machine.
    private static let timeout = Duration.seconds(180)

    /// Runs an operation with connections to the services.
    ///
    /// - Parameters:
    ///   - runFolder: where their sockets are.
    ///   - secrets: those of the installation.
    static func with<T: Sendable>(
        runFolder: String, secrets: Secrets, _ operation: (Operations) async throws -> T
    ) async throws -> T {
        let credential = ServiceCredential(key: try secrets.key(.serviceCredential))
        func caller(_ service: String) -> ServiceCaller {
            ServiceCaller(
                client: RPCClient(address: .unix("\(runFolder)/\(service).sock")),
                credential: credential, name: operatorName)
        }
        let operations = Operations(
            auth: caller("auth"), event: caller("event"), booking: caller("booking"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await operations.auth.client.run() }
            group.addTask { try await operations.event.client.run() }
            group.addTask { try await operations.booking.client.run() }
            defer { group.cancelAll() }
            return try await operation(operations)
        }
    }

    /// Makes the first admin where there is none.
    ///
    /// - Returns: the log-in; nil where there is an admin already.
    func ensureFirstAdmin(email: String) async throws -> FirstAdmin? {
        let response = try await auth.call(
            AuthV1.AuthService.ensureFirstAdmin, .with { $0.email = email },
            timeout: Self.timeout)
        return response.created ? FirstAdmin(email: email, password: response.password) : nil
    }

    /// Makes an account where there is none with that address.
    func ensureAccount(_ person: DemoPeople.Person, roles: [AuthV1.Role]) async throws {
        do {
            _ = try await auth.call(
                AuthV1.AuthService.createAccount,
                .with {
                    $0.email = person.email
                    $0.password = person.password
                    $0.displayName = person.name
                    $0.roles = roles
                }, timeout: Self.timeout)
        } catch {
            // There may be one from an earlier start.
            guard error.code == .alreadyExists else {
                throw error
            }
        }
    }

    /// Logs in, like anybody.
    func logIn(_ person: DemoPeople.Person) async throws -> AuthV1.LogInResponse {
        try await auth.call(
            AuthV1.AuthService.logIn,
            .with {
                $0.email = person.email
                $0.password = person.password
            }, timeout: Self.timeout)
    }

    /// Calls the event service as somebody who has logged in.
    func callEvent<Request, Response>(
        _ method: Method<Request, Response>, as session: AuthV1.Session, _ request: Request
    ) async throws -> Response {
        try await event.client.call(
            method, request, metadata: Self.metadata(session), timeout: Self.timeout)
    }

    /// Calls the booking service as somebody who has logged in.
    func callBooking<Request, Response>(
        _ method: Method<Request, Response>, as session: AuthV1.Session, _ request: Request
    ) async throws -> Response {
        try await booking.client.call(
            method, request, metadata: Self.metadata(session), timeout: Self.timeout)
    }

    private static func metadata(_ session: AuthV1.Session) -> Metadata {
        var metadata = Metadata()
        metadata.append("Bearer \(session.accessToken)", for: "authorization")
        return metadata
    }
}
