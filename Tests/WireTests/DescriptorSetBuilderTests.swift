import Testing
import Wire

/// Every kind of field, as protoc describes it.
struct DescriptorSetBuilderTests {
    private func set() -> FileDescriptorSetProto {
        var builder = DescriptorSetBuilder()
        builder.add(ContractSet(messages: [AllKinds.self, Nested.Inner.self, Nested.self]))
        return builder.set
    }

    private func message(_ name: String) throws -> DescriptorProto {
        try #require(set().file.flatMap(\.messageType).first { $0.name == name })
    }

    private func field(_ name: String) throws -> FieldDescriptorProto {
        try #require(try message("AllKinds").field.first { $0.name == name })
    }

    @Test func tellsTypesAndLabels() throws {
        #expect(try field("sint32").type == FieldKind.sint32.rawValue)
        #expect(try field("sint32").label == 1)
        #expect(try field("colour").typeName == ".test.Colour")
        #expect(try field("leaf").typeName == ".test.Leaf")
        #expect(try field("packed_ints").label == 3)
        #expect(try field("packed_ints").options == nil)
        #expect(try field("unpacked_sints").options?.packed == false)
        #expect(try field("strings").options == nil)
        #expect(try field("maybe_int32").jsonName == "maybeInt32")
    }

    @Test func optionalsHaveOneofsAfterTheOthers() throws {
        let all = try message("AllKinds")
        let text = try field("text")
        #expect(all.oneofDecl[Int(try #require(text.oneofIndex))].name == "choice")
        #expect(!text.proto3Optional)
        let maybe = try field("maybe_int32")
        #expect(maybe.proto3Optional)
        #expect(all.oneofDecl[Int(try #require(maybe.oneofIndex))].name == "_maybe_int32")
        let names = all.oneofDecl.map(\.name)
        let first = try #require(names.firstIndex { $0.hasPrefix("_") })
        #expect(names[first...].allSatisfy { $0.hasPrefix("_") })
    }

    @Test func mapsHaveEntries() throws {
        let flags = try field("flags")
        #expect(flags.label == 3)
        #expect(flags.typeName == ".test.AllKinds.FlagsEntry")
        let entry = try #require(
            try message("AllKinds").nestedType.first { $0.name == "FlagsEntry" })
        #expect(entry.options?.mapEntry == true)
        #expect(entry.field.map(\.name) == ["key", "value"])
        #expect(entry.field.map(\.number) == [1, 2])
        #expect(entry.field[0].type == FieldKind.bool.rawValue)
        #expect(entry.field[1].typeName == ".test.Colour")
    }

    @Test func messagesAreNestedWhicheverComesFirst() throws {
        let nested = try #require(
            set().file.first { $0.name == "usher/nest/v1/nest.proto" }?.messageType.first)
        #expect(nested.name == "Nested")
        #expect(nested.field.map(\.name) == ["inner"])
        #expect(nested.nestedType.map(\.name) == ["Inner"])
        #expect(nested.nestedType.first?.field.map(\.name) == ["text"])
    }
}

private struct Nested: Message {
    static let protoName = "usher.nest.v1.Nested"
    var inner: Inner?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "inner", &inner)
    }

    struct Inner: Message {
        static let protoName = "usher.nest.v1.Nested.Inner"
        var text = ""
        var unknownFields = UnknownFields()

        mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "text", &text)
        }
    }
}
