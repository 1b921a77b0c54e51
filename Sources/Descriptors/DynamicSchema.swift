import CProtobufC

/// Packs and unpacks every message of a descriptor set with libprotobuf-c, whose message
/// descriptors are made here, at run time, without generated code.
///
/// Refused because libprotobuf-c gets it wrong: NUL inside a string (it would cut the string
/// there), a singular submessage that occurs twice (it loses fields when it merges), groups.
/// It does not write -0.0 in a field without presence.
package final class DynamicSchema: Sendable {
    /// Submessages within submessages; libprotobuf-c itself recurses without a limit.
    package static let depthMax = 100
    /// Serialized size of one message, bytes.
    package static let bytesMax = 64 << 20

    let layouts: [MessageLayout]
    let types: CMessageTypes
    private let indices: [String: Int]

    /// Makes the C descriptors of all messages of the set. Throws `.unknownType` when the set
    /// lacks a message that a field needs (`--include_imports` was forgotten), `.malformed` when
    /// a name or number is there twice.
    package init(_ set: DescriptorSet) throws(DescriptorError) {
        let messages = set.messages
        var indices: [String: Int] = [:]
        for (index, message) in messages.enumerated() {
            guard indices.updateValue(index, forKey: message.name) == nil else {
                throw DescriptorError(.malformed, "message \(message.name) is there twice")
            }
        }
        var layouts: [MessageLayout] = []
        for message in messages {
            layouts.append(try MessageLayout(message, typeIndices: indices))
        }
        self.indices = indices
        self.layouts = layouts
        types = CMessageTypes(layouts)
    }

    /// Full names of all message types, sorted.
    package var typeNames: [String] { indices.keys.sorted() }

    /// The serialized form of a value tree. Fields are written in the order of their numbers.
    /// Throws `.unknownType` and `.mismatch` when the tree does not fit the descriptors,
    /// `.unsupported` for a NUL in a string, `.tooDeep`, `.tooLarge`.
    package func pack(_ message: DynamicMessage) throws(DescriptorError) -> [UInt8] {
        let index = try self.index(of: message.typeName)
        let memory = unsafe try CMessage(zeroed: types[index], size: layouts[index].size)
        try CMessageWriter(schema: self).write(message, typeIndex: index, to: memory)
        return try memory.packed()
    }

    /// The value tree of a serialized message, in normal form. Throws `.malformed` for bytes that
    /// are no such message (strings must be UTF-8), `.unsupported`, `.tooDeep`, `.tooLarge`.
    package func unpack(
        _ typeName: String, from bytes: [UInt8]
    ) throws(DescriptorError) -> DynamicMessage {
        let index = try self.index(of: typeName)
        guard bytes.count <= Self.bytesMax else {
            throw DescriptorError(.tooLarge, "\(bytes.count) bytes, at most \(Self.bytesMax)")
        }
        try WireCheck(layouts: layouts).check(bytes, typeIndex: index)
        let memory = unsafe try CMessage(unpacking: bytes, as: types[index], named: typeName)
        return try CMessageReader(schema: self).read(memory, typeIndex: index)
    }

    private func index(of typeName: String) throws(DescriptorError) -> Int {
        guard let index = indices[typeName] else {
            throw DescriptorError(.unknownType, "no message \(typeName) in the descriptor set")
        }
        return index
    }
}
