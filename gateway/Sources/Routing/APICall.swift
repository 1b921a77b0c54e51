import HTTPTypes
import Hummingbird
import NIOCore
import RPC
import Wire

/// A request that has passed the gateway's checks, as a handler sees it.
struct APICall: Sendable {
    let request: Request
    let parameters: [String: String]
    let query: QueryParameters
    /// The whole body of a route that takes JSON; empty for others.
    let body: [UInt8]
    /// What travels to the services.
    let metadata: Metadata
    let deadline: ContinuousClock.Instant
    let backends: Backends
    let uploads: UploadSlots
    let live: LiveSeats
    /// Who calls, as limits count.
    let client: ClientAddress

    /// A parameter of the path; the route's template names it.
    func path(_ name: String) -> String {
        parameters[name] ?? ""
    }

    /// The body as a message.
    func message<M: Message>(_ type: M.Type) throws -> M {
        do {
            return try M(json: body)
        } catch {
            throw Problem(
                .badRequest, "invalid_body", "The body is not what this takes: \(error.detail)",
                reasons: [Problem.Reason(error.path, "invalid", error.detail)])
        }
    }

    /// Calls a service in the caller's name.
    func call<Q: Message, R: Message>(
        _ service: KeyPath<Backends, RPCClient>, _ method: Method<Q, R>, _ message: Q
    ) async throws -> R {
        let left = deadline - ContinuousClock.now
        return try await backends[keyPath: service].call(
            method, message, metadata: metadata, timeout: max(left, .zero))
    }

    /// Calls a service with the request that `fill` completes and answers 200 with its reply.
    func forward<Q: Message, R: Message>(
        _ service: KeyPath<Backends, RPCClient>, _ method: Method<Q, R>,
        _ fill: (inout Q) throws -> Void = { _ in }
    ) async throws -> Response {
        var message = Q()
        try fill(&message)
        return try Self.json(.ok, try await call(service, method, message))
    }

    /// Calls a service and answers 201 with its reply and where the new thing is.
    func create<Q: Message, R: Message>(
        _ service: KeyPath<Backends, RPCClient>, _ method: Method<Q, R>, _ message: Q,
        location: (R) -> String
    ) async throws -> Response {
        let reply = try await call(service, method, message)
        var response = try Self.json(.created, reply)
        response.headers[.location] = location(reply)
        return response
    }

    /// A message as a response, encoded before there is a status line.
    static func json(_ status: HTTPResponse.Status, _ message: some Message) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(
                byteBuffer: ByteBuffer(
                    bytes: try message.jsonBytes(options: .init(writesZeroValues: true)))))
    }

    private static var encoding: JSONEncodingOptions {
        var options = JSONEncodingOptions()
        options.writesZeroValues = true
        return options
    }

    static let noContent = Response(status: .noContent)
}

extension APICall {
    /// A field that the path says too may be left out of the body, and must not contradict it.
    func requireSame(_ name: String, _ value: String) throws {
        guard value.isEmpty || value == path(name) else {
            throw Problem(
                .badRequest, "invalid_body", "The body and the address do not agree on \(name).",
                reasons: [Problem.Reason(name, "contradicts_path", "leave it out of the body")])
        }
    }
}
