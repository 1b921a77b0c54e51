/// Where libprotobuf-c keeps the fields of a message in memory: what protoc-c would generate as
/// a C struct (64-bit), worked out from the descriptor.
struct MessageLayout: Sendable {
    /// A ProtobufCMessage: the descriptor, the number of unknown fields, their array.
    static let baseSize = 24
    /// Numbers that a field may have (Protocol Buffers language guide, "Assigning field numbers").
    static let numbers = 1..<(1 << 29)

    /// One field's place.
    struct Field: Sendable {
        var descriptor: FieldDescriptor
        /// Of the member itself; for a repeated field, of the pointer to its array.
        var offset: Int
        /// Of the count (repeated), the case word (oneof) or the `has` word; nil where the
        /// value alone tells.
        var quantifierOffset: Int?
        /// Index of the submessage's type in the schema.
        var typeIndex: Int?
    }

    var descriptor: MessageDescriptor
    /// Sorted by number.
    var fields: [Field]
    /// Bytes, a multiple of 8.
    var size: Int

    init(
        _ message: MessageDescriptor, typeIndices: [String: Int]
    ) throws(DescriptorError) {
        descriptor = message
        fields = []
        var end = Self.baseSize
        func reserve(_ size: Int) -> Int {
            // Nothing here is larger than 16 bytes or aligned to more than 8.
            let alignment = min(size, 8)
            let offset = (end + alignment - 1) / alignment * alignment
            end = offset + size
            return offset
        }
        var oneofs: [String: (caseWord: Int, union: Int)] = [:]
        for field in message.fields.sorted(by: { $0.number < $1.number }) {
            guard Self.numbers.contains(field.number) else {
                throw DescriptorError(
                    .malformed, "\(message.name).\(field.name): number \(field.number)")
            }
            var place = Field(descriptor: field, offset: 0)
            if case .message(let name) = field.type {
                guard let index = typeIndices[name] else {
                    throw DescriptorError(
                        .unknownType, "\(message.name).\(field.name) is a \(name), which is absent")
                }
                place.typeIndex = index
            }
            if let oneof = field.oneof {
                // The union is as large as its largest possible member, a ProtobufCBinaryData.
                let shared = oneofs[oneof] ?? (caseWord: reserve(4), union: reserve(16))
                oneofs[oneof] = shared
                place.quantifierOffset = shared.caseWord
                place.offset = shared.union
            } else if field.isRepeated {
                place.quantifierOffset = reserve(8)
                place.offset = reserve(8)
            } else {
                if field.hasPresence && !field.type.isPointer {
                    place.quantifierOffset = reserve(4)
                }
                place.offset = reserve(field.type.memorySize)
            }
            fields.append(place)
        }
        for (field, next) in zip(fields, fields.dropFirst())
        where field.descriptor.number == next.descriptor.number {
            throw DescriptorError(
                .malformed, "\(message.name) has field number \(field.descriptor.number) twice")
        }
        size = (end + 7) / 8 * 8
    }
}

extension FieldType {
    /// Bytes of one value in C memory; bool and enums are ints there, bytes a length and a pointer.
    var memorySize: Int {
        switch self {
        case .bool, .int32, .uint32, .sint32, .fixed32, .sfixed32, .float, .enumeration: 4
        case .int64, .uint64, .sint64, .fixed64, .sfixed64, .double, .string, .message: 8
        case .bytes: 16
        }
    }

    /// Whether a null pointer says "absent", so that no `has` word is needed.
    var isPointer: Bool {
        switch self {
        case .string, .message: true
        default: false
        }
    }
}
