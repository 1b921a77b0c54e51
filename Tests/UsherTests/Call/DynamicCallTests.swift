import Contracts
import Descriptors
import RPC
import Testing
import Wire

@testable import usher

@Suite("Dynamic call")
struct DynamicCallTests {
    private func call(_ kind: MethodKind) throws -> DynamicCall {
        var builder = DescriptorSetBuilder()
        builder.add(Contracts.all)
        return DynamicCall(
            method: CallableMethod(
                service: "usher.rpc.v1.Health", name: "Check",
                requestType: RPCV1.CheckRequest.protoName,
                responseType: RPCV1.CheckResponse.protoName, kind: kind),
            json: try DynamicJSON(DescriptorSet(serialized: builder.set.serialized())),
            metadata: [:], timeout: .seconds(1))
    }

    @Test("a request is a document, for clients that stream a line each")
    func requests() throws {
        let one = try call(.unary).requests(Array("{\n\"service\":\n\"a\"}".utf8))
        #expect(try one.map { try RPCV1.CheckRequest(serialized: $0.bytes).service } == ["a"])
        let many = try call(.clientStream).requests(
            Array("{\"service\": \"a\"}\n  \r\n{}\n{\"service\": \"b\"}\n".utf8))
        #expect(
            try many.map { try RPCV1.CheckRequest(serialized: $0.bytes).service } == ["a", "", "b"])
        #expect(try call(.bidirectional).requests([]).isEmpty)
    }

    @Test(
        "what is no request is told with its place",
        arguments: [
            (MethodKind.unary, "", "The request is no usher.rpc.v1.CheckRequest:"),
            (.unary, "{\"service\": 1}", "at service: a string is wanted"),
            (.unary, "{\"server\": 1}", "it has: service"),
            (.clientStream, "{}\n{\"service\": {}}", "Line 2 is no"),
        ])
    func wrong(kind: MethodKind, text: String, problem: String) throws {
        let error = try #require(throws: StartError.self) {
            try call(kind).requests(Array(text.utf8))
        }
        #expect(error.problem.contains(problem), "\(error)")
    }

    @Test("details of a failure are shown as JSON, those of unknown type by their names")
    func details() throws {
        var unknown = AnyMessage()
        unknown.typeURL = "type.googleapis.com/other.Thing"
        let error = RPCError(
            .aborted, "no",
            details: [
                AnyMessage(packing: RPCV1.ErrorDetail.with { $0.code = "hold_expired" }), unknown,
            ])
        let lines = try call(.unary).lines(of: error)
        #expect(lines.first?.contains("\"code\":\"hold_expired\"") == true)
        #expect(lines.last == "detail of type type.googleapis.com/other.Thing")
    }
}
