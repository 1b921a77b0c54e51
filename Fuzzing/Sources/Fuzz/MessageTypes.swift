import ConformanceMessages
import Contracts
import RandomSupport
import Wire

/// The messages that inputs are read as: all contracts, those of the conformance suite and of Wire's
/// tests, the well-known ones.
enum MessageTypes {
    /// In the order of the hashes of their names, which the first two bytes of an input choose
    /// from: an input means the same when other messages are added.
    private static let all: [(hash: UInt16, type: any Message.Type)] = {
        let types: [any Message.Type] =
            Contracts.messages + [
                AllKinds.self, AnyMessage.self, BoolValue.self, BytesValue.self,
                DoubleValue.self, FieldMask.self, FloatValue.self, Int32Value.self,
                Int64Value.self, Leaf.self, ListValue.self, ProtoDuration.self,
                ProtoStruct.self, ProtoValue.self, RPCStatus.self, StringValue.self,
                TestAllTypesProto3.self, Timestamp.self, UInt32Value.self, UInt64Value.self,
            ]
        return types.map { (hash($0.protoName), $0) }.sorted { $0.hash < $1.hash }
    }()

    /// Types that an Any may hold.
    static let known = KnownTypes(all.map(\.type))

    /// The type that an input is for, and what is left of it.
    static func choose(
        _ input: UnsafeRawBufferPointer
    ) -> (type: any Message.Type, bytes: [UInt8])? {
        guard input.count >= 2, let last = all.last else { return nil }
        let wanted = UInt16(input[0]) << 8 | UInt16(input[1])
        let chosen = all.first { $0.hash >= wanted } ?? last
        return (chosen.type, [UInt8](input[2...]))
    }

    /// Two messages of every type, filled by chance that is always the same.
    static func seeds(forJSON: Bool) -> [[UInt8]] {
        all.flatMap { entry in
            (1...2).compactMap { seed in
                filled(entry.type, seed: UInt64(seed), forJSON: forJSON).map {
                    [UInt8(entry.hash >> 8), UInt8(truncatingIfNeeded: entry.hash)] + $0
                }
            }
        }
    }

    private static func filled<M: Message>(
        _ type: M.Type, seed: UInt64, forJSON: Bool
    ) -> [UInt8]? {
        let message = RandomFiller.message(type, seed: seed, forJSON: forJSON)
        return forJSON
            ? try? message.jsonBytes(options: JSONEncodingOptions(types: known))
            : message.serialized()
    }

    /// FNV-1a, folded.
    private static func hash(_ name: String) -> UInt16 {
        let hash = name.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        return UInt16(truncatingIfNeeded: hash ^ (hash >> 16))
    }
}
