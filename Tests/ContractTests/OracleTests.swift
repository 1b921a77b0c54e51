import ContractSupport
import Contracts
import Descriptors
import Foundation
import Testing
import Wire

/// libprotobuf-c, which shares no code with `Wire`, reads and writes every message as we do.
@Suite struct OracleTests {
    private static let messagesPerType = 60
    private static let seed: UInt64 = 20_260_101

    @Test func bothCodecsReadWhatTheOtherWrites() async throws {
        let set = try await ProtoCompiler.contracts()
        let schema = try DynamicSchema(set)
        var generator = MessageGenerator(set, seed: Self.seed)
        for type in Contracts.messages {
            for round in 0..<Self.messagesPerType {
                let values = generator.message(type.protoName)
                try exchange(type, values, schema, "seed \(Self.seed), message \(round)")
            }
        }
    }

    private func exchange<M: Message>(
        _ type: M.Type, _ values: DynamicMessage, _ schema: DynamicSchema, _ round: String
    ) throws {
        let theirs = try schema.pack(values)
        let message = try M(serialized: theirs)
        #expect(message.unknownFields.isEmpty, "\(M.protoName), \(round)")
        #expect(MessageValues.of(message) == values, "\(M.protoName), \(round)")

        let ours = message.serialized()
        #expect(try schema.unpack(M.protoName, from: ours) == values, "\(M.protoName), \(round)")
        // Both write fields in the order of their numbers and leave out the same ones.
        #expect(ours == theirs, "\(M.protoName), \(round)")
        #expect(try M(serialized: ours) == message, "\(M.protoName), \(round)")
    }

    /// Number and name of a field can be right and its property wrong: each field alone must
    /// change the property of its own name, and no other.
    @Test func everyFieldLandsInThePropertyOfItsName() async throws {
        let set = try await ProtoCompiler.contracts()
        let schema = try DynamicSchema(set)
        var generator = MessageGenerator(set, seed: Self.seed)
        for type in Contracts.messages {
            let descriptor = try #require(set.message(named: type.protoName))
            for field in descriptor.fields {
                let values = generator.message(type.protoName, withOnly: field)
                try land(type, field, try schema.pack(values))
            }
        }
    }

    private func land<M: Message>(
        _ type: M.Type, _ field: FieldDescriptor, _ bytes: [UInt8]
    ) throws {
        let path = "\(M.protoName).\(field.name)"
        let before = Mirror(reflecting: M()).children.map { "\($0.value)" }
        let after = Array(Mirror(reflecting: try M(serialized: bytes)).children)
        let changed = zip(before, after).filter { $0 != "\($1.value)" }.map(\.1)
        let labels = changed.map { plain($0.label ?? "") }
        #expect(labels == [plain(field.oneof ?? field.name)], "\(path)")
        guard field.oneof != nil, let value = changed.first?.value else { return }
        // An optional enum: its one child is the case, whose one child is the payload.
        let member = Mirror(reflecting: value).children.first.map { Mirror(reflecting: $0.value) }
        #expect(member?.children.first?.label.map(plain) == plain(field.name), "\(path)")
    }

    /// "hold_id" and "holdID" are the same name.
    private func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" }
    }

    @Test func jsonUsesTheNamesOfTheDescriptors() async throws {
        let set = try await ProtoCompiler.contracts()
        let schema = try DynamicSchema(set)
        var generator = MessageGenerator(set, seed: Self.seed)
        for type in Contracts.messages {
            let descriptor = try #require(set.message(named: type.protoName))
            for field in descriptor.fields {
                // Random submessages may hold instants that JSON cannot say.
                var values = generator.message(type.protoName, withOnly: field)
                if case .message(let name) = field.type {
                    let empty = DynamicValue.message(DynamicMessage(name))
                    values.fields[field.number] = field.isRepeated ? .list([empty]) : empty
                }
                let keys = try jsonKeys(type, try schema.pack(values))
                #expect(keys == [field.jsonName], "\(type.protoName).\(field.name)")
            }
        }
    }

    private func jsonKeys<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws -> [String] {
        let json = try M(serialized: bytes).jsonBytes()
        let object = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
        return object.map { $0.keys.sorted() } ?? []
    }
}
