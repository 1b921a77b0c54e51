import Contracts
import JSON
import RPC
import ServiceKit
import Wire

/// One line of the table of P10: a method, what it is called with, and who may.
struct AccessLine: Sendable {
    /// What came of a call.
    enum Outcome: Sendable {
        /// With the answer as JSON.
        case answered(String)
        case refused(Refusal, message: String)
    }

    /// Full name of the service.
    let service: String
    /// Bare name of the method.
    let method: String
    /// What tells two lines of one method apart; empty for the first.
    let about: String
    let who: Who
    /// What must not be in the answer to those who see nothing.
    let secret: @Sendable (AccessScene) -> String
    /// The request as JSON, for the gateway.
    let json: @Sendable (AccessScene, Caller) throws -> JSONValue
    let send: @Sendable (RPCClient, Metadata, AccessScene, Caller) async throws -> String

    /// "usher.event.v1.EventService/HoldSeats"
    var methodName: String { "\(service)/\(method)" }

    /// "EventService/HoldSeats, of a draft"
    var name: String {
        let short = service.split(separator: ".").last.map(String.init) ?? service
        return "\(short)/\(method)" + (about.isEmpty ? "" : ", \(about)")
    }

    /// The process that is asked: the one that the service is named after, or any.
    var process: String {
        let parts = service.split(separator: ".").map(String.init)
        return parts.count == 4 && parts[1] != "rpc" ? parts[1] : "booking"
    }

    /// A line about a method that answers once.
    ///
    /// - Parameters:
    ///   - about: what tells it from other lines of the same method.
    ///   - secret: what is the owner's in an answer.
    ///   - request: what is sent, the same by everybody where it can be.
    static func unary<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, about: String = "", _ who: Who,
        secret: @escaping @Sendable (AccessScene) -> String = { _ in "" },
        _ request: @escaping @Sendable (AccessScene, Caller) -> Request
    ) -> AccessLine {
        AccessLine(
            service: method.service, method: method.name, about: about, who: who, secret: secret,
            json: { try JSONValue(parsing: try request($0, $1).jsonBytes()) },
            send: { client, metadata, scene, caller in
                let answer = try await client.call(
                    method, request(scene, caller), metadata: metadata, timeout: .seconds(60))
                return String(decoding: try answer.jsonBytes(), as: UTF8.self)
            })
    }

    /// A line about a method that answers with a stream, of which the first message is looked at.
    static func stream<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, about: String = "", _ who: Who,
        _ request: @escaping @Sendable (AccessScene, Caller) -> Request
    ) -> AccessLine {
        AccessLine(
            service: method.service, method: method.name, about: about, who: who,
            secret: { _ in "" },
            json: { try JSONValue(parsing: try request($0, $1).jsonBytes()) },
            send: { client, metadata, scene, caller in
                try await client.withServerStream(
                    method, request(scene, caller), metadata: metadata, timeout: .seconds(60)
                ) { messages in
                    for try await message in messages {
                        return String(decoding: try message.jsonBytes(), as: UTF8.self)
                    }
                    return ""
                }
            })
    }

    /// A line about a method for services, from what its contract declares and with an empty request;
    /// nil for a method whose handler asks who calls: that needs a line of its own.
    static func declared(_ method: any AnyMethod) -> AccessLine? {
        guard case .services(let names) = method.access else { return nil }
        let remote = Method<NoFields, NoFields>(
            method.service, method.name, kind: method.kind, isIdempotent: method.isIdempotent)
        return AccessLine(
            service: method.service, method: method.name, about: "",
            who: .services(Set(names.compactMap(Caller.init(rawValue:)))), secret: { _ in "" },
            json: { _, _ in [:] },
            send: { client, metadata, _, _ in
                try await emptyCall(of: remote, client, metadata)
                return ""
            })
    }

    /// Sends a request without fields, or no message where the client streams; waits for the first
    /// answer or the end.
    private static func emptyCall(
        of method: Method<NoFields, NoFields>, _ client: RPCClient, _ metadata: Metadata
    ) async throws {
        let timeout = Duration.seconds(60)
        switch method.kind {
        case .unary:
            _ = try await client.call(method, NoFields(), metadata: metadata, timeout: timeout)
        case .serverStream:
            try await client.withServerStream(
                method, NoFields(), metadata: metadata, timeout: timeout
            ) { messages in
                for try await _ in messages { return }
            }
        case .clientStream:
            _ = try await client.withClientStream(method, metadata: metadata, timeout: timeout) {
                _ in
            }
        case .bidirectional:
            try await client.withBidirectionalStream(
                method, metadata: metadata, timeout: timeout
            ) { writer, messages in
                writer.finish()
                for try await _ in messages { return }
            }
        }
    }

    /// Any message, of which nothing is looked at.
    private struct NoFields: Message {
        static let protoName = ""
        var unknownFields = UnknownFields()

        mutating func visit<V: FieldVisitor>(_ v: inout V) {}
    }

    /// Calls as somebody; again while the platform is busy.
    func call(_ client: RPCClient, _ scene: AccessScene, as caller: Caller) async throws -> Outcome
    {
        let metadata = try scene.metadata(of: caller, for: self)
        return try await eventually("an answer of \(name) to \(caller)", seconds: 120) {
            do {
                return .answered(try await send(client, metadata, scene, caller))
            } catch let error as RPCError {
                guard error.code != .unavailable, error.code != .deadlineExceeded else {
                    return nil
                }
                return .refused(
                    Refusal(error.code, error.detail?.code ?? ""), message: error.message)
            }
        }
    }

    /// What is wrong with an outcome; nil where it is as the line has it.
    func fault(_ outcome: Outcome, _ scene: AccessScene, as caller: Caller) -> String? {
        let expected = who.refusals[caller]
        switch (outcome, expected) {
        case (.refused(let refusal, _), .some(let expected)) where refusal == expected:
            return nil
        case (.refused(let refusal, let message), .some(let expected)):
            return "\(name) as \(caller): \(refusal) (\(message)) instead of \(expected)"
        case (.answered(let answer), .some(let expected)):
            return "\(name) as \(caller): answered \(answer.prefix(200)) instead of \(expected)"
        case (.answered(let answer), nil):
            let secret = secret(scene)
            if secret.isEmpty || answer.contains(secret) != who.seeNothing.contains(caller) {
                return nil
            }
            return "\(name) as \(caller): \(secret) is \(answer.contains(secret) ? "" : "not ")"
                + "in the answer"
        case (.refused(let refusal, let message), nil):
            let fails: Set<RPCCode> = [.internal, .unknown, .unimplemented]
            guard who.allRefusals.contains(refusal) || fails.contains(refusal.code) else {
                // Turned away by the state of things, not by who they are.
                return nil
            }
            return "\(name) as \(caller): \(refusal) (\(message)), and they may"
        }
    }
}
