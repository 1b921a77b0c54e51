import ContractSupport
import Descriptors
import Testing

@Suite struct DescriptorSetTests {
    @Test func filesComeWithTheirImports() async throws {
        let set = try await TestProto.set()
        #expect(set.files.map(\.name) == ["google/protobuf/timestamp.proto", "test.proto"])
        #expect(set.files.map(\.package) == ["google.protobuf", "test.v1"])
    }

    @Test func messagesAreFlatWithFullNames() async throws {
        let names = try await TestProto.set().messages.filter { !$0.isMapEntry }.map(\.name)
        #expect(
            names == [
                "google.protobuf.Timestamp", "test.v1.Empty", "test.v1.Everything",
                "test.v1.Everything.Part",
            ])
    }

    @Test func fieldsKeepTheirProperties() async throws {
        let set = try await TestProto.set()
        let message = try #require(set.message(named: "test.v1.Everything"))
        func field(_ name: String) -> FieldDescriptor? { message.field(named: name) }
        #expect(
            field("text")
                == FieldDescriptor(name: "text", number: 14, type: .string, jsonName: "text"))
        #expect(
            field("size")
                == FieldDescriptor(
                    name: "size", number: 17, type: .enumeration("test.v1.Everything.Size"),
                    jsonName: "size"))
        #expect(
            field("at")
                == FieldDescriptor(
                    name: "at", number: 19, type: .message("google.protobuf.Timestamp"),
                    hasPresence: true, jsonName: "at"))
        #expect(
            field("maybe_int32")
                == FieldDescriptor(
                    name: "maybe_int32", number: 20, type: .int32, hasPresence: true,
                    jsonName: "maybeInt32"))
        #expect(
            field("numbers")
                == FieldDescriptor(
                    name: "numbers", number: 30, type: .int32, isRepeated: true, isPacked: true,
                    jsonName: "numbers"))
        #expect(
            field("loose_numbers")
                == FieldDescriptor(
                    name: "loose_numbers", number: 31, type: .sint64, isRepeated: true,
                    jsonName: "looseNumbers"))
        #expect(field("texts")?.isPacked == false)
        #expect(
            field("other_double")
                == FieldDescriptor(
                    name: "other_double", number: 1000, type: .double, hasPresence: true,
                    oneof: "other", jsonName: "otherDouble"))
        #expect(field("odd_name")?.jsonName == "@odd")
        #expect(field("odd_name") == message.field(number: 536_870_911))
    }

    @Test func everyScalarTypeIsTold() async throws {
        let set = try await TestProto.set()
        let message = try #require(set.message(named: "test.v1.Everything"))
        let types = (1...15).compactMap { message.field(number: $0)?.type }
        #expect(
            types == [
                .double, .float, .int32, .int64, .uint32, .uint64, .sint32, .sint64, .fixed32,
                .fixed64, .sfixed32, .sfixed64, .bool, .string, .bytes,
            ])
    }

    @Test func mapsAreRepeatedEntries() async throws {
        let set = try await TestProto.set()
        let field = set.message(named: "test.v1.Everything")?.field(named: "parts_by_number")
        let entryName = "test.v1.Everything.PartsByNumberEntry"
        #expect(field?.type == .message(entryName))
        #expect(field?.isRepeated == true)
        let entry = try #require(set.message(named: entryName))
        #expect(entry.isMapEntry)
        #expect(entry.field(number: 1)?.type == .uint32)
        #expect(entry.field(number: 2)?.type == .message("test.v1.Everything.Part"))
    }

    @Test func enumsKeepNamesAndNumbers() async throws {
        let set = try await TestProto.set()
        #expect(set.enums.map(\.name) == ["test.v1.Colour", "test.v1.Everything.Size"])
        #expect(
            set.enumeration(named: "test.v1.Colour")?.values == [
                .init(name: "COLOUR_UNSPECIFIED", number: 0),
                .init(name: "COLOUR_RED", number: 1),
                .init(name: "COLOUR_INFRARED", number: -2),
            ])
    }

    @Test func methodsTellTheirKind() async throws {
        let set = try await TestProto.set()
        let service = try #require(set.service(named: "test.v1.Courier"))
        #expect(service.methods.map(\.name) == ["Send", "Watch", "Upload", "Talk"])
        #expect(service.methods.map(\.isClientStreaming) == [false, false, true, true])
        #expect(service.methods.map(\.isServerStreaming) == [false, true, false, true])
        #expect(service.method(named: "Watch")?.input == "test.v1.Empty")
        #expect(service.method(named: "Watch")?.output == "test.v1.Everything")
    }

    @Test func oldSyntaxIsRefused() async throws {
        let bytes = try await ProtoCompiler.descriptorSet(
            source: "syntax = \"proto2\"; message Old { optional int32 number = 1; }")
        let error = #expect(throws: DescriptorError.self) { try DescriptorSet(serialized: bytes) }
        #expect(error?.code == .unsupported)
    }

    @Test func truncatedSetIsRefused() async throws {
        let bytes = try await ProtoCompiler.descriptorSet(source: TestProto.source)
        let error = #expect(throws: DescriptorError.self) {
            try DescriptorSet(serialized: Array(bytes.dropLast()))
        }
        #expect(error?.code == .malformed)
    }

    @Test func missingImportIsNoticedByTheSchema() async throws {
        let set = try DescriptorSet(
            serialized: try await ProtoCompiler.descriptorSet(
                source: TestProto.source, includingImports: false))
        let error = #expect(throws: DescriptorError.self) { try DynamicSchema(set) }
        #expect(error?.code == .unknownType)
    }

    @Test func doubleNumberIsNoticedByTheSchema() {
        let field = FieldDescriptor(name: "a", number: 1, type: .int32, jsonName: "a")
        let message = MessageDescriptor(name: "M", fields: [field, field])
        let file = FileDescriptor(name: "m.proto", package: "", messages: [message])
        let error = #expect(throws: DescriptorError.self) {
            try DynamicSchema(DescriptorSet(files: [file]))
        }
        #expect(error?.code == .malformed)
    }
}
