import ContractSupport
import Contracts
import Descriptors
import JSON
import Testing
import Wire

/// The JSON of `usher call`, which knows messages from a descriptor set alone, is that of `Wire`.
@Suite struct DynamicJSONTests {
    private static let messagesPerType = 40
    private static let seed: UInt64 = 20_260_301

    @Test func bothSayTheSame() async throws {
        let set = try await ProtoCompiler.contracts()
        let mapping = try DynamicJSON(set)
        let schema = try DynamicSchema(set)
        var generator = MessageGenerator(set, seed: Self.seed)
        var compared = 0
        for type in Contracts.messages {
            for round in 0..<Self.messagesPerType {
                let bytes = try schema.pack(generator.message(type.protoName))
                let place: Comment = "\(type.protoName), seed \(Self.seed), message \(round)"
                // Random instants may be none that JSON can say; both refuse those.
                guard let ours = try json(type, bytes) else {
                    #expect(throws: DynamicJSONError.self, place) {
                        try mapping.json(type.protoName, from: bytes)
                    }
                    continue
                }
                #expect(try mapping.json(type.protoName, from: bytes) == ours, place)
                #expect(try mapping.serialized(type.protoName, from: ours) == bytes, place)
                compared += 1
            }
        }
        #expect(compared > Contracts.messages.count * Self.messagesPerType / 2)
    }

    private func json<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws -> JSONValue? {
        let options = JSONEncodingOptions(
            writesZeroValues: true, types: KnownTypes(Contracts.messages))
        let json: [UInt8]
        do throws(WireError) {
            json = try M(serialized: bytes).jsonBytes(options: options)
        } catch {
            guard error.code == .notRepresentable else { throw error }
            return nil
        }
        return try JSONValue(parsing: json)
    }

    @Test func skeletonsNameTheFieldsAndAreMessages() async throws {
        let mapping = try DynamicJSON(try await ProtoCompiler.contracts())
        var count = 0
        for message in Contracts.messages {
            let skeleton = mapping.skeleton(of: message.protoName)
            _ = try mapping.serialized(message.protoName, from: skeleton)
            _ = try message.init(json: skeleton.bytes)
            let members = try #require(skeleton.object, "\(message.protoName)")
            let lonely = message.fields.filter { $0.oneof == nil }
            #expect(Set(lonely.map(\.jsonName)).isSubset(of: members.map(\.name)))
            count += members.count
        }
        #expect(count > 300, "the skeletons are empty")
    }

    @Test func detailsOfErrorsAreShown() async throws {
        let mapping = try DynamicJSON(try await ProtoCompiler.contracts())
        let any = AnyMessage(packing: RPCV1.ErrorDetail.with { $0.code = "hold_expired" })
        let json = try mapping.json(AnyMessage.protoName, from: any.serialized())
        #expect(json["@type"]?.string == "type.googleapis.com/usher.rpc.v1.ErrorDetail")
        #expect(json["code"]?.string == "hold_expired")
        #expect(try mapping.serialized(AnyMessage.protoName, from: json) == any.serialized())

        let time = AnyMessage(packing: Timestamp(seconds: 0))
        let timeJSON = try mapping.json(AnyMessage.protoName, from: time.serialized())
        #expect(timeJSON["value"]?.string == "1970-01-01T00:00:00Z")
        #expect(
            try mapping.serialized(AnyMessage.protoName, from: timeJSON) == time.serialized())
        for wrong: JSONValue in [
            ["@type": "x/no.Such"], ["code": "a"], ["@type": 1], [],
            ["@type": "x/google.protobuf.Timestamp"],
        ] {
            #expect(throws: DynamicJSONError.self, "\(wrong)") {
                try mapping.serialized(AnyMessage.protoName, from: wrong)
            }
        }
    }
}
