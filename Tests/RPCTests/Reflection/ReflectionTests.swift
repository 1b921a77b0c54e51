import NIOCore
import Testing
import Wire

@testable import RPC

/// Every server tells what it answers.
@Suite("Reflection", .timeLimit(.minutes(3)))
struct ReflectionTests {
    private struct Refusing: ServerInterceptor {
        func intercept(
            _ request: ByteBuffer, context: CallContext, next: CallHandler
        ) async throws -> [UInt8] {
            throw RPCError(.unauthenticated, "no")
        }
    }

    private func client(_ server: EchoServer) -> RPCClient {
        var configuration = RPCClientConfiguration()
        configuration.timeout = .seconds(120)
        return RPCClient(address: server.address, configuration: configuration)
    }

    @Test("a server lists its services with their methods, without credentials")
    func lists() async throws {
        try await withEchoServer(interceptors: [Refusing()]) { server in
            let client = client(server)
            let services = try await client.call(
                ReflectionService.listServices, ListServicesRequest()
            ).services
            #expect(
                services.map(\.name)
                    == ["bench.Echo", "usher.rpc.v1.Health", "usher.rpc.v1.Reflection"])
            let echo = try #require(services.first)
            let unary = try #require(echo.methods.first { $0.name == "Unary" })
            #expect(unary.requestType == "google.protobuf.StringValue")
            #expect(unary.idempotent && !unary.clientStreaming && !unary.serverStreaming)
            let up = try #require(echo.methods.first { $0.name == "Up" })
            #expect(up.clientStreaming && !up.serverStreaming && !up.idempotent)
            let down = try #require(echo.methods.first { $0.name == "Down" })
            #expect(!down.clientStreaming && down.serverStreaming)
            await client.close()
        }
    }

    @Test("the descriptor set comes in parts that fit together, and has what the methods use")
    func parts() async throws {
        var configuration = RPCServerConfiguration()
        // Parts have half of it.
        configuration.limits.payloadSizeMax = 500
        try await withEchoServer(configuration: configuration) { server in
            let client = client(server)
            var bytes: [UInt8] = []
            var revisions: Set<UInt64> = []
            var total = 0
            repeat {
                var request = GetDescriptorSetRequest()
                request.offset = UInt32(bytes.count)
                let answer = try await client.call(ReflectionService.getDescriptorSet, request)
                #expect(!answer.part.isEmpty && answer.part.count <= 250)
                revisions.insert(answer.revision)
                total = Int(answer.totalSize)
                guard !answer.part.isEmpty else { break }
                bytes += answer.part
            } while bytes.count < total
            #expect(bytes.count == total)
            #expect(total > 500)
            #expect(revisions.count == 1)

            let set = try FileDescriptorSetProto(serialized: bytes)
            #expect(
                set.file.map(\.name)
                    == [
                        "google/protobuf/stringvalue.proto", "bench/bench.proto",
                        "usher/rpc/v1/rpc.proto",
                    ])
            #expect(set.file[1].dependency == ["google/protobuf/stringvalue.proto"])
            #expect(set.file[1].service.map(\.name) == ["Echo"])

            var beyond = GetDescriptorSetRequest()
            beyond.offset = .max
            let end = try await client.call(ReflectionService.getDescriptorSet, beyond)
            #expect(end.part.isEmpty && Int(end.totalSize) == total)
            await client.close()
        }
    }
}
