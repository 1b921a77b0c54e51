import Contracts
import Testing
import Wire

struct ReflectionTests {
    private func field(_ name: String) throws -> FieldInfo {
        try #require(AllKinds.fields.first { $0.name == name })
    }

    @Test func tellsKinds() throws {
        #expect(try field("sint32").kind == .sint32)
        #expect(try field("bytes").kind == .bytes)
        #expect(try field("colour").typeName == "test.Colour")
        #expect(try field("leaf").typeName == "test.Leaf")
        #expect(try field("int32").typeName == nil)
    }

    @Test func tellsLabels() throws {
        #expect(try field("int32").label == .singular)
        #expect(try field("maybe_int32").label == .optional)
        #expect(try field("packed_ints").label == .repeated)
        #expect(try field("packed_ints").isPacked)
        #expect(try !field("unpacked_sints").isPacked)
        #expect(try !field("strings").isPacked)
        #expect(try field("flags").label == .map)
        #expect(try field("flags").keyKind == .bool)
        #expect(try field("flags").kind == .enumeration)
        #expect(try field("text").oneof == "choice")
        #expect(try field("int32").oneof == nil)
    }

    @Test(arguments: [
        ("hold_id", "holdId"), ("id", "id"), ("a_b_c", "aBC"), ("sha256", "sha256"),
        ("field_1x", "field1x"), ("_a", "A"), ("a__b", "aB"), ("a_", "a"), ("fooBar", "fooBar"),
    ])
    func namesAsProtocDoes(_ proto: StaticString, _ json: String) {
        #expect(jsonName(of: proto) == json)
    }

    @Test func contractsAreDistinctAndInOrder() {
        let names = Contracts.messages.map { $0.protoName }
        #expect(Set(names).count == names.count)
        for message in Contracts.messages {
            let numbers = message.fields.map(\.number)
            #expect(numbers == numbers.sorted(), "\(message.protoName)")
        }
    }

    @Test func everyMessageInAMethodIsListed() {
        let names = Set(Contracts.messages.map { $0.protoName })
        for service in Contracts.services {
            for method in service.methods {
                #expect(method.service == service.name)
                #expect(names.contains(method.requestType.protoName))
                #expect(names.contains(method.responseType.protoName))
            }
        }
    }
}
