import Wire

/// `usher.rpc.v1.Health`, which every server answers, without credentials.
enum HealthService {
    static let check = Method<HealthCheckRequest, HealthCheckResponse>(
        "usher.rpc.v1.Health", "Check", isIdempotent: true)
}

extension CallRouter {
    /// Tells about this router's services and, under "", about the server as a whole.
    mutating func addHealth(
        version: String, isReady: @escaping @Sendable (_ service: String) async -> Bool
    ) {
        let services = Set(services + [HealthService.check.service, ""])
        let check = HealthService.check
        handle(check, isIntercepted: false) { request, _ in
            var response = HealthCheckResponse()
            response.version = version
            if !services.contains(request.service) {
                response.state = .unknown
            } else {
                response.state = await isReady(request.service) ? .serving : .notServing
            }
            return response
        }
    }
}
