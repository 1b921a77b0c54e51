import Contracts
import Crypto
import Foundation
import Logging
import RPC
import ServiceKit
import Testing
import Wire

/// Who may call a method is declared with it, and looked at before its handler runs.
@Suite("Declared access")
struct DeclaredAccessTests {
    private enum Contract: ServiceContract {
        static let name = "test.access.v1.Access"
        static let open = method("Open", .byHandler)
        static let forBooking = method("ForBooking", .services(["booking"]))
        /// Says nothing of its callers.
        static let silent = Method<Empty, Empty>(name, "Silent")
        static let stream = Method<Empty, Empty>(
            name, "Stream", kind: .serverStream, access: .services(["booking"]))
        static let methods: [any AnyMethod] = [open, forBooking, silent, stream]
        /// In no contract.
        static let foreign = method("Foreign", .byHandler)

        private static func method(_ method: String, _ access: MethodAccess) -> Method<Empty, Empty>
        {
            Method(name, method, access: access)
        }
    }

    private struct Empty: Message {
        static let protoName = "test.access.v1.Empty"
        var unknownFields = UnknownFields()
        mutating func visit<V: FieldVisitor>(_ v: inout V) {}
    }

    private static let credential = ServiceCredential(key: SymmetricKey(size: .bits256))

    private static func metadata(_ service: String?) -> Metadata {
        var metadata = Metadata()
        if let service {
            metadata.append(credential.issue(as: service), for: ServiceCredential.metadataKey)
        }
        return metadata
    }

    private func withClient(
        calls: FeedFixture.Counts, _ body: (RPCClient) async throws -> Void
    ) async throws {
        var router = CallRouter()
        for method in [Contract.open, Contract.forBooking, Contract.silent, Contract.foreign] {
            router.handle(method) { _, context in
                calls.add(context.method)
                return Empty()
            }
        }
        router.handleServerStream(Contract.stream) { _, writer, context in
            calls.add(context.method)
            try await writer.write(Empty())
        }
        let path = "/tmp/usher-access-\(UUID().uuidString.prefix(8)).sock"
        let server = RPCServer(
            router: router, addresses: [.unix(path)],
            interceptors: [DeclaredAccess([Contract.self], credential: Self.credential)],
            logger: FeedFixture.logger)
        try await FeedFixture.run([server]) {
            _ = try await server.waitUntilListening()
            let client = RPCClient(address: .unix(path))
            try await body(client)
            await client.close()
        }
    }

    @Test("a method for services is theirs alone; one that says nothing is nobody's")
    func unary() async throws {
        let calls = FeedFixture.Counts()
        try await withClient(calls: calls) { client in
            let missing = "credential_missing"
            let denied = "credential_denied"
            let cases: [(Method<Empty, Empty>, as: String?, refusal: String?)] = [
                (Contract.open, nil, nil), (Contract.open, "event", nil),
                (Contract.forBooking, nil, missing), (Contract.forBooking, "event", denied),
                (Contract.forBooking, "booking", nil),
                (Contract.silent, nil, missing), (Contract.silent, "booking", denied),
                (Contract.silent, operatorName, denied),
                (Contract.foreign, nil, missing), (Contract.foreign, operatorName, denied),
            ]
            for (method, caller, refusal) in cases {
                var code: String?
                do {
                    _ = try await client.call(
                        method, Empty(), metadata: Self.metadata(caller), timeout: .seconds(60))
                } catch let error as RPCError {
                    code = error.detail?.code ?? "\(error)"
                }
                #expect(code == refusal, "\(method.name) as \(caller ?? "nobody")")
            }
        }
        // No handler ran of what was refused.
        #expect(calls["Open"] == 2)
        #expect(calls["ForBooking"] == 1)
        #expect(calls["Silent"] == 0)
        #expect(calls["Foreign"] == 0)
    }

    @Test("streams too")
    func stream() async throws {
        let calls = FeedFixture.Counts()
        try await withClient(calls: calls) { client in
            for caller in ["booking", "event"] {
                var received = 0
                var code: String?
                do {
                    try await client.withServerStream(
                        Contract.stream, Empty(), metadata: Self.metadata(caller),
                        timeout: .seconds(60)
                    ) { messages in
                        for try await _ in messages { received += 1 }
                    }
                } catch let error as RPCError {
                    code = error.detail?.code ?? "\(error)"
                }
                #expect(received == (caller == "booking" ? 1 : 0))
                #expect(code == (caller == "booking" ? nil : "credential_denied"))
            }
        }
        #expect(calls["Stream"] == 1)
    }
}
